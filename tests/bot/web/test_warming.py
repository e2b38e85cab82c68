"""What the first turn needs is there before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.understanding import labels as of_labels
from bot.web import warming

if TYPE_CHECKING:
    import pytest


def test_the_first_turn_finds_its_labels_loaded() -> None:
    of_labels.labels.cache_clear()
    warming.warm()
    assert of_labels.labels.cache_info().currsize == 1


def test_a_process_starts_although_something_that_is_written_is_broken(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ValueError("a broken file")

    monkeypatch.setattr(warming, "get_policy", broken)
    warming.warm()
    assert "could not be loaded in advance" in caplog.text
