"""Alarm, check or neither: thresholds with a hand-made reading, and what a yes means after the question."""

from __future__ import annotations

import numpy as np
import pytest

from bot.safety.classifier import KERNEL_SHARE, MASS_SHARE, WORDING_SHARE, danger, kind
from bot.safety.context import QUIET_TURNS, SAFETY_QUESTIONS, in_context, short_answer
from bot.safety.patterns import Match
from bot.safety.screen import Thresholds, screen, tier_of
from bot.safety.verdict import TIER_OF, Verdict
from bot.understanding.intents import Reading
from bot.understanding.labels import labels

LABELS = ["crisis_suicide", "crisis_third_party", "crisis_violence", "feel_low"]
LIMITS = Thresholds(
    alarm=1.0,
    check=0.0,
    sentence=0.5,
    clause=2.0,
    short=0.5,
    shortest=1.0,
    doubt=-6.0,
    calm=-3.0,
    alone=0.5,
    red_flag=-0.25,
    red_flag_sentence=0.5,
)


WHOLE = "the whole message, which has more words than a short one has"


def reading(*scores: float, likeliest: str = "crisis_suicide", clauses: int = 0) -> Reading:
    """Rows whose score is exactly `scores`: crisis and rest are equally likely, so the log-odds add nothing."""
    crisis = dict.fromkeys(LABELS[:3], 0.1) | {likeliest: 0.3}
    row = [crisis["crisis_suicide"], crisis["crisis_third_party"], crisis["crisis_violence"], 0.5]
    rows = np.array([row] * len(scores), dtype=np.float32)
    kinds = np.array([[0.2, 0.9, 0.1]] * len(scores), dtype=np.float32)
    danger_of = np.array(scores, dtype=np.float32) / KERNEL_SHARE
    return Reading(LABELS, rows, rows, danger_of, kinds, np.full(len(scores), -1, dtype=np.float32), clauses)


class Rules:
    """Patterns that find what they are told."""

    def __init__(self, *found: tuple[str, str]) -> None:
        self.read: list[str] = []
        self._found = [Match("a-rule", label, tier, f"words of {label}") for label, tier in found]

    def matches(self, text: str) -> list[Match]:
        self.read.append(text)
        return self._found


def decide(found: Reading, rules: Rules | None = None) -> Verdict:
    texts = [WHOLE, *(f"sentence {n}" for n in range(1, len(found.danger)))]
    return screen(texts, found, rules or Rules(), LIMITS)


@pytest.mark.parametrize(("score", "tier"), [(1.01, "S"), (0.99, "R"), (0.01, "R"), (-0.01, None)])
def test_the_classifier_alone_alarms_checks_or_neither(score: float, tier: str | None) -> None:
    verdict = decide(reading(score))
    assert verdict.tier == tier
    assert verdict.alarm is (tier == "S")
    assert verdict.score == pytest.approx(score, abs=2e-3)
    assert verdict.by == ("classifier" if tier else None)
    assert verdict.evidence == (WHOLE if tier else None)


@pytest.mark.parametrize(
    ("whole", "sentence", "tier"),
    [
        (-2.9, 0.51, "R"),
        (-3.1, 0.51, None),
        (-3.1, 0.99, None),
        (-3.1, 1.01, "R"),
        (-3.1, 1.99, "R"),
        (-3.1, 2.01, "S"),
    ],
)
def test_one_sentence_of_a_calm_message_has_to_be_clearer(whole: float, sentence: float, tier: str | None) -> None:
    verdict = decide(reading(whole, sentence, -9.0))
    assert verdict.tier == tier
    assert verdict.score == pytest.approx(sentence - (0.5 if whole > -3.0 else 1.0), abs=2e-3)
    assert verdict.evidence == ("sentence 1" if tier else None)


def test_what_is_asked_about_in_a_calm_message_may_be_another_part_than_the_gravest_sentence() -> None:
    verdict = decide(reading(-3.1, 0.9, 2.1, clauses=1))
    assert (verdict.tier, verdict.evidence) == ("R", "sentence 2")


@pytest.mark.parametrize(("score", "tier"), [(1.49, "R"), (1.5, "S")])
def test_a_message_of_few_words_has_to_be_clearer_for_an_alarm(score: float, tier: str) -> None:
    assert screen(["word " * 10], reading(score), Rules(), LIMITS).tier == tier
    assert screen(["word " * 11], reading(score), Rules(), LIMITS).tier == "S"
    assert screen(["word " * 6], reading(score), Rules(), LIMITS).tier == "R"
    assert screen(["word " * 6], reading(2.0), Rules(), LIMITS).tier == "S"
    assert screen(["word " * 7], reading(1.5), Rules(), LIMITS).tier == "S"


@pytest.mark.parametrize(
    ("scores", "tier"),
    [((-2.0, 1.4, -9.0), "R"), ((-2.0, 1.5, -9.0), "S"), ((-2.0, -9.0, 2.9), "R"), ((-2.0, -9.0, 3.0), "S")],
)
def test_a_clause_has_to_be_clearer_than_a_sentence(scores: tuple[float, ...], tier: str) -> None:
    assert decide(reading(*scores, clauses=1)).tier == tier


