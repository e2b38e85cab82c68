"""Sections that other parts of Attune bring: search, booking, console.

Such a module of this package has a function `measure(quick, report)`: `quick` asks for a short run, `report` is called
with a line about progress, and what comes back is a `Section`.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.bench.results import Section

MODULES = ("search", "booking", "console")


def available() -> list[str]:
    """The sections that are there."""
    return [name for name in MODULES if importlib.util.find_spec(f"bot.bench.{name}")]


def measure(name: str, quick: bool, report: Callable[[str], None]) -> Section:
    """The section `name`, measured now."""
    module = importlib.import_module(f"bot.bench.{name}")
    section: Section = module.measure(quick, report)
    return section
