"""Makes one turn: what Rasa answers, or what is said in its place."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from django.conf import settings

from bot.safety.tiers import ALARM, as_tier, gravest
from bot.settings import get_settings
from bot.web import database
from bot.web.booking.card import booking_card
from bot.web.chat import rasa_client
from bot.web.chat.contacts import help_first, instead_of_contacts, without_contacts
from bot.web.chat.fallback import TOO_LONG, bot_message, helplines_message, with_bar
from bot.web.chat.models import Turn
from bot.web.chat.record import Record, Situation
from bot.web.chat.requests import too_large
from bot.web.chat.screening import SCREEN_SECONDS, screen
from bot.web.chat.unheard import note as unheard_note
from bot.web.content import get_content
from knowledge.helplines import ANYWHERE

if TYPE_CHECKING:
    from bot.masking.contacts import Masked
    from bot.web.chat.rasa_reply import Reply
    from bot.web.chat.requests import Incoming

logger = logging.getLogger(__name__)

# Of the time for an answer, this is kept for storing it.
STORING_SECONDS = 0.3
SLOTS_SECONDS = 0.4


def now() -> float:
    """The event loop's clock, in seconds."""
    return asyncio.get_running_loop().time()


async def compose(
    session: str, incoming: Incoming, region: str | None, situation: Situation, deadline: float
) -> Record:
    """The turn for `incoming`, made before `deadline`; `region` is None where it cannot be told now.

    Raises ApiError 413 for an oversized message that the rules have read and in which they found no danger.
    """
    typed = await without_contacts(incoming.text or "")
    text = typed.text if incoming.text is not None else situation.label or ""
    body = {"payload": incoming.payload} if incoming.payload is not None else {"text": text}
    left = deadline - now() - STORING_SECONDS
    if incoming.oversized:
        return await _screened_only(incoming, text, region, left)
    started = now()
    try:
        # A little is held back for the rules, which read the message if Rasa does not.
        seconds = min(get_settings().turn_timeout, left - SCREEN_SECONDS / 2)
        reply = await rasa_client.ask(session, region, body, seconds, situation.risk)
    except rasa_client.ChannelError as error:
        logger.error("Rasa cannot be had: %s", error)
        return await _without_rasa(incoming, typed, text, region, situation, deadline)
    place = get_content().helplines.normalise_region(reply.region)
    if reply.region and (region or place != ANYWHERE):  # which Rasa says where it knows none either
        region = place
    replies = reply.messages if len(text) <= settings.CHAT_TEXT_LIMIT else _to_a_long_message(reply, situation)
    replies = replies + instead_of_contacts(typed.found, replies, reply.tier)
    messages = [bot_message(**await _filled(message, deadline)) for message in help_first(replies, reply.tier)]
    if situation.unread:
        messages = with_bar(messages, region)
    return Record(
        **_fields_of(incoming, text),
        replies=messages,
        region=region or "",
        understood=reply.understood,
        tier=reply.tier,
        intent=reply.intent,
        confidence=reply.confidence,
        actions=reply.actions,
        milliseconds=reply.milliseconds if reply.milliseconds is not None else (now() - started) * 1000,
    )


def _to_a_long_message(reply: Reply, situation: Situation) -> list[dict[str, Any]]:
    """Rasa's reply, or the wish for a shorter message in its place.

    What Rasa believes to have asked must have been shown, or "yes" to another question is read as yes to that one; so
    a question stays, and stays last. Helplines, and the bar of an open risk, stay as well.
    """
    risk = gravest(situation.risk, as_tier(reply.understood.get("risk")))
    helplines = any(message.get("card", {}).get("type") == "helplines" for message in reply.messages)
    if reply.tier in ALARM or (helplines and not risk):
        return reply.messages
    if reply.tier is None and not (risk or reply.asks):
        return [{"text": TOO_LONG}]
    return [{"text": TOO_LONG}, *reply.messages]


async def _without_rasa(
    incoming: Incoming, typed: Masked, text: str, region: str | None, situation: Situation, deadline: float
) -> Record:
    left = deadline - now() - STORING_SECONDS
    seconds = max(0.05, min(SCREEN_SECONDS, left))
    found = await screen(incoming.text or "", seconds, payload=incoming.payload or "", asked=situation.asked)
    messages = [helplines_message(region, found.tier, unable=True, risk=situation.risk)]
    for message in instead_of_contacts(typed.found, messages, found.tier):
        messages.append(bot_message(**await _filled(message, deadline)))
    understood = unheard_note(found, situation.asked) if incoming.text is not None or found.unheard else {}
    fields = _fields_of(incoming, text)
    return Record(**fields, replies=messages, region=region or "", tier=found.tier, failed=True, understood=understood)


async def _screened_only(incoming: Incoming, text: str, region: str | None, left: float) -> Record:
    """A message far beyond the limit goes to the rules alone: Rasa would be busy with it for all other parents."""
    found = await screen(incoming.text or "", left)
    if found.unheard:
        # Refused, it would be read by nobody, ever: it is stored instead, and read afterwards.
        fields, understood = _fields_of(incoming, text), unheard_note(found, None)
        replies = [helplines_message(region, unable=True)]
        return Record(**fields, replies=replies, region=region or "", failed=True, understood=understood)
    if found.tier not in ALARM:
        raise too_large(region)
    replies = [helplines_message(region, found.tier)]
    return Record(**_fields_of(incoming, text), replies=replies, region=region or "", tier=found.tier)


def _fields_of(incoming: Incoming, text: str) -> dict[str, Any]:
    """The fields of a Record that tell what the parent said or pressed."""
    if incoming.payload is not None:
        return {"client_id": incoming.id, "kind": Turn.Kind.PAYLOAD, "text": text, "payload": incoming.payload}
    return {"client_id": incoming.id, "kind": Turn.Kind.TEXT, "text": text}


async def _filled(message: dict[str, Any], deadline: float) -> dict[str, Any]:
    """The message with its booking card filled: the action server, which has no database, sends its type alone."""
    if message.get("card", {}).get("type") != "booking":
        return message
    seconds = max(0.05, min(SLOTS_SECONDS, deadline - now() - STORING_SECONDS))
    try:
        card = await database.read(booking_card, seconds)
    except database.DatabaseUnavailableError as error:
        logger.error("no times for the booking card: %s", error)
        card = booking_card(with_times=False)
    rest = {name: part for name, part in message.items() if name != "card"}
    return {**rest, "card": card} if card else rest
