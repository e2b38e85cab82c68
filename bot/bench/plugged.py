"""Sections of other parts of Attune, each measured by its own module of this package: search, booking, console."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.bench.results import ATTUNE, Row, Section

if TYPE_CHECKING:
    from collections.abc import Callable

UNITS = {"_seconds": "s", "_mb": "MB", "_ms": "ms", "_median": "ms", "_p95": "ms"}
PASSAGES, CONVERSATIONS = (2_000, 100_000), (2_000, 100_000)  # quick, whole


def _search(module: Any, quick: bool, report: Callable[[str], None]) -> Section:
    count = PASSAGES[0] if quick else PASSAGES[1]
    report(f"search: {count} made-up passages")
    figures = asdict(module.measure_search(count))
    return Section("search", "Searching passages", _rows(figures), [f"{count} made-up passages"])


def _booking(module: Any, quick: bool, report: Callable[[str], None]) -> Section:
    report("booking: free times")
    return Section("booking", "Finding free times", _rows(asdict(module.measure_slots())))


def _console(module: Any, quick: bool, report: Callable[[str], None]) -> Section:
    count = CONVERSATIONS[0] if quick else CONVERSATIONS[1]
    found = module.bench(conversations=count, report=report)
    rows = [
        Row(f"{page['name']}: {name}", "ms", {ATTUNE: float(page[key])})
        for page in found["pages"]
        for name, key in (("median", "median_ms"), ("longest", "longest_ms"))
    ]
    note = f"{found['conversations']} conversations, {found['turns']} turns, {found['database']}"
    return Section("console", "Pages of the console", rows, [note])


MODULES = {"search": _search, "booking": _booking, "console": _console}


def available() -> list[str]:
    """The sections that are there."""
    return [name for name in MODULES if importlib.util.find_spec(f"bot.bench.{name}")]


def measure(name: str, quick: bool, report: Callable[[str], None]) -> Section:
    """The section `name`, measured now. Raises what its module raises."""
    return MODULES[name](importlib.import_module(f"bot.bench.{name}"), quick, report)


def _rows(figures: dict[str, Any]) -> list[Row]:
    """A row for each number; the ending of its name tells the unit."""
    return [
        Row(
            name.replace("_", " "),
            next((unit for end, unit in UNITS.items() if name.endswith(end)), ""),
            {ATTUNE: value},
        )
        for name, value in ((name, float(value)) for name, value in figures.items() if not isinstance(value, str))
    ]
