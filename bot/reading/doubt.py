"""When an alarm is doubtful, and what else it may be: said in another language, left of a distress that was denied,
told as past, the answer to who is near. Then it becomes the question; it is never passed over. And when the classifier's
doubt is too faint to ask about.

The limits and how they were chosen: docs/safety-case.md, "Thresholds".
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.reading.history import just_denied
from bot.reading.language import OTHER, SPANISH
from bot.reading.past_wish import act_is_long_past, wish_is_past
from bot.safety.context import in_context
from bot.safety.thoughts import denies_orders
from bot.safety.tiers import ALARM, CHECK, gravest
from bot.understanding.labels import is_crisis

if TYPE_CHECKING:
    from collections.abc import Callable

    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.safety.verdict import Verdict

EXPLAINED_BELOW = 1.75  # score up to which an alarm of the classifier alone may have another reason than danger
LONG_PAST_BELOW = 4.0  # the same for what was done years ago
IN_PASSING_BELOW = -2.3  # a check of this score on few words asks nothing in mid-conversation
FEW_WORDS = 12
DENIED_BELOW = 0.25  # the same for what follows a no to the direct question; surer alarms are asked about again
OF_ORDERS = frozenset({"crisis_psychosis", "crisis_harm_baby"})
OWN_LIFE = frozenset({"crisis_suicide", "crisis_suicide_imminent", "crisis_self_harm"})
_ADMITS = re.compile(
    r"^\W*(?:(?:ok|okay|well|actually|sorry|fine|alright)\W+)*(?:yes|yeah|yep|i do|i am|i have|i lied|it.?s true|maybe i do)\b",
    re.IGNORECASE,
)


def doubtful(verdict: Verdict, below: float) -> bool:
    """Whether it is an alarm of the classifier alone, with a score below `below`."""
    return verdict.alarm and verdict.by == "classifier" and verdict.score < below


def admits(text: str) -> bool:
    """Whether `text` begins by owning up: "ok, yes I do"."""
    return _ADMITS.match(text) is not None


def left_after_denial(tracker: DialogueStateTracker, verdict: Verdict, text: str) -> bool:
    """Whether a doubtful alarm may be what is left of a distress of which the parent has just said that it is no wish
    to die.
    """
    if admits(text):
        return False  # "yes ok yes I do think about it": the no was none
    return doubtful(verdict, DENIED_BELOW) and verdict.label == "crisis_suicide" and just_denied(tracker)


def past_and_over(tracker: DialogueStateTracker, verdict: Verdict, text: str) -> bool:
    """Whether a doubtful alarm is about a wish to die that used to be, or about what was done years ago, by the words;
    that is asked about. An act that is told plainly scores high, so that its limit is higher.
    """
    if tracker.get_slot("risk"):
        return False
    if doubtful(verdict, LONG_PAST_BELOW) and verdict.label in OWN_LIFE and act_is_long_past(text):
        return True
    return doubtful(verdict, EXPLAINED_BELOW) and verdict.label == "crisis_suicide" and wish_is_past(text)


def explained(
    tracker: DialogueStateTracker, verdict: Verdict, text: str, language: str | None, answers: Callable[[], bool]
) -> bool:
    """Whether a doubtful alarm of the classifier alone has another reason: the language, the answer to who is near
    (`answers` tells whether it is one), or that thoughts which were said to be unwanted are no voices.
    """
    if not doubtful(verdict, EXPLAINED_BELOW):
        return False
    if language in {SPANISH, OTHER}:
        return True
    if verdict.label in OF_ORDERS and tracker.get_slot("unwanted") and denies_orders(text):
        return True
    return tracker.get_slot("asked") == "someone_near" and verdict.label == "crisis_third_party" and answers()


def in_passing(verdict: Verdict, text: str) -> bool:
    """Whether a faint check of the classifier is about a few words of somebody who has said more before: "I see. And if
    she refuses?". Alone, bare words sound graver than they are, and here they are not alone.
    """
    faint = verdict.tier == CHECK and verdict.by == "classifier" and verdict.score < IN_PASSING_BELOW
    # A red flag never sounds like danger: its label is a feeling.
    return faint and is_crisis(verdict.label or "") and len(text.split()) <= FEW_WORDS


def in_conversation(tracker: DialogueStateTracker, verdict: Verdict, intent: str) -> Verdict:
    """`verdict` by what was asked before, and by whose danger is open."""
    checked = tracker.get_slot("turns_since_check")
    verdict = in_context(verdict, intent, tracker.get_slot("asked"), None if checked is None else int(checked))
    risk = tracker.get_slot("risk")
    if verdict.alarm and verdict.label == "crisis_third_party" and risk in ALARM:
        # The person described was in graver danger a moment ago; a new sign of theirs does not lower it.
        verdict = replace(verdict, tier=gravest(risk, verdict.tier))
    return verdict
