"""Figures of other parts become sections: a row for each number, with its unit."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from bot.bench.plugged import MODULES, available


@dataclass(frozen=True)
class Figures:
    passages: int = 2000
    build_seconds: float = 1.5
    search_p95: float = 3.0
    memory_mb: float = 20.0


PAGES = [{"name": "inbox", "found": 5, "median_ms": 12.0, "cpu_ms": 9.0, "longest_ms": 20.0}]


def test_numbers_of_search_and_booking_have_their_units() -> None:
    module: Any = SimpleNamespace(measure_search=lambda count: Figures(passages=count), measure_slots=Figures)
    for name in ("search", "booking"):
        section = MODULES[name](module, True, lambda line: None)
        units = {row.what: (row.unit, row.values["attune"]) for row in section.rows}
        assert units["build seconds"] == ("s", 1.5)
        assert units["search p95"] == ("ms", 3.0)
        assert units["memory mb"] == ("MB", 20.0)
        assert units["passages"] == ("", 2000.0)


def test_every_page_of_the_console_has_two_rows() -> None:
    found = {"pages": PAGES, "conversations": 5, "turns": 9, "database": "sqlite"}
    module: Any = SimpleNamespace(bench=lambda conversations, report: found)
    section = MODULES["console"](module, True, lambda line: None)
    assert [(row.what, row.values["attune"]) for row in section.rows] == [
        ("inbox: median", 12.0),
        ("inbox: longest", 20.0),
    ]


def test_only_what_is_installed_is_offered() -> None:
    assert set(available()) <= set(MODULES)
