"""Grounding exercises: offer by fit, then one step at a time, with a way out at every step."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.paths import KNOWLEDGE
from actions.session import Running, Session, fresh, say, slots
from actions.situation import NOT_UNASKED, asked_by_name, refused, situation, wants_another
from knowledge.exercises import Exercise, allowed, fitting, load_exercises
from knowledge.practice import current_practice

OFFERED = 3  # exercises at once
RESUME = "resume"
STEP_CHOICES = [("Again", "/repeat"), ("Stop", "/stop")]
SCALE = {"min": 0, "max": 10, "min_label": "none", "max_label": "as strong as it gets"}
# Up to MILD is better, above STRONG worse, where no number was given before. The Distress Thermometer asks to look
# closer from 4 on (NCCN, Distress Management); 7 and more is called severe on most 0 to 10 scales.
MILD, STRONG = 3, 6
OFFERS = (
    "Here is something small: {name}, about {minutes}. {purpose} You can stop at any step. Shall we begin?",
    "We could try {name}, about {minutes}. {purpose} You can stop at any step. Shall we begin?",
    "One way: {name}, about {minutes}. {purpose} You can stop at any step. Shall we begin?",
)
NONE_LEFT = (
    "I have no exercise that fits right now. A person could be with you in it instead.",
    "Nothing that I have would fit at this moment. Talking with somebody might.",
)
INFORMATION_ONLY = (
    "In this place I can give information only, and no exercises. I can look for an article, or show you people to talk to.",
    "Exercises are not offered here; I give information only. An article or a person may help instead.",
)
BEFORE = (
    "If you like, say first how strong the distress is now, from 0 (none) to 10 (as strong as it gets). You can also go straight on.",
    "Before you go on, if you want to: how strong is it now, from 0 (none) to 10 (as strong as it gets)? Leaving it out is fine.",
)


@lru_cache(maxsize=1)
def exercises() -> dict[str, Exercise]:
    """All exercises by id."""
    return load_exercises(KNOWLEDGE)


def offered_here() -> bool:
    """Whether the practice lets software guide exercises (`care` in knowledge/practice.yml)."""
    return current_practice(KNOWLEDGE).care == "full"


def current(session: Session) -> Running | None:
    """The exercise that runs, unless it was taken out of the folder or no longer fits."""
    return playable(session, session.running)


def playable(session: Session, running: Running | None) -> Running | None:
    """`running`, unless it may not be played (any more)."""
    return running if running and may_play(session, running.id) else None


def may_play(session: Session, chosen: str | None) -> bool:
    """Whether `chosen` is an exercise that may be played: after a loss or a danger none with a baby, also when an older
    choice is pressed. Where the baby is does not count: who chose it knows.
    """
    exercise = exercises().get(chosen or "")
    if exercise is None or not offered_here():
        return False
    return allowed(exercise, replace(situation(session, unasked=False), label="request_exercise", arms=None))


def offerable(session: Session) -> list[Exercise]:
    """Exercises that may be offered unasked now; none while risk is open."""
    if session.risk or session.loss or session.intent in NOT_UNASKED or not offered_here():
        return []
    return fitting(exercises(), situation(session, unasked=True))


class ActionExercise(Action):
    """Offers exercises, or starts the one that was chosen."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_exercise"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Start or resume what `choice` names, otherwise offer some."""
        session = Session(tracker)
        if may_play(session, session.choice) and session.choice:
            return start(dispatcher, session, session.choice)
        running = current(session) or (playable(session, session.paused) if session.choice == RESUME else None)
        if running and session.typed and wants_another(exercises()[running.id], session.text):
            return [*offer(dispatcher, session), *slots(paused=running.as_slot())]
        if running:
            return show(dispatcher, session, running, before="From where we were. " if session.choice == RESUME else "")
        return offer(dispatcher, session)


def offer(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Name up to three that fit; the first one starts with a plain yes."""
    if not offered_here():
        people = [("Talk to a person", "/request_human"), ("Helplines", "/request_helplines")]
        say(dispatcher, fresh(INFORMATION_ONLY, session), choices=people, asks="offer")
        return []
    wanted = situation(session, unasked=False)
    found = fitting(exercises(), wanted, most=len(exercises()))
    if session.typed:
        found = [exercise for exercise in found if not refused(exercise, session.text)]
        found.sort(key=lambda exercise: not asked_by_name(exercise, session.text))
    found = found[:OFFERED]
    if not found:
        people = [("Talk to a person", "/request_human"), ("Helplines", "/request_helplines")]
        say(dispatcher, fresh(NONE_LEFT, session), choices=people, asks="offer")
        return []
    first = found[0]
    minutes = f"{first.minutes} {'minute' if first.minutes == 1 else 'minutes'}"
    text = fresh(OFFERS, session).format(
        name=f"{first.name[0].lower()}{first.name[1:]}", minutes=minutes, purpose=first.purpose
    )
    if session.risk:
        text = f"Yes, gently; the numbers stay below. {text}"
    choices = [(exercise.name, f'/request_exercise{{"choice": "{exercise.id}"}}') for exercise in found]
    say(dispatcher, text, choices=[*choices, ("Not now", "/deny")], asks="offer")
    return slots(exercise=None)


