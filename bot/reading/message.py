"""What a message means in its conversation: the parse of the pipeline, read by what was asked, offered and is open.

The order is that of docs/safety-case.md, "Rules that hold always": the screening's alarm first, then an answer to a
question that was asked, then what a crisis reply left open, then moves, other languages and asides, then the label of
the message itself.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered

from bot.reading.asides import ANOTHER_LANGUAGE, DETAILS, EMPTY, REPEATED, WORDLESS, aside
from bot.reading.language import ENGLISH, OTHER, SPANISH, language_of, spanish_answer
from bot.reading.moves import Move, move_in, plain
from bot.reading.told_before import told_before
from bot.safety.context import SAFETY_QUESTIONS, in_context, kind_of_thoughts, put_off, short_answer
from bot.safety.follow_ups import get_follow_ups
from bot.safety.tiers import ALARM, CHECK, gravest
from bot.safety.verdict import TIER_OF, Verdict
from bot.understanding.labels import is_crisis, labels

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.safety.follow_ups import FollowUp

FALLBACK_INTENT = "nlu_fallback"
FOLLOW_UP_INTENT = "follow_up"
ASIDE_INTENT = "aside"
TECHNICAL = {
    FALLBACK_INTENT,
    FOLLOW_UP_INTENT,
    ASIDE_INTENT,
}  # steer rules; what was understood stays the likeliest label
AFTER_LOSS = "My baby has died. "  # put before what is said after a loss, for the search only
MORE = '"choice": "more"'  # in the payload of "Tell me more"
FEW_WORDS = 5  # of a message that says too little to go on from it
WATCHED = "watched"  # the follow-up that never waits
FINE = "says_fine"
_ASKS = re.compile(
    r"\b(?:how|what|why|when|where|which|can i|can you|do i|does|should i|is there|is it)\b", re.IGNORECASE
)
ANSWERED = ("ask_", "about_", "feel_", "request_")
CALLING = "calling"  # "calling now" is a yes
# Said plainly, these are what a parent wants, also after a crisis reply.
OTHER_WISHES = {"ask_consultation", "manage_booking", "request_booking", "request_helplines"}
_WISH_NAMED = re.compile(r"\b(?:book|appointment|consult|cost|price|number|helpline|hotline|lines?|resched|cancel|slots?)", re.IGNORECASE)  # fmt: skip
# "My phone has no credit", after a crisis, is a barrier rather than a second crisis. A follow-up explains an alarm of
# the classifier alone up to this score, and never one of means, plan, the baby or the body. How both were chosen:
# docs/safety-case.md, "Thresholds".
EXPLAINED_BELOW = 1.75
DENIED_BELOW = 0.25  # the same for what follows a no to the direct question; surer alarms are asked about again
DENIAL_TURNS = 2
NEVER_EXPLAINED = {"E", "I"}
OWN_LIFE = {"crisis_suicide", "crisis_suicide_imminent", "crisis_self_harm"}
OF_A_LIVING_BABY = frozenset(
    {"feel_disconnected", "feel_no_instant_love", "feel_rejected_by_baby", "feel_baby_harmed_by_me", "feel_regret",
     "feel_not_enough", "ask_how_to_bond", "ask_duration", "about_feeding", "about_nicu", "about_siblings"}
)  # fmt: skip
# A short question that leans on what was answered before: "does that mean I'm dangerous", "and will it pass".
_LEANS = re.compile(
    r"^(?:(?:and|but|so|ok|okay|well|then|yeah) )*(?:(?:does|is|was|could|can|would|will|should|do|did|why|how|what if|what about|when|am)\b.*"
    r"\b(?:that|this|it|they|these|those|dangerous|normal|mean|bad|wrong)\b.*|(?:am i|will i|is it|are they|what if|why|how come|how long|really)\b.*)$"
)
_WORSE = re.compile(r"\b(?:feel|feeling|felt|worse|heavier|harder)\b", re.IGNORECASE)
MOST_LEANING = 10  # words


def typed_by_parent(tracker: DialogueStateTracker) -> list[str]:
    """What the parent wrote and pressed so far, oldest first."""
    return [e.text or "" for e in tracker.events if isinstance(e, UserUttered)]


async def understand(processor: MessageProcessor, tracker: DialogueStateTracker, text: str) -> dict[str, Any]:
    """The parse of `text` (typed, or a payload) as the rules are to see it; also sets the slots that it decides."""
    parse: dict[str, Any] = await processor.parse_message(UserMessage(text, sender_id=tracker.sender_id), tracker)
    intent = parse["intent"]["name"] or FALLBACK_INTENT
    verdict = Verdict(**(parse.get("safety") or {}))
    if text.startswith("/"):
        return await _pressed(processor, tracker, text, parse, intent, verdict)
    asked = tracker.get_slot("asked")
    told = typed_by_parent(tracker)
    if verdict.alarm and told_before(text, verdict, told, loss=bool(tracker.get_slot("loss"))):
        intent, verdict = _first_harmless(parse), Verdict(CHECK, verdict.label, "context", text, verdict.score)
    language = _language(tracker, text)
    if _explained(tracker, text, verdict, asked, language):
        intent, verdict = _first_harmless(parse), Verdict(CHECK, verdict.label, "classifier", text, verdict.score)
    move = None if verdict.alarm else _answer(tracker, text, asked, language)
    if move:
        intent = move.intent
        _lead(parse, intent)
        if verdict.tier == CHECK and verdict.by == "classifier":
            verdict = Verdict(score=verdict.score)  # the words of a move are known, and say no more than that
        if move.choice:
            parse["entities"] = [{"entity": "choice", "value": move.choice, "start": 0, "end": len(text)}]
        if is_crisis(intent):
            verdict = Verdict(TIER_OF[intent], intent, "context", text, verdict.score)
        elif move.choice == "more" and (label := labels().get(intent)):
            await _passages_of(processor, tracker, _more_of(tracker, intent, label.what), parse)
        elif asked == "intrusive" and intent == "feel_intrusive_thoughts":
            await _passages_of(processor, tracker, f"{text} {labels()[intent].what}", parse)
        asked = tracker.get_slot("asked")
    verdict = _in_context(tracker, verdict, intent, asked)
    follow_up = None if move else _follow_up(tracker, text, intent, verdict)
    if follow_up and follow_up.repeats:
        # Refusing help, or being told that all is well, does not lower somebody else's danger.
        intent = "crisis_third_party"
        verdict = Verdict(tracker.get_slot("risk"), intent, "context", text, verdict.score)
    elif follow_up:
        parse["follow_up"], intent = follow_up.name, FOLLOW_UP_INTENT
        if follow_up.name == CALLING:
            _lead(parse, "affirm")
        if follow_up.name != WATCHED:
            verdict = Verdict(score=verdict.score)
    elif not (move or verdict.alarm):
        found = ANOTHER_LANGUAGE if language in {SPANISH, OTHER} else aside(text, told, asked, intent)
        if found and not (found == REPEATED and verdict.tier):
            parse["aside"], intent = found, ASIDE_INTENT
            if found in {ANOTHER_LANGUAGE, DETAILS} and verdict.by == "classifier":
                # It has learnt English only, and no names; the reply in another language has helplines anyway.
                verdict = Verdict(score=verdict.score)
            if found in {EMPTY, WORDLESS}:
                _lead(parse, "out_of_scope")
        elif intent == "feel_worse" and tracker.get_slot("missed") and not _WORSE.search(text):
            intent = "not_helpful"  # "still wrong", after an answer that missed
            _lead(parse, intent)
        elif tracker.get_slot("loss") and intent in OF_A_LIVING_BABY:
            # Said by a parent whose baby has died, it is about the loss: no passage of a living baby.
            intent = "about_loss"
            _lead(parse, intent)
            await _passages_of(processor, tracker, f"{text} {labels()[intent].what}", parse)
        else:
            intent = await _leaning(processor, tracker, text, parse, intent)
            if tracker.get_slot("loss") and intent.startswith(("feel_", "about_")):
                # Whatever a parent feels after a loss, it is about the loss: guilt over a nap is not what is meant.
                await _passages_of(processor, tracker, AFTER_LOSS + text, parse, answered=parse["answered"])
    parse["safety"] = verdict.as_dict()
    parse["intent"]["name"] = intent
    return parse


async def _pressed(
    processor: MessageProcessor,
    tracker: DialogueStateTracker,
    text: str,
    parse: dict[str, Any],
    intent: str,
    verdict: Verdict,
) -> dict[str, Any]:
    """A pressed choice names its label. Without words of its own, its passages are those of what was asked before
    ("Tell me more"), or of its description.
    """
    if label := labels().get(intent):
        words = label.what if MORE not in text else _more_of(tracker, intent, label.what)
        await _passages_of(processor, tracker, words, parse)
    if is_crisis(intent):
        verdict = Verdict(TIER_OF.get(intent, "I"), intent, "choice", None)
    verdict = _in_context(tracker, verdict, intent, tracker.get_slot("asked"))
    parse["safety"], parse["intent"]["name"] = verdict.as_dict(), intent
    return parse


def asked_before(tracker: DialogueStateTracker, intent: str) -> str | None:
    """The words that were last typed, if they were understood as `intent`: "tell me more" goes on from them."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered) and event.text and not event.text.startswith("/"):
            return event.text if event.intent.get("name") == intent else None
    return None


