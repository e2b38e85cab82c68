"""The phrasings of data/nlu: enough of them, by many voices, none twice, contrasting where it matters."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bot.learning.duplicates import Likeness, plain
from bot.masking import find
from bot.understanding.examples import Example, load_examples, read_phrasings
from bot.understanding.labels import labels

if TYPE_CHECKING:
    from pathlib import Path

LEAST = {"crisis": 250, "feel": 120, "about": 120, "ask": 120, "request": 120, "dialogue": 60}
LEAST_OUTSIDE = 500  # out_of_scope and small_talk together
LEAST_TWINS = 2_500
LEAST_VOICES = 8


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return load_examples()


def near_duplicates(examples: list[Example]) -> list[tuple[str, str]]:
    """Pairs of the same label that share most of their word pairs."""
    return Likeness((example.text, example.label) for example in examples).pairs_alike()


@pytest.mark.parametrize("label", sorted(labels()))
def test_label_has_enough_phrasings_by_many_voices(label: str, examples: list[Example]) -> None:
    own = [example for example in examples if example.label == label]
    assert len(own) >= LEAST[labels()[label].family]
    assert len({example.voice for example in own}) >= LEAST_VOICES


def test_there_is_enough_that_is_outside(examples: list[Example]) -> None:
    outside = [example for example in examples if example.label in {"out_of_scope", "small_talk"}]
    assert len(outside) >= LEAST_OUTSIDE


def test_there_are_enough_hard_negatives_and_none_is_a_crisis(examples: list[Example]) -> None:
    twins = [example for example in examples if example.twin]
    assert len(twins) >= LEAST_TWINS
    assert [example.text for example in twins if example.label.startswith("crisis_")] == []


def test_every_phrasing_has_words(examples: list[Example]) -> None:
    assert [e for e in examples if not e.text.strip()] == []


def test_every_phrasing_names_its_voice_and_known_labels(examples: list[Example]) -> None:
    known = set(labels())
    assert [e.text for e in examples if not e.voice or not {e.label, *e.also} <= known or e.label in e.also] == []


def test_no_phrasing_stands_twice(examples: list[Example]) -> None:
    counts = Counter(plain(example.text) for example in examples if plain(example.text))
    assert [text for text, times in counts.items() if times > 1] == []


def test_no_two_phrasings_of_a_label_are_nearly_the_same(examples: list[Example]) -> None:
    assert near_duplicates(examples) == []


def test_what_is_said_of_somebody_else_s_danger_names_which_it_is(examples: list[Example]) -> None:
    others = [e for e in examples if e.label == "crisis_third_party"]
    assert [e.text for e in others if not any(label.startswith("crisis_") for label in e.also)] == []


def test_the_check_sees_near_duplicates() -> None:
    one = Example("i feel like a babysitter who is waiting for the parents to come home", "feel_disconnected")
    two = Example("I feel like a babysitter, who is waiting for the parents to come home!!", "feel_disconnected")
    other = Example("nobody told me that the hospital bag would be the easy part", "about_birth")
    assert near_duplicates([one, two, other]) == [(one.text, two.text)]


def test_no_phrasing_could_be_read_as_a_pressed_choice_or_markup(examples: list[Example]) -> None:
    odd = [e.text for e in examples if e.text.startswith("/") or re.search(r"\]\(|\]\{", e.text)]
    assert odd == []


def test_every_phrasing_lies_in_the_file_of_its_label(root: Path) -> None:
    for path in (root / "data" / "nlu").rglob("*.yml"):
        # What corrections brought lies together, one file for each label as well.
        assert path.parent.name in {labels()[path.stem].family, "reviewed"}
    strays = {
        path.name
        for path in (root / "data" / "nlu").rglob("*.yml")
        if set(re.findall(r"^- intent: (\w+)", path.read_text("utf-8"), re.MULTILINE)) != {path.stem}
    }
    assert strays == set()


def test_what_corrections_brought_says_so_and_is_masked(examples: list[Example], root: Path) -> None:
    for path in (root / "data" / "nlu" / "reviewed").glob("*.yml"):
        for example in read_phrasings(path):
            assert (example.voice, bool(example.batch)) == ("reviewed", True)
            assert [span for span in find(example.text) if span.kind in {"phone", "mail", "url", "handle"}] == []
    assert all((example.voice == "reviewed") == bool(example.batch) for example in examples)


def test_no_line_that_measures_is_learnt(examples: list[Example], root: Path) -> None:
    learnt = {plain(example.text) for example in examples} - {""}
    lines = [
        json.loads(line)
        for path in sorted((root / "tests" / "eval").glob("*.jsonl"))
        if path.name
        not in {"questions.jsonl", "judgements.jsonl"}  # these measure the search, which learns from articles
        for line in path.read_text("utf-8").splitlines()
    ]
    assert lines
    assert [line for line in lines if plain(line["text"]) in learnt] == []
