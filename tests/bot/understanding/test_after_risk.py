"""What a message is heard as while a risk is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.safety.follow_ups import load_follow_ups
from bot.understanding.after_risk import (
    NONE_OF_THEM,
    ORDINARY_PER_LABEL,
    PhrasingsError,
    hear,
    load_phrasings,
    with_ordinary,
)
from bot.understanding.examples import Example

if TYPE_CHECKING:
    from pathlib import Path

LABELS = ["calling", "language", NONE_OF_THEM]


def probabilities(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_the_likeliest_kind_is_heard_with_its_share_of_the_kinds() -> None:
    heard = hear(LABELS, probabilities(0.3, 0.1, 0.6))
    assert (heard.kind, heard.share) == ("calling", pytest.approx(0.75))


def test_what_is_far_likelier_none_of_the_kinds_is_none() -> None:
    assert hear(LABELS, probabilities(0.03, 0.01, 0.96)).kind == NONE_OF_THEM


def test_where_no_kind_stands_out_none_is_heard() -> None:
    labels = [*(f"kind_{number}" for number in range(9)), NONE_OF_THEM]
    assert hear(labels, probabilities(*[0.1] * 10)).kind == NONE_OF_THEM


def test_ordinary_phrasings_are_none_of_the_kinds_and_evenly_chosen() -> None:
    kinds = [Example("on my way", "calling")]
    ordinary = [Example(f"tired {number}", "feel_exhausted") for number in range(100)]
    found = with_ordinary(kinds, [*ordinary, Example("word " * 40, "feel_low")])
    assert found[0] == kinds[0]
    assert {example.label for example in found[1:]} == {NONE_OF_THEM}
    assert len(found) == 1 + ORDINARY_PER_LABEL
    assert found[-1].text != ordinary[ORDINARY_PER_LABEL - 1].text


def test_a_file_without_kinds_is_named_with_the_fix(tmp_path: Path) -> None:
    (tmp_path / "somebody.yml").write_text("calling: [on my way]\n")
    with pytest.raises(PhrasingsError, match=r"somebody.yml has no `kinds`. Fix: begin with"):
        load_phrasings(tmp_path)


def test_a_phrasing_has_its_kind_and_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "somebody.yml").write_text("kinds:\n  calling: [on my way]\n")
    assert load_phrasings(tmp_path) == [Example("on my way", "calling", voice="somebody")]


def test_each_kind_that_is_written_is_answered_and_each_that_is_answered_is_written() -> None:
    written = {example.label for example in load_phrasings()} - {NONE_OF_THEM}
    assert written == frozenset().union(*(one.hears for one in load_follow_ups()))


def test_no_phrasing_stands_in_two_places() -> None:
    texts = [example.text.casefold() for example in load_phrasings()]
    assert sorted(texts) == sorted(set(texts))
