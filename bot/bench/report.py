"""A benchmark in words: as rows of a table, as Markdown for docs/performance.md, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.bench.machine import in_words
from bot.bench.results import ATTUNE, FLOOR, SYSTEMS, Row, Section
from bot.bench.sections import columns

if TYPE_CHECKING:
    from pathlib import Path

BEGIN, END = "<!-- attune bench: begin -->", "<!-- attune bench: end -->"


def headings(section: Section) -> list[str]:
    """The headings of the section's table."""
    compared = {FLOOR, ATTUNE} <= set(columns(section))
    asked = any(row.reach is not None for row in section.rows)
    return ["", "unit", *columns(section), *(["to floor"] if compared else []), *(["reach"] if asked else [])]


def cells(section: Section, row: Row) -> list[str]:
    """One line of the table, as text."""
    values = [_figure(row.values.get(name)) for name in columns(section)]
    line = [row.what, row.unit, *values]
    if "to floor" in headings(section):
        ratio = row.to_floor()
        line.append(f"{ratio:.2f} x" if ratio is not None else "")
    if "reach" in headings(section):
        line.append(_reach(row))
    return line


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _reach(row: Row) -> str:
    if row.reach is None:
        return ""
    sign = ">=" if row.more_is_better else "<="
    held = {True: ", held", False: ", missed", None: ""}[row.held()]
    return f"{sign} {_figure(row.reach)}{' x' if row.ratio else ''}{held}"


def as_dict(about: dict[str, Any], sections: list[Section]) -> dict[str, Any]:
    """Everything, for JSON."""
    return {
        "machine": about,
        "systems": SYSTEMS,
        "sections": {section.name: section.as_dict() for section in sections},
    }


def markdown(about: dict[str, Any], sections: list[Section], pictures: list[str]) -> str:
    """The part of docs/performance.md between the two marks."""
    lines = [f"Measured by `attune bench --write` on {in_words(about)}.", ""]
    lines += [f"- {name}: {what}" for name, what in SYSTEMS.items() if any(name in columns(s) for s in sections)]
    for section in sections:
        lines += ["", f"#### {section.title}", ""]
        shown = headings(section)
        lines += [f"| {' | '.join(shown)} |", f"|{'|'.join(['---'] * len(shown))}|"]
        lines += [f"| {' | '.join(cells(section, row))} |" for row in section.rows]
        lines += [""] + [f"{note[0].upper()}{note[1:]}." for note in section.notes] if section.notes else []
    for name in pictures:
        lines += ["", f"![{name.removesuffix('.svg').capitalize()} beside a bare Rasa](images/bench/{name})"]
    return "\n".join(lines)


def write_into(page: Path, text: str) -> None:
    """Put `text` between the marks of the page. Raises ValueError where it has none."""
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no {BEGIN} and {END}.")
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")
