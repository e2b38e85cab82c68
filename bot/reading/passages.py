"""Passages for other words than the message's own: of a pressed choice, of "tell me more", of a question that leans on
the answer before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rasa.core.channels.channel import UserMessage

from bot.reading.history import asked_before
from bot.reading.intents import FALLBACK_INTENT
from bot.understanding.labels import labels

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor
    from rasa.shared.core.trackers import DialogueStateTracker

_WHAT_IF_NOT = re.compile(
    r"^(?:(?:and|but|so|ok|okay|well|then) )*(?:what )?if (?:it|that|this)? ?(?:doesnt|dont|isnt|wont|cant|never|not)(?: \w+){0,3}$"
)
FEW_WORDS = 5  # of a message that says too little to go on from it
MOST_LEANING = 10  # words
# What says nothing without the answer before it: "is that normal", "why does it happen", "do others feel like that".
_BARE = re.compile(
    r"^(?:(?:and|but|so|ok|okay|well|then|yeah) )*(?:(?:is|was) (?:that|this|it) (?:really )?(?:normal|ok|okay|bad|common|weird|usual|wrong|"
    r"just me|only me)|am i normal|is it just me|why(?: (?:is|does|do) (?:that|it|this|they)(?: (?:happen|come|like that|so))?)?|how come|"
    r"do (?:other|lots of|many|all)? ?(?:people|parents|mums|moms|mothers|dads|fathers|women|men|others) (?:do|feel|get|have|go through) "
    r"(?:it|that|this|like that|like this)(?: too| as well)?)(?: then| too| though| tho)?$"
)
# A short question that leans on what was answered before: "does that mean I'm dangerous", "and will it pass".
_LEANS = re.compile(
    r"^(?:(?:and|but|so|ok|okay|well|then|yeah) )*(?:(?:does|is|was|could|can|would|will|should|do|did|why|how|what if|what about|when|am)\b.*"
    r"\b(?:that|this|it|they|these|those|dangerous|normal|mean|bad|wrong)\b.*|(?:am i|will i|is it|are they|what if|why|how come|how long|really)\b.*)$"
)

_HOW_LONG = re.compile(
    r"^(?:(?:and|but|so|ok|okay|well|then|does it say|do they say|any idea|roughly) )*(?:how (?:much )?long(?:er)?|when)\b.*\b(?:it|that|this|they|last|take|takes|"
    r"lasts|go|goes|stop|stops|end|pass|passes)(?: .*)?$"
)


async def look_up(
    processor: MessageProcessor,
    tracker: DialogueStateTracker,
    text: str,
    parse: dict[str, Any],
    *,
    answered: bool = True,
) -> None:
    """Put the passages for `text` in the place of the message's own."""
    described = await processor.parse_message(UserMessage(text, sender_id=tracker.sender_id), tracker)
    parse["passages"], parse["answered"] = described["passages"], answered


def words_for_more(tracker: DialogueStateTracker, intent: str, what: str) -> str:
    """What "tell me more" about `intent`, described by `what`, looks for."""
    words = asked_before(tracker, intent) or ""
    # "Is that bad" alone finds anything.
    return words if len(words.split()) > FEW_WORDS else f"{words} {what}".strip()


async def leaning_on(
    processor: MessageProcessor, tracker: DialogueStateTracker, text: str, parse: dict[str, Any], intent: str
) -> str | None:
    """The topic of the last answer where a short question leans on it and nothing of its own was found."""
    topic = labels().get(tracker.get_slot("topic") or "")
    plain = re.sub(r"[^\w\s]", "", text.lower()).strip()
    words = len(plain.split())
    if not topic or words > MOST_LEANING:
        return None
    what_if_not = _WHAT_IF_NOT.match(plain) is not None
    unclear = intent == FALLBACK_INTENT or (intent.startswith("ask_") and not parse.get("answered"))
    if (what_if_not and intent.startswith("ask_")) or (unclear and _LEANS.match(plain)):
        await look_up(processor, tracker, f"{text} {topic.what}", parse)
        return topic.name
    if intent in {"ask_condition", "ask_why"} and topic.name.startswith(("feel_", "about_")) and _BARE.match(plain):
        await look_up(
            processor, tracker, f"{asked_before(tracker, topic.name) or ''} {text} {topic.what}".strip(), parse
        )
        return topic.name
    told = topic.name.startswith(("feel_", "about_"))
    if intent == "ask_duration" and told and words <= FEW_WORDS + 3 and _HOW_LONG.match(plain):
        # "How long does that last", after grief over the milk, is about the grief, and not about how long a chat is kept.
        await look_up(processor, tracker, f"{asked_before(tracker, topic.name) or ''} {text}".strip(), parse)
        return intent
    before = asked_before(tracker, intent) if intent == topic.name else None
    if before and words <= FEW_WORDS and _LEANS.match(plain):
        # "Does it stop by itself?", after a question about milk that came in: alone it finds anything of its topic.
        await look_up(processor, tracker, f"{before} {text}", parse)
        return topic.name
    return None
