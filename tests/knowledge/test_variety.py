"""Wordings that take turns."""

from __future__ import annotations

import pytest

from knowledge.variety import next_wording

WORDINGS = ("One.", "Two, with {name}.", "Three.")


@pytest.mark.parametrize(("start", "first"), [(0, "One."), (2, "Three."), (4, "Two, with {name}.")])
def test_the_first_is_the_one_at_the_place_counted_round(start: int, first: str) -> None:
    assert next_wording(WORDINGS, start, "") == first


def test_what_was_said_is_passed_over() -> None:
    assert next_wording(WORDINGS, 0, "Hello. One. Go on.") == "Two, with {name}."
    assert next_wording(WORDINGS, 2, "Three.") == "One."


def test_a_wording_with_a_placeholder_is_known_by_what_stands_before_it() -> None:
    assert next_wording(WORDINGS, 1, "Two, with Robin.") == "Three."


def test_where_all_were_said_it_is_the_one_at_the_place() -> None:
    assert next_wording(WORDINGS, 2, "One. Two, with Robin. Three.") == "Three."
