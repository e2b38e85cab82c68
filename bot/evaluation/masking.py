"""The suite `masking`: what the recognisers of bot.masking find, by kind, on lines of the project's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.evaluation.rows import read_lines
from bot.evaluation.statistics import share
from bot.masking import KINDS, find
from bot.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from bot.evaluation.report import Report
    from bot.masking import Span

FOLDER = ROOT / "tests" / "masking"
KEPT_ASIDE = "kept_aside"
_MARK = re.compile(r"\{(\w+)\|([^}]*)\}")


@dataclass(frozen=True)
class Labelled:
    """A line, and what a person says is in it: (start, end, kind)."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


def read_marked(marked: str) -> Labelled:
    """The line of "my husband {name|Dave}". Raises ValueError for a kind that there is not."""
    text, spans, at = "", [], 0
    for match in _MARK.finditer(marked):
        if match[1] not in KINDS:
            raise ValueError(f"{match[1]!r} in {marked!r} is no kind. Use one of {', '.join(KINDS)}.")
        text += marked[at : match.start()]
        spans.append((len(text), len(text) + len(match[2]), match[1]))
        text += match[2]
        at = match.end()
    return Labelled(text + marked[at:], tuple(spans))


def covered(span: tuple[int, int, str], text: str, found: list[Span]) -> bool:
    """Whether nothing of the labelled stretch can be read any more, whatever kind it was taken for."""
    hidden = {place for one in found for place in range(one.start, one.end)}
    return all(place in hidden or not text[place].isalnum() for place in range(span[0], span[1]))


def masking(report: Report, folder: Path = FOLDER) -> None:
    """Recall by kind (hidden whole), precision by kind (what was masked was labelled), and lines without anything.

    Figures named "new ..." are of kept_aside.jsonl alone, by which no recogniser was tuned.
    """
    files = {
        path.stem: [read_marked(row["marked"]) for row in read_lines(path)] for path in sorted(folder.glob("*.jsonl"))
    }
    _measure(report, "", [line for lines in files.values() for line in lines])
    _measure(report, "new ", files.get(KEPT_ASIDE, []))


def _measure(report: Report, prefix: str, lines: list[Labelled]) -> None:
    found = [find(line.text) for line in lines]
    hidden = [
        (span[2], covered(span, line.text, got)) for line, got in zip(lines, found, strict=True) for span in line.spans
    ]
    right = [(one.kind, _labelled(one, line)) for line, got in zip(lines, found, strict=True) for one in got]
    report.add("masking", f"{prefix}recall", share([good for _, good in hidden]))
    report.add("masking", f"{prefix}precision", share([good for _, good in right]))
    for kind in KINDS:
        report.add("masking", f"{prefix}recall {kind}", share([good for one, good in hidden if one == kind]))
        report.add("masking", f"{prefix}precision {kind}", share([good for one, good in right if one == kind]))
    clean = [not got for line, got in zip(lines, found, strict=True) if not line.spans]
    report.add("masking", f"{prefix}lines left alone", share(clean))
    if not prefix:
        for line, got in zip(lines, found, strict=True):
            missed = [line.text[a:b] for a, b, kind in line.spans if not covered((a, b, kind), line.text, got)]
            wrong = [line.text[one.start : one.end] for one in got if not _labelled(one, line)]
            if missed:
                report.wrong.append(
                    {"suite": "masking missed", "text": line.text, "label": ", ".join(missed), "got": None}
                )
            if wrong:
                report.wrong.append(
                    {"suite": "masking too much", "text": line.text, "label": None, "got": ", ".join(wrong)}
                )


def _labelled(one: Span, line: Labelled) -> bool:
    return any(one.start < end and start < one.end for start, end, _ in line.spans)
