"""Alarms that what was told before explains, and those that it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.reading.told_before import told_before
from bot.safety.verdict import Verdict


def verdict(tier: str) -> Verdict:
    return Verdict(tier, "crisis_psychosis" if tier == "P" else "crisis_medical", "classifier", "words", 0.5)


def test_not_mine_is_plain_after_an_adoption() -> None:
    assert told_before("is it because they are not mine", verdict("P"), ["we adopted twins"], loss=False)
    assert not told_before("is it because they are not mine", verdict("P"), ["we have twins"], loss=False)
    assert not told_before("a voice says they are evil", verdict("P"), ["we adopted twins"], loss=False)


@pytest.mark.parametrize("text", ["her heart stopped", "they could not find a heartbeat", "he was already cold"])
def test_the_story_of_a_loss_is_no_emergency(text: str) -> None:
    assert told_before(text, verdict("E"), [], loss=True)
    assert not told_before(text, verdict("E"), [], loss=False)


@pytest.mark.parametrize(
    "text", ["I'm bleeding through a pad an hour", "he is not breathing now", "she stopped breathing help"]
)
def test_danger_now_stays_danger_after_a_loss(text: str) -> None:
    assert not told_before(text, verdict("E"), [], loss=True)


@pytest.mark.parametrize(
    "text", ["I held him for two hours", "I let go of her hand first", "we washed and dressed her"]
)
def test_a_baby_held_in_farewell_is_no_harm(text: str) -> None:
    weak = Verdict("I", "crisis_harm_baby", "classifier", "words", 0.8)
    assert told_before(text, weak, [], loss=True)
    assert not told_before(text, weak, [], loss=False)
    assert not told_before(text, replace(weak, by="rules"), [], loss=True)
    assert not told_before(text, replace(weak, score=4.0), [], loss=True)


def test_another_child_who_may_be_hurt_stays_one_after_a_loss() -> None:
    weak = Verdict("I", "crisis_harm_baby", "classifier", "words", 0.8)
    assert not told_before("I want to shake my two year old", weak, [], loss=True)


@pytest.mark.parametrize(
    "text",
    ["I held his brother's mouth shut to stop the noise", "I want to hold my other twin under",
     "I let go of her brother in the bath on purpose"],
)  # fmt: skip
def test_a_living_child_who_is_held_so_stays_in_danger(text: str) -> None:
    assert not told_before(text, Verdict("I", "crisis_harm_baby", "classifier", "words", 0.8), [], loss=True)
