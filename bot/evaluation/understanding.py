"""The suite `intents`: how well messages without danger are understood."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.evaluation.statistics import calibration_error, reliability, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.evaluation.report import Report
    from bot.evaluation.rows import Row

FAMILIES = ("feel", "about", "ask", "request")


@dataclass(frozen=True)
class Pair:
    """`count` of the `of` lines of a label that were read as another."""

    label: str
    read_as: str
    count: int
    of: int

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"label": self.label, "read_as": self.read_as, "count": self.count, "of": self.of}


@dataclass(frozen=True)
class Confusion:
    """What the lines of each label were read as. A line read as one of its `also` counts as read right."""

    counts: dict[tuple[str, str], int]
    """(label, read as) -> lines."""

    @property
    def totals(self) -> dict[str, int]:
        """Lines of each label."""
        totals: Counter[str] = Counter()
        for (label, _), count in self.counts.items():
            totals[label] += count
        return dict(totals)

    def pairs(self) -> list[Pair]:
        """What went wrong, the most frequent first."""
        totals = self.totals
        wrong = [Pair(*names, count, totals[names[0]]) for names, count in self.counts.items() if len(set(names)) == 2]
        return sorted(wrong, key=lambda pair: (-pair.count, pair.label, pair.read_as))


def confusion(rows: Sequence[Row]) -> Confusion:
    """What the labels of `rows` were read as."""
    return Confusion(dict(Counter((row.label, row.label if row.among(1) else row.first) for row in rows)))


def intents(rows: Sequence[Row], report: Report) -> None:
    """Acceptable and strict top-1, top-3, by family and by label, out of scope, calibration."""
    support = [row for row in rows if row.label != "out_of_scope"]
    outside = [row for row in rows if row.label == "out_of_scope"]
    report.add("intents", "acceptable", share([row.among(1) for row in rows]))
    report.add("intents", "strict", share([row.first == row.label for row in rows]))
    report.add("intents", "top3", share([row.among(3) for row in rows]))
    report.recalls = {
        label: share([row.among(1) for row in rows if row.label == label]) for label in sorted({r.label for r in rows})
    }
    recalls = [recall.value for recall in report.recalls.values()]
    report.add_number("intents", "macro recall", sum(recalls) / len(recalls) if recalls else 0.0, len(recalls))
    for family in FAMILIES:
        chosen = [row for row in rows if row.label.startswith(f"{family}_")]
        report.add("intents", f"acceptable {family}", share([row.among(1) for row in chosen]))
    report.add("intents", "out_of_scope recall", share([row.first == "out_of_scope" for row in outside]))
    report.add("intents", "false out_of_scope", share([row.first == "out_of_scope" for row in support]))
    report.reliability = reliability([row.confidence for row in rows], [row.among(1) for row in rows])
    report.add_number("intents", "calibration error", calibration_error(report.reliability), len(rows))
    report.confusion = confusion(rows)
    report.wrong += [row.as_wrong("intents", row.first) for row in rows if not row.among(1)]
