"""Writes what was measured on the model's card, and knows of which lines that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model_card import Figure, content_of, hash_of, with_figures
from bot.settings import ROOT, get_settings

if TYPE_CHECKING:
    from bot.evaluation.report import Report

EVAL = ROOT / "tests" / "eval"


def measured_on() -> str:
    """A hash of the lines that measure and of the knowledge that is searched."""
    lines = [(f"eval/{name}", path) for name, path in content_of(EVAL, {".jsonl"})]
    return hash_of([*lines, *content_of(get_settings().knowledge)])


def record(model: str, report: Report) -> None:
    """Put figures and wrong lines of `report` on the card of `model`, if it has one."""
    figures = {f"{one.suite}.{one.name}": Figure(one.value, one.of, one.interval) for one in report.figures}
    wrong: dict[str, list[str]] = {}
    for row in report.wrong:
        wrong.setdefault(row["suite"], []).append(row["text"])
    with_figures(get_settings().models, model, figures, wrong, measured_on())
