"""What a short answer means after a question, and what must never be taken for a no."""

from __future__ import annotations

import pytest

from bot.safety.context import (
    answered,
    danger_of,
    firm_no,
    in_context,
    only_polite,
    polite_beginning,
    put_off,
    short_answer,
)
from bot.safety.verdict import Verdict


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
    ("text", "asked"),
    [
        ("not today", "safety"),
        ("not yet", "safety"),
        ("i think so but not right now", "safety"),
        ("yes i am, but not tonight", "someone_near"),
        ("I will, just not now", "someone_near"),
    ],
)
def test_not_today_is_no_relief(text: str, asked: str) -> None:
    assert put_off(text, asked)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("not yet, home at six", "someone_near"),
        ("no, not until tomorrow", "someone_near"),
        ("no", "safety"),
        ("not any more", "safety"),
        ("i was not there today", "safety"),
    ],
)
def test_other_answers_put_nothing_off(text: str, asked: str) -> None:
    assert not put_off(text, asked)


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


@pytest.mark.parametrize(("asked", "meant"), [("safety", "unsure"), ("someone_near", "affirm"), ("offer", "affirm")])
def test_ok_is_no_yes_to_the_direct_question(asked: str, meant: str) -> None:
    assert short_answer("ok", asked) == meant


@pytest.mark.parametrize("text", ["ok thanks", "ok thank you", "okay ta", "sure, cheers"])
def test_thanks_takes_nothing_that_was_offered(text: str) -> None:
    assert short_answer(text, "offer") == "thank"


def test_an_answer_that_says_who_will_be_called_says_nothing_of_who_is_near() -> None:
    assert short_answer("ok ill ring them", "someone_near") is None
    assert short_answer("ok", "someone_near") == "affirm"


def test_a_correction_is_no_answer_to_who_is_near() -> None:
    assert short_answer("no it's a toy. she's 6 months old", "someone_near") is None
    assert short_answer("no, just me", "someone_near") == "deny"
    assert short_answer("no it's not that, i'd never", "safety") == "deny"


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


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("yes but", "offer", None),
        ("no idea", "rating", None),
        ("no idea", "safety", "unsure"),
        ("yeah nah", "offer", None),
        ("next", "safety", None),
        ("next", "exercise_next", "affirm"),
        ("again", "exercise_next", "repeat"),
        ("quit", "offer", "stop"),
        ("perhaps", "offer", "unsure"),
        ("?!", "safety", None),
        ("yes please", "offer", "affirm"),
        ("yes please now", "offer", None),
        ("no idea really", "safety", "unsure"),
        ("yeah nah mate", "safety", None),
        ("not really my thing", "safety", "deny"),
    ],
)
def test_a_short_answer_is_read_by_what_was_asked(text: str, asked: str, expected: str | None) -> None:
    assert short_answer(text, asked) == expected


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("yes", "S"),
        ("Yes, I am", "S"),
        ("I am", "S"),
        ("I'm not sure", "S"),
        ("not today", "S"),
        ("No", None),
        ("no nothing like that", None),
        ("what do you mean", None),
    ],
)
def test_a_typed_answer_to_the_direct_question_is_read_without_a_model(text: str, tier: str | None) -> None:
    assert danger_of(answered(text, "safety") or "", "safety") == tier


def test_without_a_question_about_safety_a_yes_answers_nothing() -> None:
    assert answered("yes", None) is None
    assert answered("yes", "exercise_next") is None
    assert danger_of("affirm", "exercise_next") is None


def test_a_yes_to_another_question_about_safety_is_no_danger() -> None:
    assert answered("yes", "someone_near") == "affirm"
    assert danger_of("affirm", "someone_near") is None


def test_what_the_thoughts_feel_like_is_read_without_a_model() -> None:
    assert danger_of(answered("a voice tells me to", "intrusive") or "", "intrusive") == "P"
    assert danger_of(answered("they scare me", "intrusive") or "", "intrusive") is None


@pytest.mark.parametrize(
    ("label", "tier"), [("crisis_medical", "E"), ("crisis_suicide", "S"), ("crisis_third_party", "I")]
)
def test_a_pressed_crisis_has_its_tier_without_a_model(label: str, tier: str) -> None:
    assert danger_of(label, None) == tier


@pytest.mark.parametrize("text", ["yes", "not sure", "yes she is", "yes a fever", "maybe"])
def test_a_yes_to_the_question_about_the_body_is_an_emergency(text: str) -> None:
    said = answered(text, "body")
    assert said in {"affirm", "unsure"}
    assert danger_of(said, "body") == "E"


def test_ok_to_the_question_about_the_body_says_neither() -> None:
    assert answered("ok", "body") is None
    assert danger_of("deny", "body") is None


def test_the_two_questions_do_not_silence_each_other() -> None:
    of_body = Verdict("R", "crisis_medical", "classifier", "x")
    assert in_context(of_body, "ask_medical", None, 0).tier == "R"
    assert in_context(of_body, "ask_medical", "body", None).tier is None
    assert in_context(Verdict("R", "crisis_suicide", "classifier", "x"), "feel_low", None, 0).tier is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("back pain", None), ("again bleeding", None), ("enough to fill a pad", None), ("yes everything is fine", None),
        ("no but I took some tablets earlier", "unsure"), ("not really just a bit of bleeding", "unsure"),
        ("no", "deny"), ("nope nothing", "deny"), ("no pain", "deny"), ("no bleeding no fever", "deny"), ("i think so", "affirm"), ("bleeding", "affirm"), ("it is", "affirm"),
    ],
)  # fmt: skip
def test_what_is_answered_to_the_question_about_the_body(text: str, meant: str | None) -> None:
    assert short_answer(text, "body") == meant


