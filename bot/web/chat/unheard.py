"""Screens, afterwards, the messages that were not fully screened while the parent waited.

When Rasa is not to be had, the parent gets helplines and the rules alone choose the words; where even they had no
time, whether there was danger is not known at all. Either way nobody may be told of it. So those turns are marked when
they are stored, and read here: by the rules at once, by rules and classifier as soon as Rasa is back. The watch of
oncall then queues the alert.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bot.safety.tiers import ALARM, gravest
from bot.web import database
from bot.web.chat import rasa_client
from bot.web.chat.models import UNHEARD, Conversation, Turn
from bot.web.chat.screening import tier_of

if TYPE_CHECKING:
    from datetime import datetime

    from bot.web.chat.screening import Screened

EVERY = 10.0  # seconds
LOOK_BACK = timedelta(hours=12)  # as the watch of oncall
MOST = 50  # turns in one look: parents who write now come between
MOST_FAILURES = 3  # in one look, until Rasa is taken to be away; one text that it cannot read holds up no other
DATABASE_SECONDS = 10.0
# What has not read it yet.
RULES, CLASSIFIER = "rules", "classifier"
ASKED = "asked"  # beside it: the question that was open
logger = logging.getLogger(__name__)


async def listen(now: datetime | None = None) -> int:
    """Reads every stored turn that is marked; returns in how many there was danger. Raises DatabaseUnavailableError."""
    since = (now or timezone.now()) - LOOK_BACK
    found = failures = 0
    for pk, text, payload, asked, unread in await database.read(lambda: _marked(since), DATABASE_SECONDS):
        tier = await asyncio.to_thread(tier_of, text, payload, asked) if unread == RULES else None
        left = CLASSIFIER
        if tier in ALARM or payload or len(text) > settings.CHAT_BODY_LIMIT:
            left = ""  # the rules alone read buttons, and messages that would keep Rasa from all other parents
        elif failures < MOST_FAILURES:
            try:
                tier, left = gravest(tier, await rasa_client.screen(text)), ""
            except rasa_client.ChannelError as error:
                logger.info("what was not heard waits for Rasa: %s", error)
                failures += 1
        if left != unread:
            await database.write(lambda row=(pk, tier, left): _note(*row), DATABASE_SECONDS)  # type: ignore[misc]  # the default keeps the value of this round
            found += tier in ALARM
    return found


def note(found: Screened, asked: str | None) -> dict[str, str]:
    """What is stored with a turn that Rasa did not read: who has to read it yet, and what it was an answer to."""
    if found.tier in ALARM:
        return {}
    return {UNHEARD: RULES, **({ASKED: asked} if asked else {})} if found.unheard else {UNHEARD: CLASSIFIER}


def _marked(since: datetime) -> list[tuple[int, str, str, str | None, str]]:
    turns = Turn.objects.filter(failed=True, created__gte=since, understood__has_key=UNHEARD)
    # What nobody has read at all comes first: while Rasa is away, the rest has to wait anyway.
    rows = turns.order_by(f"-understood__{UNHEARD}", "-created").values_list("pk", "text", "payload", "understood")[
        :MOST
    ]
    return [(pk, text, payload, found.get(ASKED), found[UNHEARD]) for pk, text, payload, found in rows]


def _note(pk: int, tier: str | None, left: str) -> None:
    with transaction.atomic():
        # Locked first, read then: who erases locks the conversation too, and takes its turns.
        conversation = Conversation.objects.select_for_update(of=("self",)).filter(turns=pk).first()
        turn = conversation.turns.filter(pk=pk).first() if conversation else None
        if conversation is None or turn is None:
            return  # erased meanwhile
        turn.conversation = conversation
        turn.note_late_screening(tier, left)


async def keep_listening() -> None:
    """Background work: every few seconds, read what was not heard. Other faults than the database's end it (see lifespan)."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            found = await listen()
        except database.DatabaseUnavailableError as fault:
            logger.error("what was not heard cannot be read: %s", fault)
            continue
        if found:
            logger.warning("danger was found in %d turns after they were answered", found)
