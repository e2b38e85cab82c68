"""Which alarms are doubtful, and what else they may be."""

from __future__ import annotations

import pytest

from bot.reading.doubt import in_passing, past_and_over
from bot.safety.verdict import Verdict

WEAK_ALARM = Verdict("S", "crisis_suicide", "classifier", "x", 0.5)
STRONG_ALARM = Verdict("S", "crisis_suicide", "classifier", "x", 2.5)


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("I used to think I wanted to die and now I'm annoyed about the nap schedule", True),
        ("used to want to die, these days I'm cross about socks", True),
        ("I used to want to die, and now it is back", False),
        ("I used to be happy, now I want to die", False),
        ("I used to want to live. now I don't any more", False),
        ("I used to want to disappear and now it's every day", False),
        ("I used to feel they were better off, now I know they would be better without me", False),
        ("I used to want to die and nobody knew", False),
    ],
)
def test_what_used_to_be_is_asked_about(after, text: str, over: bool) -> None:
    assert past_and_over(after(None), WEAK_ALARM, text) is over
    assert not past_and_over(after("S"), WEAK_ALARM, text)
    assert not past_and_over(after(None), STRONG_ALARM, text)
    assert not past_and_over(after(None), Verdict("S", "crisis_suicide", "rules", "x", 0.5), text)
    assert not past_and_over(after(None), Verdict("V", "crisis_violence", "classifier", "x", 0.5), text)


@pytest.mark.parametrize(
    ("verdict", "text", "passing"),
    [
        (Verdict("R", "crisis_third_party", "classifier", "x", -2.4), "I see. And if she refuses?", True),
        (Verdict("R", "crisis_third_party", "classifier", "x", -2.2), "I see. And if she refuses?", False),
        (Verdict("R", "feel_low", "rules", "x", -2.4), "there is no point", False),
        (Verdict("R", "crisis_suicide", "classifier", "x", -2.4), "one " * 13, False),
        (STRONG_ALARM, "I want to die", False),
    ],
)
def test_a_faint_doubt_about_a_few_words_is_one_in_passing(verdict: Verdict, text: str, passing: bool) -> None:
    assert in_passing(verdict, text) is passing
