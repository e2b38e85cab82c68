"""What a message is while a risk is open: by its words, by what it is heard as, and against an alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.reading import open_risk
from bot.reading.open_risk import follow_up
from bot.safety.follow_ups import load_follow_ups
from bot.safety.verdict import Verdict
from bot.understanding.after_risk import Heard

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker

SURE, FAIRLY_SURE, UNSURE = 0.9, 0.55, 0.3
WEAK_ALARM = Verdict("S", "crisis_suicide", "classifier", "x", 0.5)
STRONG_ALARM = Verdict("S", "crisis_suicide", "classifier", "x", 2.5)
OF_THE_BODY = Verdict("E", "crisis_medical", "classifier", "x", 0.5)


def name(tracker: DialogueStateTracker, text: str, heard: Heard | None, verdict: Verdict = Verdict()) -> str | None:  # noqa: B008 - frozen
    found = follow_up(tracker, text, "small_talk", verdict, heard)
    return found.name if found else None


def test_nothing_is_heard_where_no_risk_is_open(after) -> None:
    assert name(after(None), "my sister is here", Heard("someone_here", SURE)) is None


def test_what_no_rule_knows_is_heard_as_its_kind(after) -> None:
    assert name(after("S"), "my sister is staying with us", Heard("someone_here", UNSURE)) == "someone_here"
    assert name(after("S"), "my sister is staying with us", Heard("other", SURE)) is None


def test_words_go_before_a_kind_that_is_not_surer(after) -> None:
    text = "ignore what I said"
    assert name(after("S"), text, Heard("asks_number", FAIRLY_SURE)) == "takes_it_back"
    assert name(after("S"), text, Heard("asks_number", SURE)) == "number_again"


def test_a_kind_explains_a_weak_alarm_only_where_it_is_fairly_sure(after) -> None:
    text = "it only takes the edge off"
    assert name(after("S"), text, Heard("not_dying", FAIRLY_SURE), WEAK_ALARM) == "not_dying"
    assert name(after("S"), text, Heard("not_dying", UNSURE), WEAK_ALARM) is None
    assert name(after("S"), text, Heard("not_dying", SURE), STRONG_ALARM) is None
    assert name(after("S"), text, Heard("not_dying", SURE), OF_THE_BODY) is None


def test_no_acting_on_a_wish_not_to_wake_up_is_answered_as_one_however_strong_its_alarm(after) -> None:
    asked = after("S", asked="safety")
    assert (
        name(
            asked,
            "no, I would not do anything, only to sleep for good",
            Heard("only_passive", FAIRLY_SURE),
            STRONG_ALARM,
        )
        == "only_passive"
    )
    assert (
        name(asked, "no, I would not do anything, only to sleep for good", Heard("only_passive", UNSURE), STRONG_ALARM)
        is None
    )
    assert name(asked, "yes I never want to wake up", Heard("only_passive", SURE), STRONG_ALARM) is None
    assert name(asked, "i want to sleep for good", Heard("only_passive", SURE), STRONG_ALARM) is None
    assert (
        name(
            after("S"), "no, I would not do anything, only to sleep for good", Heard("only_passive", SURE), STRONG_ALARM
        )
        is None
    )
    of_another = after("S", "crisis_third_party", asked="safety")
    assert (
        name(
            of_another, "no, I would not do anything, only to sleep for good", Heard("only_passive", SURE), STRONG_ALARM
        )
        is None
    )


def test_what_is_likelier_none_of_the_kinds_explains_nothing(after) -> None:
    text, doubtful = "it only takes the edge off", Heard("not_dying", SURE, likelier=False)
    assert name(after("S"), text, doubtful) == "not_dying"
    assert name(after("S"), text, doubtful, WEAK_ALARM) is None


@pytest.mark.parametrize("kind", ["tells_fact", "good_news", "frightened", "someone_here"])
def test_what_is_said_in_danger_too_explains_no_alarm(after, kind: str) -> None:
    assert name(after("S"), "the lamp is yellow", Heard(kind, SURE)) is not None
    assert name(after("S"), "the lamp is yellow", Heard(kind, SURE), WEAK_ALARM) is None


def test_the_writers_own_danger_is_no_refusal_of_somebody_else(after) -> None:
    text, heard = "if I phone anyone he will hurt me", Heard("refuses", SURE)
    of_another = after("S", "crisis_third_party")
    assert name(of_another, text, heard, Verdict("V", "crisis_violence", "both", "x", 7.9)) is None
    assert name(of_another, text, heard, Verdict("S", "crisis_third_party", "both", "x", 7.9)) == "still"
    assert name(of_another, text, Heard("refuses", UNSURE)) is None
    assert name(after("S"), text, heard) is None


def test_a_doubt_about_somebody_else_is_not_answered_as_the_writers_own(after) -> None:
    assert name(after("P", "crisis_psychosis"), "is it that serious", Heard("doubts", SURE)) == "not_ill"
    assert name(after("P", "crisis_third_party"), "is it that serious", Heard("doubts", SURE)) == "still"
    assert name(after("S"), "is it that serious", Heard("doubts", SURE)) == "doubts"


def test_who_frightens_the_writer_is_not_called_in(after) -> None:
    text, heard = "my husband is asleep in the next room", Heard("someone_here", SURE)
    assert name(after("S"), text, heard) == "someone_here"
    assert name(after("S", violence=True), text, heard) == "someone_here"  # with a reply of its own
    assert name(after("E", "crisis_medical", violence=True), text, heard) is None


def test_getting_into_the_car_calls_nobody(after) -> None:
    heard = Heard("calling", SURE)
    assert name(after("I"), "I'm getting the car keys and going", heard) is None
    assert name(after("I"), "I'm getting the car, we drive to the hospital", heard) == "calling"


def test_a_relative_who_takes_over_is_told_how_to_help(after) -> None:
    heard = Heard("asks_how_to_help", SURE)
    own = after("P", "crisis_psychosis")
    assert name(own, "This is Mark, her husband, what should I do", heard) == "how_to_help_psychosis"
    assert name(own, "what should I do", heard) is None
    assert name(after("S"), "I'm his mum, what do I do", heard) is None


def test_an_old_result_is_no_help(after) -> None:
    of_body = after("E", "crisis_medical")
    assert name(of_body, "we're home, heartbeat was fine", None) == "helped"
    assert name(of_body, "the scan was clear last week", None) is None
    assert name(of_body, "the paramedics are here since five minutes ago", None) == "helped"


def test_help_that_has_come_explains_an_alarm_that_is_no_graver_than_what_is_open(after) -> None:
    text, heard = "i woke him and he has taken the bag", Heard("helped", SURE)
    of_the_bag = Verdict("I", "crisis_harm_baby", "classifier", "x", 0.5)
    assert name(after("I", "crisis_suicide_imminent"), text, heard, of_the_bag) == "helped"
    assert name(after("S"), text, heard, of_the_bag) is None
    assert name(after("I"), text, Heard("helped", FAIRLY_SURE), of_the_bag) is None


def test_who_checks_the_phone_is_no_reason_to_pass_over_violence(after) -> None:
    open_risk = after("V", "crisis_violence", violence=True)
    of_the_card = Verdict("V", "crisis_violence", "both", "x", 3.0)
    assert name(open_risk, "he keeps my bank card", Heard("watched", FAIRLY_SURE), of_the_card) is None
    assert name(open_risk, "he's home", None, of_the_card) == "watched"


def test_an_exercise_that_runs_is_not_interrupted_by_a_bare_fact(after) -> None:
    running = after("S", exercise={"id": "a", "step": 0, "at": 0.0})
    assert name(running, "the lamp is yellow", Heard("tells_fact", SURE)) is None


def test_a_doctors_relief_stays_relief(after) -> None:
    seen = after("E", "crisis_medical", follow_up="helped")
    assert name(seen, "he is feeding well again", Heard("good_news", SURE)) == "helped"


def test_every_follow_up_that_the_code_names_is_there() -> None:
    """A rename in data/follow_ups alone would switch a rule of safety off without a word."""
    names = {one.name for one in load_follow_ups()}
    called = {open_risk.WATCHED, open_risk.FINE, open_risk.ONLY_PASSIVE, open_risk.DOUBTS, open_risk.HELPED}
    assert called | open_risk.CALLING | open_risk.SPOKEN_OF <= names
    for prefix in (*open_risk.SOFT, *open_risk.NO_REASON, *open_risk.ABOUT_THE_LINE):
        assert any(name.startswith(prefix) for name in names), prefix
