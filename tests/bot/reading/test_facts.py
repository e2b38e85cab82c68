"""A number or a time and no more."""

from __future__ import annotations

import pytest

from bot.reading.facts import bare_fact, says_how_often


@pytest.mark.parametrize(
    "text",
    [
        "5 months", "About 3 weeks", "she's five months now", "from about 5 till 9", "mostly at night", "22, she's 4 mo",
        "about 40 min each way", "He is five weeks", "ten minutes maybe", "Eleven months.", "every evening since August",
        "101 days", "39 weeks", "102 hours ago",
    ],
)  # fmt: skip
def test_a_number_or_a_time_alone_is_a_fact(text: str) -> None:
    assert bare_fact(text)


@pytest.mark.parametrize(
    "text",
    [
        "is it 5 months?", "now", "today", "no", "it is over", "I took ten", "three weeks without sleep",
        "we are gone by Friday, both", "over by six", "one more night and I am gone from here for good now",
        # A life that was, a birth, a pregnancy.
        "he was 3 days old", "I was 14 weeks pregnant until Friday", "she was born at 22 weeks last Tuesday",
        # What may be a fever.
        "39.5", "it's 102 now", "101.3", "it's 100,4", "38.9 since last night",
        "it is the last Christmas", "on Sunday it is both",
    ],
)  # fmt: skip
def test_a_message_that_may_say_more_is_none(text: str) -> None:
    assert not bare_fact(text)


@pytest.mark.parametrize(
    ("text", "often"),
    [
        ("every night", True), ("sometimes at night", True), ("since Friday", True), ("for about 3 weeks", True),
        ("once or twice a week", True), ("he's three and she's five weeks", False), ("3 weeks", False),
        ("no, every night for 3 weeks now", False), ("every night he cries", False),
    ],
)  # fmt: skip
def test_since_when_and_how_often(text: str, often: bool) -> None:
    assert says_how_often(text) is often
