"""What the suites found: the figures of the table, and the longer lists behind them for JSON and pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.evaluation.learning_curve import Step
    from bot.evaluation.perturbed import Perturbed
    from bot.evaluation.screening import Curve
    from bot.evaluation.statistics import Bin, Share
    from bot.evaluation.understanding import Confusion


@dataclass(frozen=True)
class Figure:
    """One line of the table: a share or a plain number."""

    suite: str
    name: str
    value: float
    of: int
    interval: tuple[float, float] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"suite": self.suite, "name": self.name, "value": round(self.value, 4), "of": self.of,
                "interval": [round(x, 4) for x in self.interval] if self.interval else None}  # fmt: skip


@dataclass
class Report:
    """Figures, the lines that went wrong, and what was measured beside them; empty where a suite was not run."""

    figures: list[Figure] = field(default_factory=list)
    wrong: list[dict[str, Any]] = field(default_factory=list)
    recalls: dict[str, Share] = field(default_factory=dict)
    """Acceptable recall by label."""
    confusion: Confusion | None = None
    """What each label was read as: the lines of intents.jsonl."""
    crisis_confusion: Confusion | None = None
    """The same of crisis_pos.jsonl."""
    reliability: list[Bin] = field(default_factory=list)
    screening: Curve | None = None
    perturbed: list[Perturbed] = field(default_factory=list)
    learning: list[Step] = field(default_factory=list)

    def add(self, suite: str, name: str, result: Share) -> None:
        """Add a share with its interval."""
        self.figures.append(Figure(suite, name, result.value, result.total, result.interval))

    def add_number(self, suite: str, name: str, value: float, of: int) -> None:
        """Add a plain number, which has no interval."""
        self.figures.append(Figure(suite, name, value, of))

    def value(self, name: str) -> float | None:
        """The value of the figure `suite.name`, if it was measured."""
        for figure in self.figures:
            if f"{figure.suite}.{figure.name}" == name:
                return figure.value
        return None

    def as_dict(self) -> dict[str, Any]:
        """The JSON form; docs/performance.md describes its keys."""
        return {
            "figures": [figure.as_dict() for figure in self.figures],
            "recall by label": {label: recall.as_dict() for label, recall in self.recalls.items()},
            "confusions": [pair.as_dict() for pair in self.confusion.pairs()] if self.confusion else [],
            "crisis confusions": [pair.as_dict() for pair in self.crisis_confusion.pairs()]
            if self.crisis_confusion
            else [],
            "reliability": [one.as_dict() for one in self.reliability],
            "screening": self.screening.as_dict() if self.screening else None,
            "perturbed": [one.as_dict() for one in self.perturbed],
            "learning curve": [step.as_dict() for step in self.learning],
            "wrong": self.wrong,
        }
