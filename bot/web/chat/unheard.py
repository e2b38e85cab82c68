"""Reads afterwards what nobody could read in time: Rasa was not to be had, and the rules had not finished.

The parent got helplines; but whether there was danger in the words was not known, so nobody was told. Those turns are
marked when they are stored, and read here until they have been heard. The watch of oncall then queues the alert.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.db import Error, connection, transaction
from django.utils import timezone

from bot.web.chat.models import UNHEARD, Conversation, Turn
from bot.web.chat.screening import tier_of
from bot.web.chat.tiers import ALARM

if TYPE_CHECKING:
    from datetime import datetime

EVERY = 10.0  # seconds
LOOK_BACK = timedelta(hours=12)  # as the watch of oncall
logger = logging.getLogger(__name__)


def listen(now: datetime | None = None) -> int:
    """Reads every stored turn that is marked; returns in how many there was danger. Raises DatabaseError."""
    since = (now or timezone.now()) - LOOK_BACK
    marked = Turn.objects.filter(failed=True, created__gte=since, **{f"understood__{UNHEARD}": True})
    found = 0
    for pk, text in list(marked.values_list("pk", "text")):
        tier = tier_of(text)
        with transaction.atomic():
            turn = Turn.objects.filter(pk=pk).first()  # it may have been erased meanwhile
            if turn is None:
                continue
            turn.conversation = Conversation.objects.select_for_update().get(pk=turn.conversation_id)
            turn.heard(tier)
        found += tier in ALARM
    return found


def _listen_and_close() -> int:
    """In a thread of its own, which must not keep a database connection that may be broken."""
    try:
        return listen()
    finally:
        connection.close()


async def keep_listening() -> None:
    """Background work: every few seconds, read what was not heard. Other faults than the database's end it (see lifespan)."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            found = await sync_to_async(_listen_and_close, thread_sensitive=False)()
        except Error as fault:
            logger.error("what was not heard cannot be read: %s", type(fault).__name__)
            continue
        if found:
            logger.warning("danger was found in %d turns after they were answered", found)
