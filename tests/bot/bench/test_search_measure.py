"""Measuring the search on synthetic passages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.bench import search
from knowledge import stored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("approximate", [False, True])
def test_both_parts_of_a_search_are_measured(
    encode: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, approximate: bool
) -> None:
    monkeypatch.setattr(search, "REPEATS", 3)
    monkeypatch.setattr(stored, "APPROXIMATE_FROM", 2500 if approximate else 10_000)
    found = search.measure_search(2500, encode, tmp_path)
    assert found.approximate is approximate
    assert 0 < found.search_median < found.whole_median + 0.001
    assert found.recall_at_10 > 0.8
    assert found.disk_mb > 2500 * 768 * 4 / 2**20
    assert list(tmp_path.iterdir()) == []
