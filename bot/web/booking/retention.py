"""Erases bookings and undeliverable mails whose time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.settings import get_settings
from bot.web.booking.models import Booking
from bot.web.outgoing.models import Parcel
from knowledge.practice import current_practice

if TYPE_CHECKING:
    from datetime import datetime


def forget_old(sender: object, now: datetime, before: datetime, **more: Any) -> str:
    """Receiver of retention_over: deletes bookings that ended longer ago than `booking.retention_days`.

    Where practice.yml does not set it, `retention_days` counts. Mails and calls of webhooks that were given up go after
    whichever of the two ends first. Returns what was erased, in words. Raises KnowledgeError if that file
    could never be read.
    """
    own = current_practice(get_settings().knowledge).booking.retention_days
    over = before if own is None else now - timedelta(days=own)
    _, by_model = Booking.objects.filter(end__lt=over).delete()
    mails = Parcel.objects.purge(max(over, before))
    return f"{by_model.get('booking.Booking', 0)} bookings and {mails} undeliverable mails erased"