def _more_of(tracker: DialogueStateTracker, intent: str, what: str) -> str:
    """What "tell me more" about `intent`, described by `what`, looks for."""
    words = asked_before(tracker, intent) or ""
    # "Is that bad" alone finds anything.
    return words if len(words.split()) > FEW_WORDS else f"{words} {what}".strip()


async def _passages_of(
    processor: MessageProcessor,
    tracker: DialogueStateTracker,
    text: str,
    parse: dict[str, Any],
    *,
    answered: bool = True,
) -> None:
    described = await processor.parse_message(UserMessage(text, sender_id=tracker.sender_id), tracker)
    parse["passages"], parse["answered"] = described["passages"], answered


def _first_harmless(parse: dict[str, Any]) -> str:
    """The likeliest label that is no danger, first in the ranking from now on."""
    intent = next((r["name"] for r in parse["intent_ranking"] if not is_crisis(r["name"])), FALLBACK_INTENT)
    _lead(parse, intent)
    return intent


def _lead(parse: dict[str, Any], intent: str) -> None:
    first = {"name": intent, "confidence": 1.0}
    parse["intent_ranking"] = [first, *(row for row in parse["intent_ranking"] if row["name"] != intent)]


def _language(tracker: DialogueStateTracker, text: str) -> str | None:
    """The language of this message; a short one keeps that of the conversation."""
    found = language_of(text)
    before = tracker.get_slot("language")
    if found in {SPANISH, OTHER} and found != before:
        tracker.update(SlotSet("language", found))
    elif found == ENGLISH and before:
        tracker.update(SlotSet("language", None))
    return found


