"""Frightening thoughts: what an answer says of them, and what it only names to deny it."""

from __future__ import annotations

import pytest

from bot.safety.thoughts import denies_orders, kind_of_thoughts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("they scare me to death", "feel_intrusive_thoughts"),
        ("i dont want them, i would never", "feel_intrusive_thoughts"),
        ("please make stop", "feel_intrusive_thoughts"),
        ("like something i should do", "crisis_psychosis"),
        ("a voice orders it, and it frightens me", "crisis_psychosis"),
        ("not something i should do, they disgust me", "feel_intrusive_thoughts"),
        ("they dont feel like something i should do, they scare me", "feel_intrusive_thoughts"),
        ("should i talk to someone about it", None),
        ("i should see a doctor", None),
        ("should i see someone", None),
        ("its hard to say", None),
        ("", None),
    ],
)
def test_an_order_counts_above_fear_and_what_is_unclear_stays_open(text: str, expected: str | None) -> None:
    assert kind_of_thoughts(text) == expected


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("nobody tells me to. its not voices. its me being scared of me", True),
        ("no voices or anything", True),
        ("it isn't an order", True),
        ("the voice tells me to", False),
        ("not my husband. the angel told me what I am meant to do with her", False),
        ("I am scared of me", False),
        ("I hear no voice and it frightens me so much. In the end I might really do it", False),
        ("no voices, I don't want to do it", True),
        ("it's not voices. I would never do it", True),
        ("its not voices. i think i might actually do it", False),
    ],
)
def test_orders_that_are_named_only_to_be_denied(text: str, denied: bool) -> None:
    assert denies_orders(text) is denied
