"""The action server has read what it needs before anybody breaks it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import actions
from actions import paths
from knowledge.helplines import current_helplines
from knowledge.practice import current_practice

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_was_good_at_the_start_serves_while_it_is_broken(
    own_knowledge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "KNOWLEDGE", own_knowledge)
    importlib.reload(actions)
    for name in ("practice.yml", "helplines.yml"):
        (own_knowledge / name).write_text("half: [saved")
    assert current_practice(own_knowledge).name
    assert current_helplines(own_knowledge).normalise_region("GB") == "GB"


def test_what_is_broken_at_the_start_is_named_and_stops_nothing(
    own_knowledge: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(paths, "KNOWLEDGE", own_knowledge)
    (own_knowledge / "practice.yml").write_text("half: [saved")
    paths.read_ahead()
    assert "practice.yml:" in caplog.text
