"""What a parent is told when Rasa cannot be had: kind words and the helplines of their region.

It needs no database, no Rasa and no action server; if even the helplines file was never readable, words remain.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any

from bot.safety.tiers import ALARM, card_kind
from bot.web.content import get_content
from knowledge.errors import KnowledgeError

logger = logging.getLogger(__name__)

HELPLINES = (
    "If you or anybody with you is in danger, call {emergency_number}. "
    "To talk to a person, at any hour: {crisis_line}, {crisis_ways}."
)
UNABLE = (
    "I can't answer properly right now. Something in me is not working; it has nothing to do with what you wrote. "
    "Please try again in a few minutes. "
) + HELPLINES
# Only the pattern layer has read these messages, so the words fit every message of the tier.
BY_TIER = {
    "E": "Call {emergency_number} now. Say if you are pregnant or gave birth in the last months, or that it is about a baby. "
    "If you can, have another adult with you.",
    "P": "Please get urgent help today: call {emergency_number}. Ask another adult to be with you now, "
    "and with any baby, and show them what you wrote here. This can be treated, and it is not your fault.",
    "I": "Call {emergency_number} now, or {crisis_line}: {crisis_ways}. Please be with another person, and away from "
    "anything that could do harm. If your baby is with you, lay them safely in the crib or cot and ask another adult to take "
    "over.",
    "S": "It matters that you wrote this. I can't answer properly right now, and people can, at any hour: {crisis_line}, "
    "{crisis_ways}. If you might act on these thoughts, call {emergency_number}. "
    "Is there someone you trust who could be with you now?",
    "V": "Is it safe for you to read this now? If not, press Leave now at the top. "
    "People who know about this answer here: {abuse_line}, {abuse_ways}.{abuse_for_others} In danger, call {emergency_number}. "
    "What is being done to you is not your fault.",
}
LAST_WORDS = (
    "I can't answer properly right now. If you or anybody with you is in danger, call your local emergency number. "
    "Lines that listen, in every country: https://findahelpline.com."
)
TOO_LONG = (
    "Thank you for telling me all of this. It is more than I can take in at once. "
    "What is the hardest part of it right now? A few sentences are enough."
)
EMPTY = "I'm here. Take your time. A word or two is enough to begin."


def new_message_id() -> str:
    """An id for a message of the bot."""
    return secrets.token_hex(8)


def bot_message(text: str, **rest: Any) -> dict[str, Any]:
    """A message of the bot in the form of the protocol; `rest` may be `card` and `choices`."""
    return {"id": new_message_id(), "from": "bot", "text": text, **rest}


def helplines_message(
    region: str | None, tier: str | None = None, *, unable: bool = False, risk: str | None = None
) -> dict[str, Any]:
    """The helplines of `region` (None: the practice's own), in words and as a card; never raises.

    With `tier` the words answer a message of that tier; with `unable` they say that no answer can be given now.
    Where the message has no alarm of its own, the card is that of the open `risk`.
    """
    words = BY_TIER[tier] if tier in ALARM and tier else UNABLE if unable else HELPLINES
    try:
        content = get_content()
        place = content.region(region)
        return bot_message(
            words.format(**content.helplines.words(place)),
            card=content.helplines.card(place, card_kind(tier if tier in ALARM else risk)),
        )
    except (KnowledgeError, OSError, LookupError):
        logger.exception("the helplines cannot be read")
        return bot_message(LAST_WORDS)


def empty_message() -> dict[str, Any]:
    """The reply to a message without words."""
    return bot_message(EMPTY)


def with_bar(messages: list[dict[str, Any]], region: str | None) -> list[dict[str, Any]]:
    """`messages` with the compact helplines of `region` where none are among them: for a parent of whom nothing can be
    known now. An alarm that another process answered may be open, and Rasa may have forgotten it. Never raises.
    """
    if any((message.get("card") or {}).get("type") == "helplines" for message in messages):
        return messages
    try:
        content = get_content()
        card = content.helplines.card(content.region(region), card_kind(None), compact=True)
    except (KnowledgeError, OSError, LookupError):
        logger.exception("the helplines cannot be read")
        return messages
    bare = next((n for n, message in reversed(list(enumerate(messages))) if not message.get("card")), None)
    if bare is None:
        return [*messages, {**helplines_message(region), "card": card}]
    return [{**message, "card": card} if n == bare else message for n, message in enumerate(messages)]
