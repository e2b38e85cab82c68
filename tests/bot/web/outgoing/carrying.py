"""Carriers that do as a test wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.web.outgoing.carriers import NotDeliveredError

if TYPE_CHECKING:
    from bot.web.outgoing.models import Parcel


class Refusing:
    """A server that is down, or that never wants this."""

    def __init__(self, final: bool = False) -> None:
        self.final = final

    def deliver(self, parcel: Parcel) -> None:
        raise NotDeliveredError("down", final=self.final)


class Keeping:
    """Takes everything; `recipients` and `contents` are what it took."""

    def __init__(self) -> None:
        self.recipients: list[str] = []
        self.contents: list[str] = []

    def deliver(self, parcel: Parcel) -> None:
        self.recipients.append(parcel.recipient)
        self.contents.append(parcel.content)
