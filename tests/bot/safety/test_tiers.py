"""One order of gravity for all that asks which tier is graver."""

from __future__ import annotations

import itertools

import pytest

from bot.safety.tiers import ALARM, CHECK, TIER_NAMES, TIERS, as_tier, card_kind, gravest
from bot.safety.verdict import TIER_OF


def test_a_baby_about_to_be_hurt_is_graver_than_signs_of_psychosis() -> None:
    assert gravest("P", "I") == gravest("I", "P") == "I"


@pytest.mark.parametrize(("one", "another"), itertools.pairwise(TIERS))
def test_of_two_the_first_in_the_order_is_graver(one: str, another: str) -> None:
    assert gravest(another, None, one) == one


def test_what_is_no_tier_has_no_gravity() -> None:
    assert gravest(None, "X") is None
    assert as_tier("X") is as_tier(1) is None
    assert as_tier("S") == "S"


def test_where_minutes_count_the_card_has_the_emergency_number_first() -> None:
    assert {tier for tier in TIERS if card_kind(tier) == "emergency"} == {"E", "I", "P"}
    assert {tier for tier in TIERS if card_kind(tier) == "domestic_abuse"} == {"V"}


def test_without_a_card_of_its_own_a_tier_has_the_crisis_lines() -> None:
    assert {card_kind(tier) for tier in ("S", CHECK, None)} == {"crisis"}


def test_every_tier_has_a_name_and_all_but_the_check_are_alarms() -> None:
    assert set(TIER_NAMES) == set(TIERS) == ALARM | {CHECK}
    assert set(TIER_OF.values()) == ALARM
