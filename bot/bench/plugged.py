"""Sections of other parts of Attune, each measured by its own module of this package: search, booking, console, widget."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.bench.processes import run, started
from bot.bench.results import ATTUNE, Row, Section
from bot.ports import free_port
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNITS = {"_seconds": "s", "_mb": "MB", "_ms": "ms", "_median": "ms", "_p95": "ms"}
# Field of WidgetFigures, what it is, unit, and what is asked of it.
WIDGET: list[tuple[str, str, str, float | None]] = [
    ("loader_bytes", "loader, gzipped", "B", 3072),
    ("all_bytes", "both scripts, gzipped", "B", 18432),
    ("first_words", "button to first words", "ms", 300),
    ("first_words_cold", "the same, chat not yet fetched", "ms", None),
    ("longest_task", "longest task over 50 ms (0: none)", "ms", 50),
    ("busiest_task", "longest task, processor time", "ms", 50),
    ("shift", "cumulative layout shift", "", 0),
    ("key", "key to frame, new conversation", "ms", None),
    ("key_long", "key to frame, 300 messages", "ms", 50),
]
ROUNDS = (2, 5)
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


def _widget(module: Any, quick: bool, report: Callable[[str], None]) -> Section:
    rounds = ROUNDS[0] if quick else ROUNDS[1]
    report(f"widget: {rounds} phones on the demo page")
    with _web_alone() as url:
        figures = asdict(module.measure_widget(url, rounds))
    rows = [Row(what, unit, {ATTUNE: float(figures[key])}, reach) for key, what, unit, reach in WIDGET]
    note = f"Chromium, 360 by 740, median of {rounds} new tabs; the web process alone, which opens a conversation by itself"
    return Section("widget", "The chat on a page", rows, [note])


@contextlib.contextmanager
def _web_alone() -> Iterator[str]:
    """The address of a web process with data of its own."""
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as name:
        folder, port = Path(name), str(free_port())
        own = {"DJANGO_SETTINGS_MODULE": "bot.web.settings", "ATTUNE_VAR": str(folder / "var"), "ATTUNE_PORT": port}
        python, url = [sys.executable, "-m"], f"http://127.0.0.1:{port}"
        run([*python, "django", "migrate", "--verbosity", "0"], folder / "migrate.txt", ROOT, **own)
        serve = [
            *python,
            "uvicorn",
            "bot.web.asgi:application",
            "--host",
            "127.0.0.1",
            "--port",
            port,
            "--no-access-log",
        ]
        with started(serve, f"{url}/healthz", folder / "web.txt", ROOT, **own):
            yield url


MODULES = {"search": _search, "booking": _booking, "console": _console, "widget": _widget}


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
