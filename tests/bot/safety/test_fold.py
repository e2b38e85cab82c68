"""Folding undoes what hides a word, and remembers where each word stood."""

import pytest

from bot.safety.fold import END, LONGEST_WORD, fold
from tests.timing import least_seconds


def _texts(text: str) -> list[str]:
    return [word.text for word in fold(text)]


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        pytest.param("I Want To DIE", ["i", "want", "to", "die"], id="capitals"),
        pytest.param("happy \U0001f60a die", ["happy", "die"], id="an emoji that says nothing"),
        pytest.param("k\u200bi\u200bll", ["kill"], id="zero-width"),
        pytest.param("\uff4b\uff49\uff4c\uff4c", ["kill"], id="full-width"),
        pytest.param("su\u0456\u0441ide", ["suicide"], id="cyrillic letters"),
        pytest.param("d\u03b9e", ["die"], id="greek letter"),
        pytest.param("su1c1de", ["suicide"], id="leetspeak"),
        pytest.param("d\u00ede", ["die"], id="accent"),
        pytest.param("don\u2019t", ["dont"], id="curly apostrophe"),
        pytest.param("dieeeeee", ["diee"], id="stretched"),
        pytest.param("k i l l", ["kill"], id="spaced letters"),
        pytest.param("k.i.l.l", ["kill"], id="dotted letters"),
        pytest.param("\U0001d48c\U0001d48a\U0001d48d\U0001d48d", ["kill"], id="mathematical letters"),
        pytest.param("every1 is asleep", ["every1", "is", "asleep"], id="texting digit stays"),
        pytest.param("39,1 or 38.6", ["39.1", "or", "38.6"], id="decimals"),
        pytest.param("7wks and 4am", ["7", "wks", "and", "4", "am"], id="number and unit"),
        pytest.param("his/her", ["his", "her"], id="slash"),
        pytest.param("s/h", ["s/h"], id="s/h stays"),
        pytest.param("su*cide", ["su*cide"], id="censored"),
        pytest.param("**want**", ["want"], id="bold"),
        pytest.param("one. Two! three", ["one", END, "two", END, "three"], id="sentences"),
        pytest.param("", [], id="nothing"),
        pytest.param("...!!!", [], id="only stops"),
        pytest.param("\u0000\u200b", [], id="only invisible"),
    ],
)
def test_fold(typed: str, folded: list[str]) -> None:
    assert _texts(typed) == folded


@pytest.mark.parametrize(
    "text", ["I w\u200bant to d\u00ede.", "\uff4bill \U0001f52a now", "caf\u00e9, na\u00efve", "k i l l me"]
)
def test_words_keep_their_place(text: str) -> None:
    for word in fold(text):
        assert 0 <= word.start < word.end <= len(text)
        assert text[word.start : word.end].strip()


def test_a_comma_opens_a_clause() -> None:
    assert [word.text for word in fold("not now, die (there) \u2014 so") if word.opens] == ["die", "there", "so"]


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("sad, k i l l me", ["kill"]),
        ("tired, he/she cries", ["he"]),
        ("he's fine, \U0001f52a here", ["emojiknife"]),
        ("no. I want", []),
        ("so, she came", ["she"]),
    ],
)
def test_the_first_word_of_a_clause_and_no_other_opens_it(text: str, opening: list[str]) -> None:
    words = fold(text)
    assert [word.text for word in words if word.opens] == opening
    assert all(isinstance(word.opens, bool) for word in words)


def test_words_beside_a_stroke_stand_where_both_stand() -> None:
    text = "with him/her up 24/7 now"
    assert [(word.text, text[word.start : word.end]) for word in fold(text)] == [
        ("with", "with"), ("him", "him/her"), ("her", "him/her"), ("up", "up"), ("24/7", "24/7"), ("now", "now")
    ]  # fmt: skip


def test_a_long_word_is_cut() -> None:
    assert len(_texts("ab" * 500)[0]) == LONGEST_WORD


@pytest.mark.parametrize(
    "piece", ["a ", "a.b_", "a_", "1a", "'", "a'", "**", "\u200b", "\U0001f52a", "a/", ",", "\u0301"]
)
def test_hostile_text_is_folded_in_linear_time(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    assert least_seconds(lambda: fold(text), enough=1) < 1
