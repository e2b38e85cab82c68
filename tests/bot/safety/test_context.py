"""What a short answer means after a question, and what must never be taken for a no."""

from __future__ import annotations

import pytest

from bot.safety.context import in_context, short_answer
from bot.safety.screen import Verdict


@pytest.mark.parametrize("text", ["yes. i am. but not today", "Yeah", "yes but i won't"])
def test_a_yes_to_the_direct_question_is_a_yes(text: str) -> None:
    assert short_answer(text, "safety") == "affirm"


@pytest.mark.parametrize(
    "text", ["no nothing like that, i want to feel like his mum", "not kill myself no. i miss him", "nope"]
)
def test_a_clear_no_is_a_no(text: str) -> None:
    assert short_answer(text, "safety") == "deny"


@pytest.mark.parametrize(
    "text", ["not yet", "not tonight but soon", "never mind me", "no one would miss me", "no point in it"]
)
def test_a_delay_or_a_sigh_is_no_denial(text: str) -> None:
    assert short_answer(text, "safety") != "deny"


@pytest.mark.parametrize(
    "text",
    [
        "not sleeping at all",
        "no milk coming",
        "never feel anything",
        "back pain since it",
        "ok but i hate him",
        "done with everything",
    ],
)
def test_a_sentence_after_an_offer_is_read_as_a_sentence(text: str) -> None:
    assert short_answer(text, "offer") is None


def test_stop_in_an_exercise_stops_whatever_follows() -> None:
    assert short_answer("stop, this is making me feel trapped", "exercise_next") == "stop"


def test_nothing_was_asked_so_nothing_is_answered() -> None:
    assert short_answer("yes", None) is None


def test_yes_to_the_direct_question_is_tier_s() -> None:
    assert in_context(Verdict(), "affirm", "safety", None).tier == "S"


def test_a_check_is_not_repeated_within_three_turns() -> None:
    check = Verdict("R", "feel_low", "classifier", "so hopeless", -1.0)
    assert in_context(check, "feel_low", None, 1).tier is None
    assert in_context(check, "feel_low", None, 5).tier == "R"


def test_unwanted_thoughts_are_not_screened_by_the_classifier_alone() -> None:
    seen = Verdict("R", "crisis_harm_baby", "classifier", "images", -1.0)
    by_rule = Verdict("R", "feel_intrusive_thoughts", "rules", "scared of what i might do", -1.0)
    assert in_context(seen, "feel_intrusive_thoughts", None, None).tier is None
    assert in_context(by_rule, "feel_intrusive_thoughts", None, None).tier == "R"
