"""A message is written as the encoder knows words, and a word that is one stays as it is."""

from __future__ import annotations

import pytest

from bot.understanding.tidy import COMMON_FROM, KNOWN_FROM, Tidy, characters

TEXTS = ["my baby is breathing", "the baby sleeps", "believe me", "baby believes nothing"] * COMMON_FROM


@pytest.fixture(scope="module")
def tidy() -> Tidy:
    return Tidy.learn(TEXTS, frozenset({"rabies", "maybe"}))


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("it’s — “fine”…", 'it\'s - "fine".'),
        ("ｓｏ tired", "so tired"),
        ("d\u200bie", "die"),
        ("tо dіe", "to die"),
        ("👩‍👧 ok", "👩‍👧 ok"),
        ("café", "café"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_characters_become_plain(written: str, plain: str) -> None:
    assert characters(written) == plain


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        ("the bbay", "the baby"),
        ("not breahting", "not breathing"),
        ("BREAHTING", "breathing"),
        ("belive", "believe"),
        ("my baby", "my baby"),
        ("rabies", "rabies"),
        ("Maybe", "Maybe"),
        ("xyzzyx", "xyzzyx"),
        ("bab", "baby"),
        ("bax", "bax"),
    ],
)
def test_a_slip_is_mended_and_a_word_is_left_alone(tidy: Tidy, written: str, spelt: str) -> None:
    assert tidy(written) == spelt


def test_a_rare_word_is_nobodys_target() -> None:
    seldom = Tidy.learn(["strollers"] * KNOWN_FROM)
    assert seldom("strollerz") == "strollerz"
    assert seldom("strollers") == "strollers"


def test_the_commoner_of_two_neighbours_is_meant() -> None:
    assert Tidy.learn(["sleep"] * 9 + ["steep"] * 5)("sxeep") == "sleep"


def test_spans_are_found_again_in_the_tidied_text(tidy: Tidy) -> None:
    text = "The bbay slepes. I cant belive it!"
    tidied, where = tidy.with_spans(text, [(0, 16), (17, 34), (4, 15)])
    assert [tidied[slice(*span)] for span in where] == ["The baby sleeps.", "I cant believe it!", "baby sleeps"]


def test_a_text_without_spans_is_tidied_too(tidy: Tidy) -> None:
    assert tidy.with_spans("bbay", []) == ("baby", [])


def test_it_is_made_again_from_what_it_learnt(tidy: Tidy) -> None:
    again = Tidy(tidy.words, tidy.times, frozenset({"rabies"}))
    assert again("belive the rabies") == "believe the rabies"
