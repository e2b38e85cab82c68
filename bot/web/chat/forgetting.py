"""Has Rasa forget the conversations that were erased; while it is down, the wish is kept in the tables."""

from __future__ import annotations

import asyncio
import logging

from bot.web import database
from bot.web.chat import rasa_client
from bot.web.chat.models import Conversation

logger = logging.getLogger(__name__)
RETRY_SECONDS = 600.0
DATABASE_SECONDS = 10.0


async def forget(session: str) -> bool:
    """Ask Rasa to drop the dialogue state of an erased `session`; whether it did."""
    try:
        await rasa_client.forget(session)
        await database.write(lambda: _forgotten(session), DATABASE_SECONDS)
    except (rasa_client.ChannelError, database.DatabaseUnavailableError) as error:
        logger.warning("Rasa still has to forget %s: %s", session, error)
        return False
    return True


async def forget_pending() -> int:
    """Ask again for all that Rasa has not forgotten yet; the number that it did."""
    waiting = await database.read(_waiting, DATABASE_SECONDS)
    done = 0
    for session in waiting:
        if not await forget(session):
            break  # Rasa is down: the next round asks again
        done += 1
    return done


async def retry_forgetting() -> None:
    """Background work: when the process starts, and every few minutes."""
    while True:
        try:
            await forget_pending()
        except database.DatabaseUnavailableError as error:
            logger.warning("cannot tell what Rasa has to forget: %s", error)
        await asyncio.sleep(RETRY_SECONDS)


def _waiting() -> list[str]:
    return list(Conversation.objects.to_be_forgotten().values_list("pk", flat=True)[:1000])


def _forgotten(session: str) -> None:
    Conversation.objects.filter(pk=session).update(forget_pending=False)
