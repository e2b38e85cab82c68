"""Erases conversations whose time is over: as many days as knowledge/practice.yml tells every parent."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.db import connection
from django.dispatch import Signal
from django.utils import timezone

from bot.settings import get_settings
from bot.web.chat.models import Conversation
from knowledge.practice import load_practice

if TYPE_CHECKING:
    from datetime import datetime

EVERY = 24 * 3600.0  # seconds between two purges of a running server
# Sent with `before` after conversations were purged: what other apps keep from before that moment goes as well.
retention_over = Signal()
logger = logging.getLogger(__name__)


def purge(now: datetime | None = None) -> int:
    """Erase every conversation in which nothing was said for the retention time; returns how many.

    Rasa is asked to forget them in the same way as when a parent erases a conversation. What other apps keep of that
    age (exports, mails that were written to files) goes with them.
    """
    before = (now or timezone.now()) - timedelta(days=load_practice(get_settings().knowledge).retention_days)
    erased = 0
    for conversation in Conversation.objects.before(before):
        conversation.erase()
        erased += 1
    retention_over.send(sender=None, before=before)
    return erased


def _purge_and_close() -> int:
    """The purge in a thread of its own, which must not keep its database connection for a day."""
    try:
        return purge()
    finally:
        connection.close()


async def daily() -> None:
    """Purge at the start of the web process and once a day after that."""
    while True:
        count = await sync_to_async(_purge_and_close, thread_sensitive=False)()
        logger.info("Retention: %d conversations erased", count)
        await asyncio.sleep(EVERY)
