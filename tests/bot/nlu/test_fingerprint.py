"""Changed code trains anew: what Rasa does not look at itself is in the fingerprints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.nlu.after_risk import AfterRiskReader
from bot.nlu.fingerprint import UNDERSTANDING, digest_of
from bot.nlu.intents import IntentClassifier
from bot.nlu.tidying import Tidying

if TYPE_CHECKING:
    from pathlib import Path


def test_a_changed_file_changes_the_digest_and_their_order_does_not(tmp_path: Path) -> None:
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text("a = 1")
    two.write_text("b = 2")
    before = digest_of([one, two])
    assert digest_of([two, one]) == before
    two.write_text("b = 3")
    assert digest_of([one, two]) != before


@pytest.mark.parametrize("component", [Tidying, IntentClassifier, AfterRiskReader])
def test_what_learns_depends_on_the_code_of_the_understanding(component, monkeypatch, tmp_path: Path) -> None:
    before = component.fingerprint_addon({})
    changed = tmp_path / "tidy.py"
    changed.write_text("another way to learn")
    for module in ("bot.nlu.tidying", "bot.nlu.intents", "bot.nlu.after_risk"):
        monkeypatch.setattr(f"{module}.UNDERSTANDING", [*UNDERSTANDING, changed])
    assert component.fingerprint_addon({}) != before
