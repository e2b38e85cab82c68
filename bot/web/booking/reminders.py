"""Reminds parents of their appointment, where they said that e-mail is safe: once, some hours before it.

Looked for anew every minute rather than queued with the booking: what was moved, cancelled or erased meanwhile is
then not reminded of, and no mail with a name in it waits in the outbox for weeks.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from bot.web.booking.mails import queue_parent_mail
from bot.web.booking.models import Booking
from bot.web.booking.policy import get_policy
from bot.web.outgoing.sealed import SealError

if TYPE_CHECKING:
    from datetime import datetime

EVERY = 60.0  # seconds
logger = logging.getLogger(__name__)


def remind_due(now: datetime) -> int:
    """Queues the reminders that are due at `now`; returns how many. Never twice for the same time of a booking."""
    hours = get_policy().practice.booking.reminder_hours
    if not hours:
        return 0
    soon = {"start__gt": now, "start__lte": now + timedelta(hours=hours)}
    due = Booking.objects.live().filter(reminded_at__isnull=True, contact="email", **soon)
    return sum(_remind(key, now) for key in due.values_list("pk", flat=True))


def _remind(key: int, now: datetime) -> bool:
    """Marks and queues in one transaction, so that of two processes one does it."""
    try:
        with transaction.atomic():
            mine = Booking.objects.live().filter(pk=key, reminded_at__isnull=True).update(reminded_at=now)
            if mine:
                queue_parent_mail(Booking.objects.select_related("therapist").get(pk=key), "reminder", now)
            return bool(mine)
    except SealError:
        logger.error("booking %s cannot be read: its secret is missing from ATTUNE_FIELD_SECRET", key)
        return False


def _remind_and_close() -> int:
    try:
        return remind_due(timezone.now())
    finally:
        connection.close()


async def watch() -> None:
    """Background work: every minute, queue the reminders that are due."""
    while True:
        try:
            await sync_to_async(_remind_and_close, thread_sensitive=False)()
        except DatabaseError as problem:
            logger.error("reminders have to wait: %s", problem)
        await asyncio.sleep(EVERY)
