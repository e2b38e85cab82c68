"""In which situation an exercise is chosen."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.exercise import exercises
from actions.situation import is_night, refused


@pytest.mark.parametrize(("hour", "night"), [(21, False), (22, True), (0, True), (5, True), (6, False), (12, False)])
def test_it_is_night_from_ten_to_six(hour: int, night: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_night("she will not settle", datetime(2027, 3, 2, hour)) == night
    monkeypatch.setenv("ATTUNE_HOUR", str(hour))
    assert is_night("she will not settle") == night


def test_by_day_words_can_speak_of_the_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_HOUR", "12")
    assert is_night("awake at 3am again")


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("a different one? no breathing please", {"slow-breathing", "soft-belly", "step-away-safely", "three-am"}),
        ("no, not the water one", {"cold-water"}),
        ("no thanks, can I have the breathing one", set()),
        ("another one", set()),
    ],
)
def test_a_kind_that_is_not_wanted_is_not_offered(text: str, gone: set[str]) -> None:
    assert {name for name, exercise in exercises().items() if refused(exercise, text)} == gone