@pytest.mark.parametrize(("score", "tier"), [(1.0, "S"), (0.0, "R")])
def test_a_score_at_the_limit_counts(score: float, tier: str) -> None:
    verdict = decide(reading(score))
    assert (verdict.tier, verdict.label, verdict.score) == (tier, "crisis_suicide", score)


def test_a_rule_that_the_classifier_doubts_alarms_at_the_limit_and_keeps_the_score() -> None:
    at_the_limit = decide(reading(-6.0), Rules(("crisis_violence", "V")))
    assert (at_the_limit.tier, at_the_limit.by, at_the_limit.score) == ("V", "rules", -6.0)
    assert decide(reading(1.0), Rules(("crisis_violence", "V"))).by == "both"
    assert decide(reading(-6.5), Rules(("crisis_violence", "V"))).score == -6.5


def test_the_rules_read_the_message_as_a_whole_once() -> None:
    rules = Rules()
    decide(reading(-3.0, -3.0, -3.0), rules)
    assert rules.read == [WHOLE]


@pytest.mark.parametrize(("score", "tier"), [(1.51, "S"), (1.49, "R"), (0.49, None)])
def test_the_first_sentence_has_to_be_clearer_than_the_whole_as_well(score: float, tier: str | None) -> None:
    verdict = decide(reading(-3.0, score))
    assert verdict.tier == tier
    assert verdict.evidence == ("sentence 1" if tier else None)


@pytest.mark.parametrize(("score", "tier"), [(1.51, "S"), (1.49, "R"), (0.49, None)])
def test_a_sentence_alone_has_to_be_clearer_than_the_whole(score: float, tier: str | None) -> None:
    verdict = decide(reading(-3.0, -3.0, score))
    assert verdict.tier == tier
    assert verdict.evidence == ("sentence 2" if tier else None)


def test_a_rule_that_the_classifier_is_sure_about_asks_instead_of_alarming() -> None:
    verdict = decide(reading(-6.1), Rules(("crisis_violence", "V")))
    assert (verdict.tier, verdict.label, verdict.by) == ("R", "crisis_violence", "rules")
    assert verdict.evidence == "words of crisis_violence"


def test_a_rule_is_enough_where_the_classifier_hears_nothing() -> None:
    verdict = decide(reading(-5.0), Rules(("crisis_violence", "V")))
    assert (verdict.tier, verdict.label, verdict.by) == ("V", "crisis_violence", "rules")
    assert verdict.evidence == "words of crisis_violence"


def test_what_both_layers_hear_is_stored_as_both() -> None:
    assert decide(reading(2.0), Rules(("crisis_suicide", "S"))).by == "both"


def test_of_several_rules_the_gravest_tier_counts() -> None:
    verdict = decide(reading(-5.0), Rules(("crisis_suicide", "S"), ("crisis_medical", "E"), ("crisis_violence", "V")))
    assert (verdict.tier, verdict.label) == ("E", "crisis_medical")


def test_someone_elses_crisis_keeps_the_graver_tier_and_speaks_to_the_writer() -> None:
    verdict = decide(reading(-5.0), Rules(("crisis_third_party", "S"), ("crisis_medical", "E")))
    assert (verdict.tier, verdict.label) == ("E", "crisis_third_party")


def test_a_red_flag_of_the_rules_is_a_check_and_does_not_quieten_the_classifier() -> None:
    flags = Rules(("feel_low", "R"))
    assert (decide(reading(-5.0), flags).tier, decide(reading(-5.0), flags).by) == ("R", "rules")
    assert decide(reading(2.0), flags).tier == "S"


def test_someone_elses_crisis_by_the_classifier_gets_the_tier_of_the_person_described() -> None:
    found = reading(2.0, likeliest="crisis_third_party")
    assert kind(found, 0) == "crisis_third_party"
    assert (decide(found).tier, decide(found).label) == ("S", "crisis_third_party")
    found.kinds[0] = [0.2, 0.9, 0.3]
    assert (decide(found).tier, decide(found).label) == ("V", "crisis_third_party")


def test_the_score_adds_the_three_estimates() -> None:
    rows = np.array([[0.5, 0.2, 0.1, 0.2]], dtype=np.float32)
    worded = np.array([[0.1, 0.1, 0.1, 0.7]], dtype=np.float32)
    found = Reading(LABELS, rows, worded, np.array([0.25], dtype=np.float32), np.zeros((1, 3)), np.zeros(1))
    expected = KERNEL_SHARE * 0.25 + MASS_SHARE * np.log(0.8 / 0.2) + WORDING_SHARE * np.log(0.3 / 0.7)
    assert danger(found)[0] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("flags", "asks"),
    [
        ([-0.24, -1.0, -1.0], WHOLE),
        ([-0.26, -1.0, -1.0], None),
        ([-1.0, 0.26, -1.0], "sentence 1"),  # a sentence has to be plainer
        ([-1.0, 0.24, -1.0], None),
        ([-1.0, -1.0, 1.0], None),  # a clause says nothing of weeks
    ],
)
def test_what_a_clinician_would_ask_about_is_asked_though_it_sounds_like_no_danger(
    flags: list[float], asks: str | None
) -> None:
    found = reading(-5.0, -5.0, -9.0, clauses=1)
    found.red_flag[:] = flags
    verdict = decide(found)
    assert verdict.evidence == asks
    assert verdict.tier == ("R" if asks else None)
    assert verdict.label == ("feel_low" if asks else None)  # what is answered, and no crisis
    assert verdict.by == ("classifier" if asks else None)
    assert verdict.score == pytest.approx(-5.0, abs=2e-3)