def _answer(tracker: DialogueStateTracker, text: str, asked: str | None, language: str | None) -> Move | None:
    """What the text answers to an open question, or does with what is offered or runs."""
    if tracker.get_slot("language") == SPANISH and asked and (spanish := spanish_answer(text)):
        return Move(spanish)
    if language in {SPANISH, OTHER}:
        return None
    mended = " ".join(plain(text))
    if asked == "intrusive" and (thoughts := kind_of_thoughts(mended)):
        return Move(thoughts)
    running, paused = bool(tracker.get_slot("exercise")), bool(tracker.get_slot("paused"))
    offered = [(label, payload) for label, payload in tracker.get_slot("choices") or []]
    if asked in SAFETY_QUESTIONS:
        if put_off(mended, asked) and (asked == "safety" or _last_crisis(tracker) in OWN_LIFE):
            return Move("affirm" if asked == "safety" else "crisis_suicide")
        if found := short_answer(mended, asked):
            return Move(found)
        if move := move_in(text, asked, running=False, offered=offered):
            return move
        if running and (move := move_in(text, None, running=True)):
            # "Next" goes on with the exercise and is no yes to the question beside it.
            tracker.update(SlotSet("asked", None))
            return move
        return None
    if move := move_in(text, asked, running=running, paused=paused, offered=offered):
        return move
    answer = short_answer(mended, asked)
    return Move(answer) if answer else None


