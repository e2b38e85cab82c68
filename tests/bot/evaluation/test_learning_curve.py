"""The suite curve: which phrasings are chosen, and what is measured on whom."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.evaluation.learning_curve import SHARES, choose, curve, learn
from bot.evaluation.report import Report
from bot.understanding.examples import Example

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import numpy.typing as npt

    Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]

WORDS = {
    "feel_low": ["sad", "crying", "tears", "hopeless", "heavy"],
    "greet": ["hello", "morning", "evening", "hiya", "greetings"],
    "stop": ["stop", "enough", "quit", "halt", "leave"],
}
VOICES = ["ann", "bob", "cem", "dua"]
EXAMPLES = [
    Example(f"{word} {other} {voice}", label, voice=voice)
    for label, words in WORDS.items()
    for voice in VOICES
    for word in words
    for other in words[:4]
]


def test_every_label_gives_the_same_share_rounded_up() -> None:
    for part in (*SHARES, Fraction(1, 1000)):
        counts = Counter(EXAMPLES[place].label for place in choose(EXAMPLES, part))
        assert counts == dict.fromkeys(WORDS, max(1, int(80 * part)))


def test_whole_voices_are_taken_as_far_as_they_go() -> None:
    half = Counter(EXAMPLES[place].voice for place in choose(EXAMPLES, Fraction(1, 2)))
    assert sorted(half.values()) == [60, 60]
    third = Counter(EXAMPLES[place].voice for place in choose(EXAMPLES, Fraction(3, 8)))
    assert sorted(third.values()) == [30, 60]


def test_a_smaller_share_lies_within_a_larger_one() -> None:
    for small, large in pairwise(SHARES):
        assert set(choose(EXAMPLES, small)) < set(choose(EXAMPLES, large))
    assert choose(EXAMPLES, Fraction(1)) == list(range(len(EXAMPLES)))


def test_the_choice_does_not_hang_on_the_order_of_the_files() -> None:
    texts = {EXAMPLES[place].text for place in choose(EXAMPLES, Fraction(1, 8))}
    backwards = EXAMPLES[::-1]
    assert {backwards[place].text for place in choose(backwards, Fraction(1, 8))} == texts


def test_held_out_voices_are_read_and_never_learnt(encode: Encode) -> None:
    asked: list[list[str]] = []

    def encode_noting(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        asked.append(list(texts))
        return encode(texts)

    said: list[str] = []
    steps = learn(EXAMPLES, encode_noting, {"dua"}, said.append)
    learnt, read = asked
    assert not [text for text in learnt if text.endswith("dua")]
    assert len(read) == 60
    assert all(text.endswith("dua") for text in read)
    assert [(step.share, step.phrasings, step.voices) for step in steps] == [
        (Fraction(1, 8), 24, 1),
        (Fraction(1, 4), 45, 1),
        (Fraction(1, 2), 90, 2),
        (Fraction(1), 180, 3),
    ]
    assert {(step.acceptable.total, step.top3.total) for step in steps} == {(60, 60)}
    assert steps[-1].acceptable.value == 1
    assert [step.top3.value for step in steps] == [1] * 4
    assert "180" in said[-1]


def test_a_further_label_is_acceptable(encode: Encode) -> None:
    strangers = [Example("sad crying eve", "greet", also=("feel_low",), voice="eve")]
    (step,) = learn([*EXAMPLES, *strangers], encode, {"eve"}, lambda line: None)[-1:]
    assert step.acceptable.value == 1


@pytest.mark.parametrize("held_out", [set(), set(VOICES), {"nobody"}])
def test_somebody_to_read_and_somebody_to_learn_from_is_needed(encode: Encode, held_out: set[str]) -> None:
    with pytest.raises(ValueError, match="voices"):
        learn(EXAMPLES, encode, held_out, lambda line: None)


def test_the_figures_name_the_share(encode: Encode) -> None:
    report = Report()
    curve(learn(EXAMPLES, encode, {"dua"}, lambda line: None), report)
    assert [figure.name for figure in report.figures] == [
        f"{name} {part}" for part in ("1/8", "1/4", "1/2", "1") for name in ("acceptable", "top3")
    ]
    assert report.as_dict()["learning curve"][0]["share"] == "1/8"
