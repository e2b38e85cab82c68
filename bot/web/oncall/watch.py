"""Makes up for alerts that could not be queued with their turn.

The outbox had failed, a secret was missing, or the danger was heard only after the turn was stored.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.db import Error, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from bot.web.chat.models import Conversation
from bot.web.oncall.alerts import anyone_on_call, owed_by, queue_owed
from bot.web.oncall.models import untold_alarms

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

EVERY = 15.0  # seconds
LOOK_BACK = timedelta(hours=12)  # a night: older alarms are in the inbox, and telling of them helps nobody
logger = logging.getLogger(__name__)


def untold(since: datetime) -> QuerySet[Conversation]:
    """Conversations of parents that went on since `since` and have an alarm of which nobody was told."""
    alarms = untold_alarms().filter(conversation=OuterRef("pk"))
    return Conversation.objects.kept().filter(Exists(alarms), crisis=True, demo=False, updated__gte=since)


def catch_up(now: datetime | None = None) -> int:
    """Queues every alert that is owed; how many. Raises DatabaseError, and whatever keeps an alert from being made."""
    if not anyone_on_call():
        return 0
    queued = 0
    for conversation in untold((now or timezone.now()) - LOOK_BACK):
        if owed_by(conversation) is None:
            continue  # within the quarter of an hour: not worth the lock
        with transaction.atomic():
            # Read again under the lock: a turn may just have been stored, with its alert.
            locked = Conversation.objects.kept().select_for_update().filter(pk=conversation.pk).first()
            queued += bool(locked and queue_owed(locked))
    return queued


def _catch_up_and_close() -> int:
    """In a thread of its own, which must not keep a database connection that may be broken."""
    try:
        return catch_up()
    finally:
        connection.close()


async def keep_watch() -> None:
    """Background work: every few seconds, queue what is owed. Other faults than the database's end it (see lifespan)."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            queued = await sync_to_async(_catch_up_and_close, thread_sensitive=False)()
        except Error as fault:
            logger.error("alerts that are owed cannot be queued: %s", type(fault).__name__)
            continue
        if queued:
            logger.warning("%d alerts were queued late", queued)
