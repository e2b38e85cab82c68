"""Erases bookings and undeliverable mails whose time is over."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import timezone

from bot.settings import get_settings
from bot.web.booking.models import Booking
from bot.web.outgoing.models import Parcel
from knowledge.practice import load_practice

if TYPE_CHECKING:
    from datetime import datetime

EVERY = 24 * 3600.0  # seconds between two purges of a running server
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Purged:
    """How many bookings and how many undeliverable mails and calls were deleted."""

    bookings: int
    mails: int


def purge(now: datetime | None = None) -> Purged:
    """Deletes bookings that ended longer ago than `booking.retention_days` (else `retention_days`) in practice.yml.

    So it does with mails and calls of webhooks that were given up. Raises KnowledgeError.
    """
    practice = load_practice(get_settings().knowledge)
    own = practice.booking.retention_days
    before = (now or timezone.now()) - timedelta(days=practice.retention_days if own is None else own)
    _, by_model = Booking.objects.filter(end__lt=before).delete()
    return Purged(by_model.get("booking.Booking", 0), Parcel.objects.purge(before))


def _purge_and_close() -> Purged:
    """The purge in a thread of its own, which must not keep its database connection for a day."""
    try:
        return purge()
    finally:
        connection.close()


async def daily() -> None:
    """Purge at the start of the web process and once a day after that."""
    while True:
        purged = await sync_to_async(_purge_and_close, thread_sensitive=False)()
        logger.info("Retention: %d bookings and %d undeliverable mails erased", purged.bookings, purged.mails)
        await asyncio.sleep(EVERY)