def _explained(
    tracker: DialogueStateTracker, text: str, verdict: Verdict, asked: str | None, language: str | None
) -> bool:
    """Whether a doubtful alarm of the classifier alone has another reason: the language, the answer to who is near,
    or what is left of a distress of which the parent has just said that it is no wish to die.
    """
    if not verdict.alarm or verdict.by != "classifier" or verdict.score >= EXPLAINED_BELOW:
        return False
    if language in {SPANISH, OTHER}:
        return True
    if asked == "someone_near" and verdict.label == "crisis_third_party":
        return _answer(tracker, text, asked, language) is not None
    return verdict.label == "crisis_suicide" and verdict.score < DENIED_BELOW and _just_denied(tracker)


def _just_denied(tracker: DialogueStateTracker) -> bool:
    """Whether the direct question was answered with no, by the last message or the one before it."""
    said = 0
    for event in reversed(tracker.events):
        if isinstance(event, ActionExecuted) and event.action_name == "utter_safety_no":
            return True
        said += isinstance(event, UserUttered)
        if said == DENIAL_TURNS:
            return False
    return False


def _in_context(tracker: DialogueStateTracker, verdict: Verdict, intent: str, asked: str | None) -> Verdict:
    checked = tracker.get_slot("turns_since_check")
    verdict = in_context(verdict, intent, asked, None if checked is None else int(checked))
    risk = tracker.get_slot("risk")
    if verdict.alarm and verdict.label == "crisis_third_party" and risk in ALARM:
        # The person described was in graver danger a moment ago; a new sign of theirs does not lower it.
        verdict = replace(verdict, tier=gravest(risk, verdict.tier))
    return verdict


def _follow_up(tracker: DialogueStateTracker, text: str, intent: str, verdict: Verdict) -> FollowUp | None:
    """What the text answers while a risk is open; new danger and a wish for something else come first."""
    risk = tracker.get_slot("risk")
    found = get_follow_ups().find(text, risk)
    if found is None:
        return None
    if found.name == WATCHED:
        return found if verdict.tier in {None, CHECK, "V"} else None
    if found.repeats:
        if not _about_someone_else(tracker):
            return None  # "he won't let me see a doctor" of a writer in danger is no word about somebody else's
        return found if not verdict.alarm or gravest(risk, verdict.tier) == risk else None
    weak = verdict.by == "classifier" and verdict.score < EXPLAINED_BELOW and verdict.tier not in NEVER_EXPLAINED
    if verdict.alarm and not weak:
        return None
    if found.name == FINE and _ASKS.search(text) and intent.startswith(ANSWERED):
        return None  # "I'm fine. How do I get her to nap?" is a question; the bar stays below its answer
    wishes = intent in OTHER_WISHES and (found.name != CALLING or _WISH_NAMED.search(text))
    return None if tracker.get_slot("exercise") or wishes else found


def _about_someone_else(tracker: DialogueStateTracker) -> bool:
    """Whether the last crisis of the conversation was somebody else's."""
    return _last_crisis(tracker) == "crisis_third_party"


def _last_crisis(tracker: DialogueStateTracker) -> str | None:
    crises = (e.intent_name for e in reversed(list(tracker.events)) if isinstance(e, UserUttered))
    return next((name for name in crises if name and is_crisis(name)), None)


async def _leaning(
    processor: MessageProcessor, tracker: DialogueStateTracker, text: str, parse: dict[str, Any], intent: str
) -> str:
    """The topic of the last answer where a short question leans on it and nothing of its own was found."""
    topic = labels().get(tracker.get_slot("topic") or "")
    unclear = intent == FALLBACK_INTENT or (intent.startswith("ask_") and not parse.get("answered"))
    plain = re.sub(r"[^\w\s]", "", text.lower())
    if not topic or not unclear or len(plain.split()) > MOST_LEANING or not _LEANS.match(plain.strip()):
        return intent
    await _passages_of(processor, tracker, f"{text} {topic.what}", parse)
    return topic.name