@pytest.mark.parametrize(("words", "tier", "decided"), [(8, "E", "E"), (9, "E", "R"), (8, "S", "R")])
def test_a_rule_of_the_body_is_taken_at_its_word_in_a_short_message(words: int, tier: str, decided: str) -> None:
    texts = [" ".join(["word"] * words)]
    assert screen(texts, reading(-7.0), Rules(("crisis_medical", tier)), LIMITS).tier == decided


def test_a_red_flag_takes_nothing_from_an_alarm_or_a_rule() -> None:
    found = reading(2.0)
    found.red_flag[:] = 1.0
    assert decide(found).tier == "S"
    quiet = reading(-5.0)
    quiet.red_flag[:] = 1.0
    assert decide(quiet, Rules(("feel_numb", "R"))).by == "rules"


def test_screening_does_not_change_the_reading() -> None:
    found = reading(0.5, 0.5)
    before, flags = found.danger.copy(), found.red_flag.copy()
    decide(found)
    np.testing.assert_array_equal(found.danger, before)
    np.testing.assert_array_equal(found.red_flag, flags)


def test_a_verdict_is_stored_with_every_field_and_read_back_the_same() -> None:
    verdict = decide(reading(2.0))
    assert verdict.as_dict() == {
        "tier": "S", "label": "crisis_suicide", "by": "classifier", "evidence": WHOLE, "score": verdict.score
    }  # fmt: skip
    assert Verdict(**verdict.as_dict()) == verdict


def test_every_crisis_label_has_the_tier_of_the_taxonomy() -> None:
    wanted = {label.name: label.tier for label in labels().values() if label.tier and label.tier != "any"}
    assert wanted == TIER_OF
    found = reading(0.0)
    assert [tier_of(name, found, 0) for name in wanted] == list(wanted.values())


@pytest.mark.parametrize("intent", ["affirm", "unsure"])
def test_yes_and_not_sure_to_the_direct_question_are_an_alarm(intent: str) -> None:
    verdict = in_context(Verdict(), intent, "safety", None)
    assert (verdict.tier, verdict.label, verdict.by, verdict.alarm) == ("S", "crisis_suicide", "context", True)


def test_yes_overrules_a_mere_check_that_was_made_before() -> None:
    assert in_context(Verdict("R", "feel_low", "rules"), "affirm", "safety", 0).tier == "S"


@pytest.mark.parametrize(
    ("intent", "asked"), [("deny", "safety"), ("affirm", None), ("affirm", "offer"), ("unsure", "intrusive")]
)
def test_other_answers_and_other_questions_are_none(intent: str, asked: str | None) -> None:
    assert in_context(Verdict(), intent, asked, None) == Verdict()


def test_an_alarm_is_never_taken_back() -> None:
    alarm = Verdict("E", "crisis_medical", "rules", "blue", 0.1)
    for intent in ("affirm", "deny", "feel_low"):
        assert in_context(alarm, intent, "safety", 0) is alarm


@pytest.mark.parametrize(("turns", "tier"), [(None, "R"), (0, None), (QUIET_TURNS - 1, None), (QUIET_TURNS, "R")])
def test_a_check_is_not_made_again_at_once(turns: int | None, tier: str | None) -> None:
    verdict = in_context(Verdict("R", "feel_low", "classifier", "words", 0.3), "feel_low", None, turns)
    assert verdict.tier == tier
    assert verdict.score == 0.3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes", "affirm"),
        ("Yes. but not tonight", "affirm"),
        ("yeah i do sometimes when she cries and nobody comes and i lie awake", "affirm"),
        ("no", "deny"),
        ("nope, not that", "deny"),
        ("not sure", "unsure"),
        ("idk", "unsure"),
        ("no one would miss me", None),
        ("no point any more", None),
        ("yeah nah", None),
        ("it is complicated", None),
        ("", None),
    ],
)
def test_the_first_word_answers_the_direct_question(text: str, expected: str | None) -> None:
    assert short_answer(text, "safety") == expected


def test_where_nothing_was_asked_a_first_word_is_no_answer() -> None:
    assert short_answer("yes", None) is None


def test_a_long_message_answers_only_a_question_about_safety_by_its_first_word() -> None:
    text = "yes my mother says that too and then she leaves"
    assert short_answer(text, "offer") is None
    assert {short_answer(text, asked) for asked in SAFETY_QUESTIONS} == {"affirm"}


def test_the_classifiers_alarm_has_the_tier_of_its_label() -> None:
    assert decide(reading(2.0, likeliest="crisis_violence")).tier == "V"
