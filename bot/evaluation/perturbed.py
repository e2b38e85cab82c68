"""The suite `perturbed`: what is still understood, and still alarmed, when the same lines are written badly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.evaluation.perturb import KINDS, perturb
from bot.evaluation.report import Figure
from bot.evaluation.statistics import paired_drop, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.evaluation.report import Report
    from bot.evaluation.rows import Readings, Row

SUITE = "perturbed"
CLEAN = "clean"


@dataclass(frozen=True)
class Perturbed:
    """How many of the lines a kind changed: the rest stood in that form already."""

    kind: str
    changed: int
    lines: int

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"kind": self.kind, "changed": self.changed, "lines": self.lines}


@dataclass(frozen=True)
class Lines:
    """The three files of a folder as understood in one form of writing."""

    intents: Sequence[Row]
    positive: Sequence[Row]
    negative: Sequence[Row]

    def all(self) -> list[Row]:
        """Every line, always in the same order."""
        return [*self.intents, *self.positive, *self.negative]


async def read_perturbed(readings: Readings, report: Report) -> None:
    """Reads the lines as they are and in each kind of KINDS, and adds the figures of each."""
    files = ("intents.jsonl", "crisis_pos.jsonl", "crisis_neg.jsonl")
    clean = Lines(*[await readings.rows(name) for name in files])
    figures(CLEAN, clean, report)
    for kind in KINDS:
        changed = Lines(
            *[
                await readings.changed(rows, [perturb(row.text, kind) for row in rows], f"lines of {name}, {kind}")
                for name, rows in zip(files, (clean.intents, clean.positive, clean.negative), strict=True)
            ]
        )
        figures(kind, changed, report)
        compare(kind, clean, changed, report)


def figures(kind: str, lines: Lines, report: Report) -> None:
    """What is understood and alarmed in one form of writing."""
    report.add(SUITE, f"acceptable {kind}", share([row.among(1) for row in lines.intents]))
    report.add(SUITE, f"alarm or check {kind}", share([row.tier is not None for row in lines.positive]))
    report.add(SUITE, f"alarm {kind}", share([row.alarm for row in lines.positive]))
    report.add(SUITE, f"twins alarmed {kind}", share([row.alarm for row in lines.negative]))


def compare(kind: str, clean: Lines, changed: Lines, report: Report) -> None:
    """The drop from the clean value, and the lines that only went wrong in the new form."""
    drop, interval = paired_drop(_understood(clean), _understood(changed))
    report.figures.append(Figure(SUITE, f"acceptable drop {kind}", drop, len(clean.intents), interval))
    pairs = list(zip(clean.all(), changed.all(), strict=True))
    report.perturbed.append(Perturbed(kind, sum(before.text != after.text for before, after in pairs), len(pairs)))
    name = f"{SUITE} {kind}"
    report.wrong += [
        after.as_wrong(name, after.first)
        for before, after in zip(clean.intents, changed.intents, strict=True)
        if before.among(1) and not after.among(1)
    ]
    report.wrong += [
        after.as_wrong(f"{name} missed", after.tier)
        for before, after in zip(clean.positive, changed.positive, strict=True)
        if before.alarm and not after.alarm
    ]
    report.wrong += [
        after.as_wrong(f"{name} false alarm", after.parse["safety"])
        for before, after in zip(clean.negative, changed.negative, strict=True)
        if after.alarm and not before.alarm
    ]


def _understood(lines: Lines) -> list[bool]:
    return [row.among(1) for row in lines.intents]
