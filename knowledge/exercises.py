"""Loads knowledge/exercises/*.yml and picks the one that fits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from knowledge.errors import Fields, parse_yaml, read_text

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

BABY = ("with", "without", "either")
WHEN = ("night", "day", "any")
# Labels for which closeness to the baby is the point: their exercises may need the baby in arms.
OF_CLOSENESS = frozenset(
    {"feel_disconnected", "feel_no_instant_love", "feel_rejected_by_baby", "ask_how_to_bond", "about_non_birth_parent"}
)
SENSES = ("smell", "touch", "weight", "sound", "sight", "breath", "temperature")


@dataclass(frozen=True)
class Pace:
    """Seconds of breathing in, holding, breathing out."""

    breathe_in: int
    hold: int
    breathe_out: int


@dataclass(frozen=True)
class Step:
    """One instruction; `seconds` None means "when you are ready"."""

    text: str
    seconds: int | None
    sense: str | None
    pace: Pace | None


@dataclass(frozen=True)
class Exercise:
    """A grounding exercise. `baby` says whether it needs the baby in arms; `not_for` names labels it is never offered
    unasked for, `after_loss` whether it can be done by a parent whose baby has died, `when` the time of day that it
    suits, `urgent` that nothing is asked before it begins, `hands_free` whether it can be done with both hands full.
    """

    id: str
    name: str
    purpose: str
    minutes: int
    baby: str
    not_for: tuple[str, ...]
    good_for: tuple[str, ...]
    after_loss: bool
    when: str
    urgent: bool
    hands_free: bool
    posture: str
    steps: tuple[Step, ...]
    closing: str
    reviewed_by: str | None
    reviewed_on: date | None


def _pace(fields: Fields) -> Pace | None:
    raw = fields.take("pace", dict, "`{in: 4, hold: 0, out: 6}`", None)
    if raw is None:
        return None
    if set(raw) != {"in", "hold", "out"} or not all(isinstance(n, int) and n >= 0 for n in raw.values()):
        raise fields.error("pace", f"is {raw!r}", "give `{in: 4, hold: 0, out: 6}` in seconds")
    return Pace(raw["in"], raw["hold"], raw["out"])


def _step(fields: Fields) -> Step:
    sense = fields.text("sense", None)
    if sense not in {None, *SENSES}:
        raise fields.error("sense", f"is {sense!r}", f"use one of: {', '.join(SENSES)}, or null")
    return Step(
        text=fields.text("text"),
        seconds=fields.number("seconds", None),
        sense=sense,
        pace=_pace(fields),
    )


def load_exercise(path: Path) -> Exercise:
    """The exercise in `path`. Raises KnowledgeError."""
    fields = Fields(parse_yaml(read_text(path), path), path)
    fields.take("source", dict, "technique, title, publisher, year and url", ...)
    exercise = Exercise(
        id=fields.text("id"),
        name=fields.text("name"),
        purpose=fields.text("purpose"),
        minutes=fields.number("minutes"),
        baby=fields.choice("baby", BABY),
        not_for=fields.texts("not_for"),
        good_for=fields.texts("good_for"),
        after_loss=fields.flag("after_loss", True) and fields.choice("baby", BABY) != "with",
        when=fields.choice("when", WHEN, "any"),
        urgent=fields.flag("urgent", False),
        hands_free=fields.flag("hands_free"),
        posture=fields.text("posture"),
        steps=fields.each("steps", _step),
        closing=fields.text("closing"),
        reviewed_by=fields.text("reviewed_by", None),
        reviewed_on=fields.take("reviewed_on", date, "a date such as 2026-01-31", None),
    )
    fields.done()
    if exercise.id != path.stem:
        raise fields.error("id", f"is {exercise.id!r} in a file named {path.name}", "make id and file name the same")
    if not exercise.steps:
        raise fields.error("steps", "is empty", "write at least one step")
    return exercise


def load_exercises(folder: Path) -> dict[str, Exercise]:
    """All exercises of the knowledge folder `folder` by id. Raises KnowledgeError."""
    loaded = [load_exercise(path) for path in sorted((folder / "exercises").glob("*.yml"))]
    return {exercise.id: exercise for exercise in loaded}


@dataclass(frozen=True)
class Situation:
    """What decides which exercises fit.

    `label` is what they are for, `heard` the labels of the session so far, `seen` ids of exercises that were played,
    offered or left, `arms` whether the baby is in the parent's arms (None: not known).
    """

    label: str
    loss: bool = False
    heard: Collection[str] = ()
    seen: Collection[str] = ()
    arms: bool | None = None
    night: bool = False


def allowed(exercise: Exercise, situation: Situation) -> bool:
    """Whether `exercise` may be offered: never where `not_for` names the label; after a loss, a danger or anything
    else that its `not_for` names, none that needs the baby.
    """
    if situation.label in exercise.not_for or (situation.loss and not exercise.after_loss):
        return False
    if exercise.baby == "with" and set(situation.heard) & set(exercise.not_for):
        return False
    return {True: exercise.baby != "without", False: exercise.baby != "with", None: True}[situation.arms]


def fitting(exercises: dict[str, Exercise], situation: Situation, *, most: int = 3) -> list[Exercise]:
    """Exercises to offer in `situation`, best first."""
    order = ("with", "either", "without") if situation.label in OF_CLOSENESS else ("either", "without", "with")
    times = ("night", "any", "day") if situation.night else ("any", "day", "night")

    def rank(exercise: Exercise) -> tuple[object, ...]:
        return (
            exercise.id in situation.seen,
            situation.label not in exercise.good_for,
            times.index(exercise.when) if situation.night or exercise.when == "night" else 0,
            order.index(exercise.baby),
            situation.arms is True and not exercise.hands_free,
            exercise.minutes,
        )

    # Python's sort is stable, so the files' order decides between equals.
    return sorted((e for e in exercises.values() if allowed(e, situation)), key=rank)[:most]