@pytest.mark.parametrize(
    "text", ["ok I'm home alone", "ok no one is here", "okay nobody is home", "ok the baby is asleep"]
)
def test_nobody_is_near_whatever_the_first_word_is(text: str) -> None:
    assert short_answer(text, "someone_near") != "affirm"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("not like that. i don't know. maybe a bit like that", "unsure"),
        ("no. maybe", "unsure"),
        ("no. a bit", "unsure"),
        ("no sort of", "unsure"),
        ("no, sometimes at night though", "unsure"),
        ("no, maybe once or twice", "unsure"),
        ("not really, maybe when he cries", "unsure"),
        ("no i dont know anymore", "unsure"),
        ("no only at night sometimes i do think of it", "unsure"),
        ("no, not even a little bit", "deny"),
        ("no I'm just tired, a little", "deny"),
        ("no I just cry sometimes", "deny"),
        ("no, never. maybe I'm just tired", "deny"),
        ("no but maybe I need a break", "deny"),
        ("no", "deny"),
    ],
)
def test_a_no_that_is_half_taken_back_is_not_sure(text: str, answer: str) -> None:
    assert short_answer(text, "safety") == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("ok", "unsure"),
        ("ok thank you", "unsure"),
        ("ok got to go, visiting starts at 6", None),
        ("ok yes I do think about it a lot", "unsure"),
        ("okay I suppose I think about dying sometimes", "unsure"),
    ],
)
def test_ok_and_something_else_is_no_answer_to_the_direct_question(text: str, answer: str | None) -> None:
    assert short_answer(text, "safety") == answer


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("not today", True),
        ("no, not today", True),
        ("no not now, not at all, I'm in a good place", False),
        ("no not today, I can't do this any more", True),
        ("no, not tonight. I'm not in a good place", True),
        ("no not now, I'm not at all well", True),
    ],
)
def test_a_firm_no_puts_nothing_off(text: str, later: bool) -> None:
    assert put_off(text, "safety") is later


@pytest.mark.parametrize(
    ("text", "polite"),
    [("ok", True), ("okay thanks", True), ("ok yes", False), ("", False), ("thanks, it bleeds", False)],
)
def test_an_ok_alone_is_told_from_an_ok_with_an_answer(text: str, polite: bool) -> None:
    assert only_polite(text) is polite


def test_a_further_sign_that_a_rule_knows_answers_the_question_about_the_body() -> None:
    sign = Verdict("R", "crisis_medical", "rules", "drinks little", -3.0)
    assert in_context(sign, "about_feeding", "body", 0).tier == "E"
    assert in_context(sign, "about_feeding", None, None).tier == "R"
    faint = Verdict("R", "crisis_medical", "classifier", "is it normal", -2.0)
    assert in_context(faint, "ask_medical", "body", 0).tier is None


@pytest.mark.parametrize(
    "text",
    [
        "no, not at all at the moment. I'd tell you",
        "Not at all.",
        "no. absolutely not",
        "no, not at all, I'd tell you if I was",
        "nope, definitely not right now, I promise",
        "not at all tonight, I would let my husband know",
    ],
)
def test_a_firm_no_is_one_in_whole(text: str) -> None:
    assert firm_no(text)
    assert not put_off(text, "safety")
    assert short_answer(text, "safety") == "deny"


@pytest.mark.parametrize(
    "text",
    [
        "not at the moment",
        "no, not at the moment",
        "not right now",
        "not at this moment. I'd tell you",
        "no not tonight",
        "not at present",
        "not really right now",
    ],
)
def test_not_at_the_moment_leaves_open_what_comes_after(text: str) -> None:
    assert not firm_no(text)
    assert put_off(text, "safety")


@pytest.mark.parametrize(
    "text",
    [
        "not at all safe",
        "not at all well, no",
        "no, not at all, but I want to sleep and not wake up",
        "no way out of this",
        "not at all. I'd tell you goodbye",
        "absolutely not coping",
        "not at all at the moment, maybe later",
        "no way I can go on",
    ],
)
def test_what_stands_beside_a_no_is_not_passed_over(text: str) -> None:
    assert not firm_no(text)


@pytest.mark.parametrize(
    "text", ["no hotlines", "no police please", "no numbers", "no doctors. please", "no exercises"]
)
def test_what_is_not_wanted_is_no_answer_to_the_direct_question(text: str) -> None:
    assert short_answer(text, "safety") is None


def test_i_know_after_a_no_denies_nothing() -> None:
    assert short_answer("no I know. I know. I'm ringing them now", "safe_to_chat") is None
    assert short_answer("no I'm not", "safety") == "deny"
    assert short_answer("no I know he's in the next room", "safe_to_chat") == "deny"
    assert short_answer("yes well pretty much all the time", "safety") == "affirm"


@pytest.mark.parametrize(
    ("text", "polite"),
    [
        ("ok good. So what have you got now, read it back to me please", True),
        ("ok great then I would like the address", True),
        ("okay then I would like the address", False),
        ("ok if I'm honest I have been", False),
        ("ok good that somebody asks, I am", False),
        ("sure, pretty much every single day", False),
        ("ok yes I do think about it a lot", False),
        ("ok good", False),
        ("yes and it is getting worse every night", False),
    ],
)
def test_ok_and_much_more_without_a_yes_is_no_yes(text: str, polite: bool) -> None:
    assert polite_beginning(text) is polite
