"""What every way out of the house has in common: it delivers a parcel, or says why not."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.web.outgoing.models import Parcel


class Way(enum.Enum):
    """How a parcel leaves."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class NotDeliveredError(Exception):
    """The parcel did not go; `final` says that trying again cannot help. The text holds no address."""

    def __init__(self, text: str, final: bool = False) -> None:
        super().__init__(text)
        self.final = final


class Carrier(Protocol):
    """Something that delivers."""

    def deliver(self, parcel: Parcel) -> None:
        """Delivers `parcel`; a second attempt carries the same. Raises NotDeliveredError."""
