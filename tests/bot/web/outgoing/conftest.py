"""A mail in the outbox, and carriers as a test wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.web.outgoing.mail import new_mail
from bot.web.outgoing.models import Parcel

if TYPE_CHECKING:
    from clock import Clock


@pytest.fixture
def mail(db: None, environment: pytest.MonkeyPatch, clock: Clock) -> Parcel:
    """A mail that is due now."""
    return queue_mail(clock)


def queue_mail(clock: Clock, to: str = "sam@example.org") -> Parcel:
    message = new_mail(to, "Your appointment", clock.now())
    message.set_content("See you on Thursday.")
    return Parcel.objects.queue_mail(message, "confirmed", clock.now())
