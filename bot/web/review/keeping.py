"""How long the console keeps its own.

The record of who looked: ATTUNE_RECORD_DAYS, and never shorter than conversations are kept. How things were before a
change: for as long as it can be undone.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.db import Error, connection
from django.utils import timezone

from bot.settings import get_settings
from bot.web.review import undoing
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from datetime import datetime

EVERY = 60.0  # seconds between two looks for changes that can be undone no more
logger = logging.getLogger(__name__)


def forget_old(sender: object, before: datetime, **_: Any) -> str:
    """Receiver of retention_over: deletes the lines whose time is over; returns how many, in words.

    A crisis counts as opened because of its line, so that none goes while there may be conversations of its age.
    """
    old = min(timezone.now() - timedelta(days=get_settings().record_days), before)
    count, _by_model = ViewRecord.objects.filter(at__lt=old).delete()
    return f"{count} lines of the record deleted"


def _forget_and_close() -> None:
    try:
        undoing.forget_old()
    finally:
        connection.close()


async def forget_changes() -> None:
    """Background work: when the process starts, and every minute."""
    while True:
        try:
            await sync_to_async(_forget_and_close, thread_sensitive=False)()
        except Error as fault:
            logger.error("changes that can be undone no more cannot be deleted: %s", type(fault).__name__)
        await asyncio.sleep(EVERY)
