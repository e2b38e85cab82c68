"""One learning from its plan to its end: train on a copy, measure, judge, and only then change anything.

Until a model is promoted, data/nlu and the register stay as they are: whatever fails on the way, Attune runs on.
What a parent had erased, or staff took back, goes before anything is learnt, so that no refusal keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.learning.files import write_folder
from bot.learning.gate import Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bot.learning.gate import Measured
    from bot.learning.plan import Plan


class Workshop(Protocol):
    """What trains, measures and puts models in use; bot.learning.workshop has the real one."""

    def train(self, reviewed: Path) -> str:
        """Train a model with `reviewed` in place of data/nlu/reviewed; its name. Raises TrainingError."""

    def measure(self, model: str) -> Measured:
        """Read the evaluation lines with `model`."""

    def current(self) -> str | None:
        """The model in use; None where none fits."""

    def floor(self) -> Mapping[str, Mapping[str, float]]:
        """What no model may fall below."""

    def promote(self, model: str, why: str) -> None:
        """Put `model` in use."""

    def discard(self, model: str) -> None:
        """Delete a model that was refused."""


@dataclass(frozen=True)
class Outcome:
    """How it ended; `verdict` is None where there was nothing to compare."""

    model: str
    promoted: bool
    verdict: Verdict | None = None


def learn(plan: Plan, reviewed: Path, candidate: Path, workshop: Workshop, say: Callable[[str], None]) -> Outcome:
    """Train on `plan.after`, which is written to `candidate`; promote, and write it to `reviewed`, if the gate lets it."""
    before = workshop.current()
    write_folder(candidate, plan.after)
    model = workshop.train(candidate)
    say(f"Measuring the new model, {model}")
    new = workshop.measure(model)
    if before is None:
        verdict = judge(new, new, workshop.floor())
    else:
        say(f"Measuring the current model, {before}")
        verdict = judge(new, workshop.measure(before), workshop.floor())
    if not verdict.promote:
        if model != before:
            workshop.discard(model)
        return Outcome(model, promoted=False, verdict=verdict)
    write_folder(reviewed, plan.after)
    workshop.promote(model, f"it learnt {len(plan.added)} corrections ({plan.batch})")
    return Outcome(model, promoted=True, verdict=verdict)


def take_back(plan: Plan, reviewed: Path, candidate: Path, workshop: Workshop) -> Outcome:
    """Undo: back to the phrasings of `plan.after`, without asking the gate, since they were in use before.

    Where the model of then is still there, nothing is trained.
    """
    return _without_gate(plan, reviewed, candidate, workshop, f"the learning {plan.batch} was taken back")


def withdraw(plan: Plan, reviewed: Path, candidate: Path, workshop: Workshop) -> Outcome:
    """Down to the phrasings of `plan.after`, a `Plan.withdrawal`, without asking the gate: erasing is a parent's right."""
    why = f"{plan.removed} lines of what was erased or taken back were taken out"
    return _without_gate(plan, reviewed, candidate, workshop, why)


def _without_gate(plan: Plan, reviewed: Path, candidate: Path, workshop: Workshop, why: str) -> Outcome:
    write_folder(candidate, plan.after)
    model = workshop.train(candidate)
    write_folder(reviewed, plan.after)
    workshop.promote(model, why)
    return Outcome(model, promoted=True)
