"""Grounding exercises: offer by fit, then one step at a time, with a way out at every step."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.paths import KNOWLEDGE
from actions.session import Running, Session, say, slots
from knowledge.exercises import Exercise, fitting, load_exercises

RESTING = 3  # exercises offered at once
# Labels for which an exercise is not offered unasked (safety.md); asking for one is another matter.
NOT_UNASKED = {"about_nicu", "about_birth", "feel_intrusive_thoughts", "feel_angry", "about_loss"}


@lru_cache(maxsize=1)
def exercises() -> dict[str, Exercise]:
    """All exercises by id."""
    return load_exercises(KNOWLEDGE)


def current(session: Session) -> Running | None:
    """The exercise that runs, unless it was taken out of the folder or no longer fits after a loss."""
    running = session.running
    return running if running and allowed(session, running.id) else None


def allowed(session: Session, chosen: str | None) -> bool:
    """Whether `chosen` is an exercise that may be played: after a loss none with a baby, also from an older choice."""
    exercise = exercises().get(chosen or "")
    return exercise is not None and (exercise.after_loss or not session.loss)


def offerable(session: Session) -> list[Exercise]:
    """Exercises that may be offered unasked now; none while risk is open."""
    if session.risk or session.loss or session.intent in NOT_UNASKED:
        return []
    return fitting(exercises(), session.intent, loss=session.loss, seen=session.done_exercises)


class ActionExercise(Action):
    """Offers exercises, or starts the one that was chosen."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_exercise"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Start `choice` where the pressed choice names one, otherwise offer some."""
        session = Session(tracker)
        if session.choice and allowed(session, session.choice):
            return start(dispatcher, session, session.choice)
        if running := current(session):
            return show(dispatcher, session, running)
        return offer(dispatcher, session)


def offer(dispatcher: CollectingDispatcher, session: Session) -> list[EventType]:
    """Name up to three that fit; the first one starts with a plain yes."""
    topic = session.topic or "request_exercise"
    found = fitting(
        exercises(), topic if topic not in NOT_UNASKED else "request_exercise",
        loss=session.loss, seen=session.done_exercises, most=RESTING,
    )  # fmt: skip
    first = found[0]
    text = (
        f"Here is something small: {first.name.lower()}, about {first.minutes} "
        f"{'minute' if first.minutes == 1 else 'minutes'}. {first.purpose} You can stop at any step. Shall we begin?"
    )
    choices = [(exercise.name, f'/request_exercise{{"choice": "{exercise.id}"}}') for exercise in found]
    say(dispatcher, text, choices=[*choices, ("Not now", "/deny")], asks="offer")
    return []


def start(dispatcher: CollectingDispatcher, session: Session, chosen: str) -> list[EventType]:
    """Show the first step of `chosen`."""
    return show(dispatcher, session, Running(chosen, 0, time.time()))


def show(dispatcher: CollectingDispatcher, session: Session, running: Running) -> list[EventType]:
    """Show the step where `running` stands, or the closing after the last one."""
    exercise = exercises()[running.id]
    if running.step >= len(exercise.steps):
        return finish(dispatcher, session, exercise)
    step = exercise.steps[running.step]
    number, total = running.step + 1, len(exercise.steps)
    last = number == total
    text = f"{step.text}" if running.step else f"{exercise.posture} {step.text}"
    choices = [("Finish" if last else "Next", "/affirm"), ("Again", "/repeat"), ("Stop", "/stop")]
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
        f"{exercise.name}, step {number} of {total}. {text}",
        card=card,
        choices=choices,
        asks="exercise_next",
    )
    return slots(exercise=Running(running.id, running.step, time.time()).as_slot())


def finish(dispatcher: CollectingDispatcher, session: Session, exercise: Exercise) -> list[EventType]:
    """The closing words and the question how it is now."""
    card = {
        "type": "rating",
        "question": "How strong is the distress now?",
        "min": 0,
        "max": 10,
        "min_label": "none",
        "max_label": "as strong as it gets",
    }
    numbers = [
        (str(n), f'/feel_better{{"choice": "{n}"}}' if n <= 5 else f'/feel_worse{{"choice": "{n}"}}') for n in range(11)
    ]
    say(
        dispatcher,
        f"{exercise.closing} If you like, tell me how strong the distress is now, from 0 (none) to 10 (as strong as it gets).",
        card=card,
        choices=[*numbers, ("Skip", "/deny")],
        asks="rating_after",
    )
    return slots(exercise=None, done_exercises=[*session.done_exercises, exercise.id])
