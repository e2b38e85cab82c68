"""What a message is while a risk is open, or where an alarm of the classifier has another reason than danger.

The limits and how they were chosen: docs/safety-case.md, "Thresholds".
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.reading.history import about_someone_else, just_denied, last_crisis, last_crisis_words
from bot.reading.language import OTHER, SPANISH
from bot.reading.own_violence import hurt_an_adult
from bot.safety.context import in_context
from bot.safety.follow_ups import get_follow_ups
from bot.safety.tiers import ALARM, CHECK, gravest

if TYPE_CHECKING:
    from collections.abc import Callable

    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.safety.follow_ups import FollowUp
    from bot.safety.verdict import Verdict

WATCHED = "watched"  # the follow-up that never waits
FINE = "says_fine"
DOUBTS, HELPED = "doubts_medical", "helped"
CALLING = frozenset({"calling", "calling_medical"})  # "calling now" is a yes
_ASKS = re.compile(
    r"\b(?:how|what|why|when|where|which|can i|can you|do i|does|should i|is there|is it)\b", re.IGNORECASE
)
_ADMITS = re.compile(
    r"^\W*(?:(?:ok|okay|well|actually|sorry|fine|alright)\W+)*(?:yes|yeah|yep|i do|i am|i have|i lied|it.?s true|maybe i do)\b",
    re.IGNORECASE,
)
_THEY = re.compile(r"\bthey(?:.?re)?\b", re.IGNORECASE)
_NOT_OVER = re.compile(r"\b(?:but|still|worse|without me|i can go|jump|not)\b", re.IGNORECASE)
ANSWERED = ("ask_", "about_", "feel_", "request_")
# Said plainly, these are what a parent wants, also after a crisis reply.
OTHER_WISHES = {"ask_consultation", "manage_booking", "request_booking", "request_helplines"}
_WISH_NAMED = re.compile(r"\b(?:book|appointment|consult|cost|price|number|helpline|hotline|lines?|resched|cancel|slots?)", re.IGNORECASE)  # fmt: skip
# "My phone has no credit", after a crisis, is a barrier rather than a second crisis. A follow-up explains an alarm of
# the classifier alone up to this score, and never one of means, plan, the baby or the body. How both were chosen:
# docs/safety-case.md, "Thresholds".
EXPLAINED_BELOW = 1.75
DENIED_BELOW = 0.25  # the same for what follows a no to the direct question; surer alarms are asked about again
NEVER_EXPLAINED = {"E", "I"}


def left_after_denial(tracker: DialogueStateTracker, verdict: Verdict, text: str) -> bool:
    """Whether a doubtful alarm may be what is left of a distress of which the parent has just said that it is no wish
    to die.
    """
    if _ADMITS.match(text):
        return False  # "yes ok yes I do think about it": the no was none
    doubtful = verdict.by == "classifier" and verdict.label == "crisis_suicide" and verdict.score < DENIED_BELOW
    return verdict.alarm and doubtful and just_denied(tracker)


def explained(
    tracker: DialogueStateTracker, verdict: Verdict, language: str | None, answers: Callable[[], bool]
) -> bool:
    """Whether a doubtful alarm of the classifier alone has another reason: the language, or the answer to who is near
    (`answers` tells whether it is one).
    """
    if not verdict.alarm or verdict.by != "classifier" or verdict.score >= EXPLAINED_BELOW:
        return False
    if language in {SPANISH, OTHER}:
        return True
    return tracker.get_slot("asked") == "someone_near" and verdict.label == "crisis_third_party" and answers()


def in_conversation(tracker: DialogueStateTracker, verdict: Verdict, intent: str) -> Verdict:
    """`verdict` by what was asked before, and by whose danger is open."""
    checked = tracker.get_slot("turns_since_check")
    verdict = in_context(verdict, intent, tracker.get_slot("asked"), None if checked is None else int(checked))
    risk = tracker.get_slot("risk")
    if verdict.alarm and verdict.label == "crisis_third_party" and risk in ALARM:
        # The person described was in graver danger a moment ago; a new sign of theirs does not lower it.
        verdict = replace(verdict, tier=gravest(risk, verdict.tier))
    return verdict


def _speaks_past(tracker: DialogueStateTracker, text: str, risk: str | None, name: str) -> bool:
    """Whether the follow-up `name` is meant for somebody else: "they" of who hears voices are no doctors, and a
    partner who was hit is no baby who seems well.
    """
    if name in {"turned_away", HELPED}:
        return risk == "P" and not about_someone_else(tracker) and _THEY.search(text) is not None
    return name == "baby_seems_fine" and hurt_an_adult(last_crisis_words(tracker))


def follow_up(tracker: DialogueStateTracker, text: str, intent: str, verdict: Verdict) -> FollowUp | None:
    """What the text answers while a risk is open; new danger and a wish for something else come first."""
    risk = tracker.get_slot("risk")
    found = get_follow_ups().find(text, risk, last_crisis(tracker))
    if tracker.get_slot("violence") and (watched := get_follow_ups().find(text, "V")) and watched.name == WATCHED:
        found = watched  # whatever else is open: who frightens the writer may be in the room
    if found is None or _speaks_past(tracker, text, risk, found.name):
        return None
    if found.name == HELPED and _NOT_OVER.search(text):
        return None  # "they said it's nothing but he's getting worse"
    if found.name == DOUBTS and tracker.get_slot("follow_up") == HELPED:
        found = get_follow_ups().named(HELPED)  # "he's fine now", after a doctor has looked: nobody is sent again
    if found.name == WATCHED:
        return found if verdict.tier in {None, CHECK, "V"} else None
    if found.repeats:
        if not about_someone_else(tracker):
            return None  # "he won't let me see a doctor" of a writer in danger is no word about somebody else's
        return found if not verdict.alarm or gravest(risk, verdict.tier) == risk else None
    weak = verdict.by == "classifier" and verdict.score < EXPLAINED_BELOW and verdict.tier not in NEVER_EXPLAINED
    if verdict.alarm and not weak:
        return None
    if found.name == FINE and _ASKS.search(text) and intent.startswith(ANSWERED):
        return None  # "I'm fine. How do I get her to nap?" is a question; the bar stays below its answer
    wishes = intent in OTHER_WISHES and _WISH_NAMED.search(text)
    return None if tracker.get_slot("exercise") or wishes else found
