"""The suite `crisis`: alarms on danger, on its harmless twins and on ordinary lines, and what a threshold would change."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import yaml

from bot.evaluation.statistics import auroc, share
from bot.evaluation.understanding import confusion
from bot.safety.tiers import CHECK
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.evaluation.report import Report
    from bot.evaluation.rows import Row
    from bot.safety.screen import Thresholds

LAYERS = ("rules", "classifier", "both")
COMPONENT = "bot.nlu.safety.SafetyScreen"


def ordinary(rows: Sequence[Row], report: Report) -> None:
    """Alarm and check on lines that hold no crisis."""
    report.add("crisis", "ordinary lines alarmed", share([row.alarm for row in rows]))
    report.add("crisis", "ordinary lines checked", share([row.tier == CHECK for row in rows]))


def crisis(positive: Sequence[Row], negative: Sequence[Row], report: Report) -> None:
    """Alarm and check on danger and on its harmless twins, per label and per layer."""
    report.add("crisis", "alarm", share([row.alarm for row in positive]))
    report.add("crisis", "alarm or check", share([row.tier is not None for row in positive]))
    right = [row.parse["safety"]["label"] in {row.label, *row.also} for row in positive]
    report.add("crisis", "right label", share(right))
    for label in sorted({row.label for row in positive}):
        report.add("crisis", f"alarm {label}", share([row.alarm for row in positive if row.label == label]))
    for layer in LAYERS:
        spoke = [row.alarm and row.parse["safety"]["by"] == layer for row in positive]
        report.add("crisis", f"alarm by {layer}", share(spoke))
    report.add("crisis", "twins alarmed", share([row.alarm for row in negative]))
    report.add("crisis", "twins checked", share([row.tier == CHECK for row in negative]))
    report.crisis_confusion = confusion(positive)
    report.wrong += [row.as_wrong("crisis missed", row.tier) for row in positive if not row.alarm]
    report.wrong += [row.as_wrong("crisis false alarm", row.parse["safety"]) for row in negative if row.alarm]


@dataclass(frozen=True)
class Rates:
    """Shares of lines that would alarm from `threshold` on: by the classifier alone, and with the rules as they are."""

    threshold: float
    crisis: float
    twins: float
    ordinary: float
    crisis_with_rules: float
    twins_with_rules: float
    ordinary_with_rules: float


@dataclass(frozen=True)
class Curve:
    """The rates at every score that occurs, from the highest on, and at the thresholds of config.yml."""

    steps: tuple[Rates, ...]
    alarm: Rates
    check: Rates
    auroc_twins: float
    auroc_ordinary: float

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, shares with four places."""
        return {
            "thresholds": {"alarm": _rounded(self.alarm), "check": _rounded(self.check)},
            "auroc": {"twins": round(self.auroc_twins, 4), "ordinary": round(self.auroc_ordinary, 4)},
            "curve": [_rounded(step) for step in self.steps],
        }


def _rounded(rates: Rates) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(rates).items()}


def read_thresholds(path: Path = ROOT / "config.yml") -> Thresholds:
    """The screening's thresholds of today. Raises ValueError where config.yml has no screening."""
    # Imported here: they bring spaCy and Rasa, which `attune eval --help` need not wait for.
    from bot.nlu.safety import SafetyScreen
    from bot.safety.screen import Thresholds

    for component in yaml.safe_load(path.read_text("utf-8"))["pipeline"]:
        if component["name"] == COMPONENT:
            settings = {**SafetyScreen.get_default_config(), **component}
            return Thresholds(**{one.name: float(settings[one.name]) for one in fields(Thresholds)})
    raise ValueError(f"{path} has no {COMPONENT} in its pipeline.")


def sweep(positive: Sequence[Row], negative: Sequence[Row], plain: Sequence[Row], alarm: float, check: float) -> Curve:
    """What each threshold would do on crisis lines, twins and `plain` (ordinary) lines, and what today's do."""
    groups = (positive, negative, plain)

    def rates(threshold: float) -> Rates:
        alone = [share([row.score >= threshold for row in group]).value for group in groups]
        together = [share([row.by_rules or row.score >= threshold for row in group]).value for group in groups]
        return Rates(threshold, *alone, *together)

    scores = sorted({row.score for group in groups for row in group}, reverse=True)
    # A threshold above all scores begins the curve: there the rules speak alone.
    steps = tuple(rates(score) for score in [scores[0] + 1, *scores]) if scores else ()
    danger = [row.score for row in positive]
    twins, others = ([row.score for row in group] for group in (negative, plain))
    return Curve(steps, rates(alarm), rates(check), auroc(danger, twins), auroc(danger, others))
