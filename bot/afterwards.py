"""What every turn gets, whatever answered it: the gentle check, the helpline bar, and only choices that may be offered.

None of it depends on an action or on the action server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa.shared.core.events import SlotSet

from bot.reading import loss
from bot.reading.asides import ANOTHER_LANGUAGE, FACT, WHY_ASKED
from bot.responses import OF_A_BABY
from bot.safety.context import SAFETY_QUESTIONS
from bot.safety.tiers import CHECK, card_kind
from knowledge.variety import next_wording

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.safety.verdict import Verdict
    from knowledge.helplines import Helplines
    from knowledge.practice import Practice

Message = dict[str, Any]

CHECKS = (
    "May I ask one thing, because it matters: are you having any thoughts of not wanting to be here, or of "
    "harm coming to {whom}? Whatever the answer, you can reach {support_line} "
    "({support_ways}), and a doctor, midwife or health visitor can see you today.",
    "One careful question: with all this, do thoughts come of not wanting to live, or of harm coming to {whom}? "
    "{support_line} is there for either answer ({support_ways}), and a doctor, midwife or health visitor can see you today.",
    "So that nothing is missed, may I ask: are there thoughts of not being here any more, or of harm coming to {whom}? "
    "You can tell {support_line} too ({support_ways}), or a doctor, midwife or health visitor, today.",
)
# Of the body nobody is asked whether they want to live.
BODY_CHECKS = (
    "One careful question: is something wrong with a body right now, yours or the baby's, such as pain, bleeding, "
    "fever, breathing, a fall, tablets? {support_line} is there too ({support_ways}); a midwife or doctor answers at any "
    "hour, and {emergency_number} if it is sudden or strong. Is it happening now?",
    "So that nothing is missed, may I ask: is this about somebody's body, and going on now? Then it should be looked at "
    "today: a midwife, the maternity unit or a doctor at any hour, {emergency_number} if it is sudden or strong. "
    "{support_line} can tell you whom to ring ({support_ways}).",
    "May I ask one thing, because it can't wait if so: is anybody unwell or hurt at this moment? A midwife or doctor "
    "answers at any hour, {emergency_number} in an emergency; {support_line} helps to decide ({support_ways}).",
)
BARS = (
    "Still here for you: {crisis_line}, {crisis_ways}.",
    "The numbers stay in sight: {crisis_line}, {crisis_ways}.",
    "At any time: {crisis_line}, {crisis_ways}.",
)
WITHIN = frozenset({"exercise_next", "rating_before"})  # what a reply asks while an exercise runs
# Asides that answer no question about safety: it was explained, not understood, or something else was told.
STAYS_OPEN = frozenset({WHY_ASKED, ANOTHER_LANGUAGE, FACT})
RESUME = '/request_exercise{"choice": "resume"}'
YES_NO = [("Yes", "/affirm"), ("No", "/deny"), ("I'm not sure", "/unsure")]
# Words of a living baby, which nobody offers to a parent whose baby has died.
OF_A_LIVING_BABY = tuple(f"/{name}" for name in sorted(loss.OF_A_LIVING_BABY))


def finish(
    messages: list[Message],
    tracker: DialogueStateTracker,
    verdict: Verdict,
    practice: Practice,
    helplines: Helplines,
) -> None:
    """Add to `messages` and take from them what the situation asks for, and note in slots what was asked and offered."""
    words = helplines.words(tracker.get_slot("region"))
    _check(messages, tracker, verdict, words)
    _bar(messages, tracker, helplines, words)
    if tracker.get_slot("violence"):
        _keep_abuse_lines(messages, tracker, helplines)
    for message in messages:
        _only_what_may_be_offered(message, tracker, practice)
    _pause(messages, tracker)
    _not_twice(messages, tracker.get_slot("said") or [])
    asks = next((m["asks"] for m in reversed(messages) if m.get("asks")), None)
    if asks is None and tracker.get_slot("aside") in STAYS_OPEN:
        left = tracker.get_slot("asked")
        asks = left if left in SAFETY_QUESTIONS else None
    choices = [c for m in messages for c in m.get("choices", ())]
    for name, value in {
        "asked": asks,
        "offered": [c["payload"] for c in choices],
        "choices": [[c["label"], c["payload"]] for c in choices],
        "said": [m["text"] for m in messages],
    }.items():
        tracker.update(SlotSet(name, value))


def _fresh(wordings: tuple[str, ...], tracker: DialogueStateTracker, words: dict[str, str]) -> str:
    """A filled wording that the last reply did not have; which one depends on the sender and on what happened so far."""
    start = sum(tracker.sender_id.encode()) + len(tracker.events)
    return next_wording([one.format(**words) for one in wordings], start, " ".join(tracker.get_slot("said") or []))


def _check(messages: list[Message], tracker: DialogueStateTracker, verdict: Verdict, words: dict[str, str]) -> None:
    since = tracker.get_slot("turns_since_check")
    # Where a no is in doubt, it is asked again although a risk is open.
    doubted = verdict.by == "context" and since is None
    # "About two hours ago" is no answer to whether a body is unwell now: it is asked again.
    again = tracker.get_slot("aside") == FACT and tracker.get_slot("asked") == "body" and not tracker.get_slot("risk")
    if again or (verdict.tier == CHECK and (doubted or not tracker.get_slot("risk"))):
        choices = [{"label": label, "payload": payload} for label, payload in YES_NO]
        of_body = again or (verdict.label == "crisis_medical" and verdict.by != "context")
        bereaved = tracker.get_slot("loss")
        of_bodies = tuple(one for one in BODY_CHECKS if not (bereaved and OF_A_BABY.search(one)))
        whom = "yourself" if bereaved else "you or the baby"
        text = _fresh(of_bodies if of_body else CHECKS, tracker, {**words, "whom": whom})
        messages.append({"text": text, "choices": choices, "asks": "body" if of_body else "safety"})
        since = since if of_body else 0.0
    elif since is not None:
        since += 1.0
    tracker.update(SlotSet("turns_since_check", since))


def _bar(messages: list[Message], tracker: DialogueStateTracker, helplines: Helplines, words: dict[str, str]) -> None:
    """The compact helplines while a risk is open, unless the turn has helplines already."""
    risk = tracker.get_slot("risk")
    if not risk or any((m.get("card") or {}).get("type") == "helplines" for m in messages):
        return
    card = helplines.card(tracker.get_slot("region"), card_kind(risk), compact=True)
    bare = [m for m in messages if not m.get("card")]
    if bare:
        bare[-1]["card"] = card
    else:
        messages.append({"text": _fresh(BARS, tracker, words), "card": card})


def _keep_abuse_lines(messages: list[Message], tracker: DialogueStateTracker, helplines: Helplines) -> None:
    """Who is frightened at home keeps those lines, also when a graver risk brings others."""
    own = helplines.card(tracker.get_slot("region"), "domestic_abuse")["lines"]
    for message in messages:
        card = message.get("card") or {}
        if card.get("type") == "helplines":
            there = {line["id"] for line in card["lines"]}
            card["lines"] = [*card["lines"], *(line for line in own if line["id"] not in there)]


def _only_what_may_be_offered(message: Message, tracker: DialogueStateTracker, practice: Practice) -> None:
    """Take away what this practice does not do (knowledge/practice.yml), and words of a living baby after a loss."""
    barred: tuple[str, ...] = ()
    if practice.care == "information":
        barred += ("/request_exercise",)
    if practice.booking.mode == "off":
        barred += ("/request_booking", "/manage_booking")
        if (message.get("card") or {}).get("type") == "booking":
            del message["card"]
    if tracker.get_slot("loss"):
        barred += OF_A_LIVING_BABY
    if message.get("choices"):
        kept = [c for c in message["choices"] if not c["payload"].split("{")[0].startswith(barred or ("\0",))]
        message["choices"] = kept
        if not kept:
            del message["choices"]


def _pause(messages: list[Message], tracker: DialogueStateTracker) -> None:
    """An exercise that was left for a question or a feeling is kept, and can be taken up again."""
    running = tracker.get_slot("exercise")
    if not running or any(m.get("asks") in WITHIN for m in messages):
        return
    tracker.update(SlotSet("exercise", None))
    tracker.update(SlotSet("paused", running))
    last = messages[-1] if messages else {}
    if messages and last.get("asks") not in {"safety", "body"}:
        last["choices"] = [*last.get("choices", ()), {"label": "Go on with the exercise", "payload": RESUME}]


def _not_twice(messages: list[Message], said: list[str]) -> None:
    """The same step again, or the same numbers: said as such rather than as if nothing had been said."""
    if messages and [m["text"] for m in messages] == said:
        messages[0]["text"] = f"Once more: {messages[0]['text']}"