def start(dispatcher: CollectingDispatcher, session: Session, chosen: str) -> list[EventType]:
    """Show the first step of `chosen`, and ask how strong the distress is, which may be left out."""
    running = Running(chosen, 0, time.time())
    if exercises()[chosen].urgent:
        return show(dispatcher, session, running)
    events = show(dispatcher, session, running, choices=False)
    card = {"type": "rating", "question": "How strong is the distress now?", **SCALE}
    numbers = [(str(n), f'/affirm{{"choice": "{n}"}}') for n in range(11)]
    say(dispatcher, fresh(BEFORE, session), card=card, choices=[*numbers, ("Next", "/affirm"), *STEP_CHOICES],
        asks="rating_before")  # fmt: skip
    return events


def show(
    dispatcher: CollectingDispatcher, session: Session, running: Running, *, before: str = "", choices: bool = True
) -> list[EventType]:
    """Show the step where `running` stands, with `before` in front of it, or the closing after the last one."""
    exercise = exercises()[running.id]
    if running.step >= len(exercise.steps):
        return finish(dispatcher, session, exercise, running.before)
    step = exercise.steps[running.step]
    number, total = running.step + 1, len(exercise.steps)
    text = f"{step.text}" if running.step else f"{exercise.posture} {step.text}"
    card = {
        "type": "exercise",
        "exercise": exercise.id,
        "name": exercise.name,
        "step": number,
        "steps": total,
        "text": text,
        "seconds": step.seconds,
        "sense": step.sense,
        "pace": {"in": step.pace.breathe_in, "hold": step.pace.hold, "out": step.pace.breathe_out}
        if step.pace
        else None,
    }
    say(
        dispatcher,
        f"{before}{exercise.name}, step {number} of {total}. {text}",
        card=card,
        choices=[("Finish" if number == total else "Next", "/affirm"), *STEP_CHOICES] if choices else None,
        asks="exercise_next",
    )
    return slots(exercise=replace(running, at=time.time()).as_slot(), paused=None)


def finish(
    dispatcher: CollectingDispatcher, session: Session, exercise: Exercise, before: int | None
) -> list[EventType]:
    """The closing words and the question how it is now; each number leads on by how it was before."""
    card = {"type": "rating", "question": "How strong is the distress now?", **SCALE}
    numbers = [(str(n), f'{_after(n, before)}{{"choice": "{n}"}}') for n in range(11)]
    words = [("Better", "/feel_better"), ("The same", '/unsure{"choice": "same"}'), ("Worse", "/feel_worse")]
    say(
        dispatcher,
        f"{exercise.closing} If you like, tell me how strong the distress is now, from 0 (none) to 10 (as strong as it gets).",
        card=card,
        choices=[*numbers, *words, ("Skip", "/deny")],
        asks="rating_after",
    )
    return slots(exercise=None, paused=None, done_exercises=[*session.done_exercises, exercise.id])


def _after(number: int, before: int | None) -> str:
    """What a number means: compared with the one before, or by itself where there was none."""
    low, high = (before, before) if before is not None else (MILD, STRONG)
    return "/feel_better" if number < low or (before is None and number == low) else "/unsure" if number <= high else "/feel_worse"  # fmt: skip
