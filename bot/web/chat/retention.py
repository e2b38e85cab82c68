"""Erases what is kept longer than knowledge/practice.yml says: conversations here, the rest where it is kept.

An app that keeps something for a time connects a receiver to `retention_over`; there is one purge for all of them.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection, transaction
from django.dispatch import Signal
from django.utils import timezone

from bot.settings import get_settings
from bot.web.chat.models import Conversation
from knowledge.practice import current_practice

if TYPE_CHECKING:
    from datetime import datetime

EVERY = 24 * 3600.0  # seconds between two purges of a running server
PORTION = 500  # rows that are deleted in one transaction
# Sent after conversations were purged, with `now`, and with `before`: what other apps keep from before that moment goes
# as well. A receiver returns what it erased, in words, or None.
retention_over = Signal()
logger = logging.getLogger(__name__)


def purge(now: datetime | None = None) -> list[str]:
    """Erase every conversation in which nothing was said for the retention time, and what other apps keep too long.

    Rasa is asked to forget them in the same way as when a parent erases a conversation. The empty rows that erasing
    leaves go later. Returns what went, in words, conversations first. Raises KnowledgeError, and what went wrong in an app after all others had their turn.
    """
    now = now or timezone.now()
    before = now - timedelta(days=current_practice(get_settings().knowledge).retention_days)
    erased = 0
    for pk in list(Conversation.objects.before(before).values_list("pk", flat=True)):
        with transaction.atomic():
            # Looked at again under its lock: something may have been said in it meanwhile.
            conversation = Conversation.objects.before(before).select_for_update().filter(pk=pk).first()
            if conversation:
                conversation.erase()
                erased += 1
    emptied = _delete_emptied(before)
    answers = [answer for _, answer in retention_over.send_robust(sender=None, now=now, before=before)]
    said = [f"{erased} conversations erased", f"{emptied} empty rows of erased conversations deleted"]
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
        if answer:
            said.append(answer)
    return said


def _delete_emptied(before: datetime) -> int:
    """Delete the rows of conversations that were erased before that moment, and a token's life earlier; how many.

    Until its token has expired, the row tells that it is dead. And a process that was away may still have a turn of it
    on disk, which would make the conversation anew: of one that was erased so long ago, that turn is purged as well.
    """
    over = Conversation.objects.emptied_before(before - timedelta(seconds=settings.CHAT_TOKEN_SECONDS))
    deleted = 0
    while portion := list(over.values_list("pk", flat=True)[:PORTION]):
        Conversation.objects.filter(pk__in=portion).delete()
        deleted += len(portion)
    return deleted


def _purge_and_close() -> list[str]:
    """The purge in a thread of its own, which must not keep its database connection for a day."""
    try:
        return purge()
    finally:
        connection.close()


async def daily() -> None:
    """Purge at the start of the web process and once a day after that."""
    while True:
        for erased in await sync_to_async(_purge_and_close, thread_sensitive=False)():
            logger.info("Retention: %s", erased)
        await asyncio.sleep(EVERY)
