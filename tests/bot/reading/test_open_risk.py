"""What a message is while a risk is open: by its words, by what it is heard as, and against an alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.reading import open_risk
from bot.reading.amid_risk import means_the_baby, safely_put_down, wants_an_exercise, when_it_is_to_be
from bot.reading.open_risk import follow_up, needs_no_number
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
    assert name(after("S"), "my sister lives with us", Heard("someone_here", UNSURE)) == "someone_here"
    assert name(after("S"), "my sister lives with us", Heard("other", SURE)) is None


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
    called |= {open_risk.ONLY_OK, open_risk.WILL_TELL, open_risk.SYMPTOM_BESIDE, open_risk.TOLD_OF_THE_BODY}
    called |= open_risk.NEVER_OUTDONE | open_risk.ONLY_BY_WORDS | open_risk.MORE_THAN_AN_ANSWER
    called |= {open_risk.SOMEONE_HERE, open_risk.TURNED_AWAY, open_risk.BABY_SEEMS_FINE}
    assert called | open_risk.CALLING <= names
    for prefix in (*open_risk.SOFT, *open_risk.NO_REASON, *open_risk.ABOUT_THE_LINE):
        assert any(name.startswith(prefix) for name in names), prefix


OF_THE_BABY = Verdict("I", "crisis_harm_baby", "classifier", "x", 0.5)
OWN_ALARM = Verdict("I", "crisis_suicide_imminent", "classifier", "x", -0.1)


@pytest.mark.parametrize(
    "text",
    [
        "ok ive put him down and shut the door",
        "he's coming. i didnt touch him",
        "she's in her crib and I'm out on the step",
        "I laid her in the cot, I'm in the kitchen",
        "I never hurt him, I closed the door",
    ],
)
def test_a_baby_put_down_is_what_was_asked_for(after, text: str) -> None:
    assert name(after("I", "crisis_harm_baby"), text, None, OF_THE_BABY) == "put_down"
    sure = Verdict("I", "crisis_harm_baby", "both", "x", 0.5)
    assert name(after("I", "crisis_harm_baby"), text, None, sure) is None
    assert name(after("I"), text, None, OF_THE_BABY) is None  # said after another crisis it is an alarm


@pytest.mark.parametrize(
    "text",
    [
        "I put him down hard and shut the door",
        "I put her in the cot, I still want to shake her",
        "he's in the cot, I'm going back in if he doesn't stop",
        "I shut the door and now he's gone quiet",
        "I haven't touched him yet, he's in his cot and I'm in the kitchen",
        "put her down in the bath water and shut the door",
        "I threw him in the cot and closed the door",
        "I didn't mean to hurt him, he's in his cot now and I'm in the hall",
    ],
)
def test_harm_that_was_done_or_a_wish_that_goes_on_stays_an_alarm(after, text: str) -> None:
    assert not safely_put_down(text)
    assert name(after("I", "crisis_harm_baby"), text, Heard("put_down", SURE), OF_THE_BABY) is None


def test_what_is_only_heard_as_put_down_explains_no_alarm(after) -> None:
    text, heard = "the little one rests and I sit on the stairs", Heard("put_down", SURE)
    assert name(after("I", "crisis_harm_baby"), text, heard) == "put_down"
    assert name(after("I", "crisis_harm_baby"), text, heard, OF_THE_BABY) is None


@pytest.mark.parametrize(
    "text",
    [
        "I've rung my son and he's going home",
        "I called her sister and she is on her way over",
        "I'm on my way to her now",
    ],
)
def test_somebody_on_the_way_to_who_is_in_danger_is_help(after, text: str) -> None:
    assert name(after("I", "crisis_third_party"), text, None, OWN_ALARM) == "on_the_way_for_another"
    assert name(after("I", "crisis_third_party"), text, None, OF_THE_BODY) is None
    assert name(after("I", "crisis_suicide_imminent"), text, None, OWN_ALARM) is None


@pytest.mark.parametrize(
    "text",
    [
        "I've rung my son and he's going home, so I can go without anyone finding me",
        "I'm on my way to her now and she won't answer",
        "I called him and he is going to jump",
        "I rang my husband, he's on his way home and there's a note",
    ],
)
def test_danger_beside_somebody_on_the_way_stays_an_alarm(after, text: str) -> None:
    assert name(after("I", "crisis_third_party"), text, None, OWN_ALARM) is None


@pytest.mark.parametrize("asked", [None, "safety", "someone_near", "offer"])
@pytest.mark.parametrize("text", ["tonight", "no. tonight", "Tonight I think", "when they're asleep", "before morning"])
def test_a_time_and_no_more_is_when_it_is_to_be(after, text: str, asked: str | None) -> None:
    assert when_it_is_to_be(after("I", asked=asked), text)
    assert when_it_is_to_be(after("S", asked=asked), text)
    assert not when_it_is_to_be(after("V", "crisis_violence", asked=asked), text)
    assert not when_it_is_to_be(after(None, asked=asked), text)


@pytest.mark.parametrize("text", ["soon", "no. soon", "in a few minutes", "later today"])
def test_a_vague_time_counts_unless_it_answers_who_is_near(after, text: str) -> None:
    assert when_it_is_to_be(after("S"), text)
    assert when_it_is_to_be(after("S", asked="safety"), text)
    assert not when_it_is_to_be(after("S", asked="someone_near"), text)


@pytest.mark.parametrize(
    "text",
    [
        "not tonight",
        "my mum comes tonight",
        "tonight we have soup",
        "he sleeps soon",
        "is it tonight?  who comes",
        "good night",
    ],
)
def test_more_than_a_time_is_read_as_what_it_says(after, text: str) -> None:
    assert not when_it_is_to_be(after("I"), text)


def test_a_time_for_a_booking_or_of_a_body_is_that(after) -> None:
    for asked in ("booking", "body", "rating_after", "safe_to_chat"):
        assert not when_it_is_to_be(after("S", asked=asked), "tonight")


@pytest.mark.parametrize(
    "text",
    [
        "can i not talk about this and do the five senses thing",
        "I'd rather do a breathing exercise please",
        "can we do 5 4 3 2 1",
        "don't want to talk, give me an exercise",
    ],
)
def test_an_exercise_asked_for_amid_a_risk_is_what_is_wanted(after, text: str) -> None:
    for risk in "SIV":
        assert wants_an_exercise(after(risk), text)
        assert name(after(risk), text, Heard("cannot_speak", SURE)) is None
    assert not wants_an_exercise(after("E", "crisis_medical"), text)
    assert not wants_an_exercise(after("P", "crisis_psychosis"), text)


@pytest.mark.parametrize(
    "text",
    ["the breathing thing doesn't help", "I don't want an exercise", "I can't do the five senses", "he does exercises"],
)
def test_an_exercise_that_is_refused_is_none_that_is_wanted(after, text: str) -> None:
    assert not wants_an_exercise(after("S"), text)


@pytest.mark.parametrize(
    "text", ["feeling a bit lightheaded yeah", "dizzy", "still bleeding", "breathing yes. floppy", "sleepy now"]
)
def test_a_sign_of_the_body_goes_before_what_it_is_heard_as(after, text: str) -> None:
    assert name(after("E", "crisis_medical"), text, Heard("says_fine", SURE)) == "symptom_medical"


def test_a_sign_of_the_body_explains_no_alarm(after) -> None:
    assert name(after("E", "crisis_medical"), "I'm going cold", None, WEAK_ALARM) is None


def test_a_feeling_told_amid_an_emergency_is_for_the_phone(after) -> None:
    amid = after("E", "crisis_medical", tier="E")
    told = follow_up(amid, "so washed out today", "feel_exhausted", Verdict(), Heard("other", SURE))
    assert told is not None
    assert told.name == "tells_fact_medical"
    assert follow_up(amid, "how do I cope with that?", "feel_exhausted", Verdict(), None) is None
    later = after("E", "crisis_medical", tier=None)
    assert follow_up(later, "so washed out today", "feel_exhausted", Verdict(), None) is None


def test_a_program_is_asked_to_stay_and_nobody_else(after) -> None:
    unsure = Heard("frightened", UNSURE)
    assert name(after("S"), "can you stay on while she eats", unsure) == "stay"
    assert name(after("E", "crisis_medical"), "can u stay til they come", unsure) == "stay_medical"
    assert name(after("V", "crisis_violence"), "please don't go", unsure) == "stay_at_home"
    assert name(after("S"), "my mum can stay with me", unsure) == "someone_here"
    assert name(after("S"), "please don't go. I can't do this", unsure, WEAK_ALARM) is None


def test_ok_and_no_more_goes_on_with_the_line(after) -> None:
    assert name(after("I"), "ok", None) == "only_ok"
    assert name(after("I", asked="someone_near"), "ok", None) is None
    assert name(after("S"), "ok", None) is None
    assert name(after("I"), "ok thank you, the pills are here", None) is None


def test_a_farewell_is_no_telling_of_somebody(after) -> None:
    assert name(after("S"), "I'll write to my sister tonight", None) == "will_tell"
    assert name(after("S"), "I'll write my sister a letter tonight", Heard("will_tell", SURE)) is None
    assert name(after("S"), "I'm telling my mum goodbye", Heard("will_tell", SURE)) is None


def test_who_is_out_is_not_who_is_home(after) -> None:
    at_home = after("V", "crisis_violence", violence=True)
    assert name(at_home, "hes out", Heard("watched", FAIRLY_SURE)) == "away_now"
    assert name(at_home, "hes in the shower so ive got about 5 mins", Heard("watched", UNSURE)) == "little_time_at_home"
    assert name(at_home, "my husband is reading this", Heard("someone_here", SURE)) == "watched"
    assert name(at_home, "he is out of control", None) is None


def test_a_number_that_is_not_wanted_is_not_given_again(after) -> None:
    assert name(after("S"), "dont want a number", Heard("asks_number", FAIRLY_SURE)) == "no_number"
    assert name(after("S"), "I don't want a number, I want it to stop", None, WEAK_ALARM) is None


def test_not_interfering_is_the_danger_of_another_going_on(after) -> None:
    text = "i dont want to interfere, she'd never forgive me"
    assert name(after("S", "crisis_third_party"), text, Heard("takes_it_back", SURE)) == "still"
    assert name(after("S"), text, None) is None


def test_whether_to_go_there_is_asked_and_not_told(after) -> None:
    of_another = after("S", "crisis_third_party")
    assert name(of_another, "should I drive over now or leave it", Heard("asks_how_to_help", UNSURE)) == "how_to_help"


def test_a_known_word_stays_one_where_it_is_heard_as_the_same(after) -> None:
    assert name(after("I"), "they picked up", Heard("calling", SURE)) == "calling"


def test_who_has_nobody_to_tell_tells_nobody(after) -> None:
    assert name(after("S"), "i have nobody to tell", Heard("will_tell", FAIRLY_SURE)) == "alone_now"


def test_a_sign_that_alone_would_be_asked_about_is_one_in_an_emergency(after) -> None:
    asked_about = Verdict("R", "crisis_medical", "classifier", "x", -2.6)
    assert name(after("E", "crisis_medical"), "my fingers feel odd", None, asked_about) == "symptom_medical"
    assert name(after("E", "crisis_medical"), "my fingers feel odd?", None, asked_about) is None
    assert name(after("S"), "my fingers feel odd", None, asked_about) is None


def test_who_wants_no_number_is_given_none_again(after) -> None:
    text = "I do not need an emergency number, I need another monitor"
    assert name(after("P", "crisis_psychosis"), text, Heard("asks_number", SURE)) is None
    assert name(after("P", "crisis_psychosis"), "what number do I need", Heard("asks_number", SURE)) is not None


def test_a_date_that_is_set_is_when_it_is_to_be(after) -> None:
    assert when_it_is_to_be(after("S", asked="safety"), "It's got a time attached to it, after the christening")
    assert when_it_is_to_be(after("S"), "I've picked a day for it")
    assert not when_it_is_to_be(after("S", asked="booking"), "I've picked a day for it")
    assert not when_it_is_to_be(after("S"), "there's a time for everything")


def test_a_date_that_is_set_counts_right_after_the_gentle_question_too(after) -> None:
    text = "It's got a time attached to it, if that's what you're asking"
    assert when_it_is_to_be(after(None, turns_since_check=1), text)
    assert not when_it_is_to_be(after(None, turns_since_check=9), text)
    assert not when_it_is_to_be(after(None), text)


def test_doing_it_again_is_said_of_the_baby_who_was_hurt(after) -> None:
    assert means_the_baby(after("I", "crisis_harm_baby"), "and I want to do it again. that's the truth")
    assert not means_the_baby(after("S", "crisis_suicide"), "and I want to do it again. that's the truth")
    assert not means_the_baby(after("I", "crisis_harm_baby"), "I want to die")


def test_no_words_are_heard_as_nothing(after) -> None:
    assert name(after("S"), "...", Heard("takes_it_back", SURE)) is None


@pytest.mark.parametrize("text", ["he is ELEVEN MONTHS OLD", "I meant my son, he's 2 months old", "he's a baby"])
def test_who_hit_may_be_the_child(after, text: str) -> None:
    assert name(after("V", "crisis_violence"), text, None) == "was_the_child"


@pytest.mark.parametrize(
    "text",
    [
        "she's only a baby. He shouts at her",
        "he's a baby and my husband throws things",
        "she is a baby, I can't protect her",
    ],
)
def test_a_child_beside_somebody_else_is_no_explanation(after, text: str) -> None:
    assert name(after("V", "crisis_violence"), text, None) != "was_the_child"


def test_the_child_and_the_past_explain_no_alarm(after) -> None:
    weak = Verdict("V", "crisis_violence", "classifier", "x", 0.3)
    assert name(after("V", "crisis_violence"), "he's a baby", None, weak) is None
    assert name(after("E", "crisis_medical"), "not now, that was years ago", None, OF_THE_BODY) is None


def test_what_has_begun_anew_is_not_past(after) -> None:
    assert name(after("E", "crisis_medical"), "no no not NOW, last year. at the birth", None) == "was_past_medical"
    assert name(after("E", "crisis_medical"), "that was years ago and it's the same again", None) != "was_past_medical"
    assert name(after("E", "crisis_medical"), "that was months ago but he is hot", None) != "was_past_medical"


@pytest.mark.parametrize(
    "text",
    ["he throttled me. she's 3 weeks old", "no, I mean my daughter saw it", "he's 12 weeks old please help",
     "No, just me, she's only 8 weeks"],
)  # fmt: skip
def test_an_age_beside_what_was_done_is_no_explanation(after, text: str) -> None:
    assert name(after("V", "crisis_violence"), text, None) != "was_the_child"


@pytest.mark.parametrize("text", ["blue in her cot", "he's lying face down in his cot", "she's silent in her cot"])
def test_a_baby_in_a_bad_state_is_not_put_down(after, text: str) -> None:
    assert name(after("I", "crisis_harm_baby"), text, None) != "put_down"


@pytest.mark.parametrize("text", ["a couple hours from now I'll do it", "the bridge is 2 miles away"])
def test_a_distance_explains_no_alarm(after, text: str) -> None:
    assert name(after("S"), text, None, WEAK_ALARM) is None


def test_doing_it_again_may_be_of_ones_own_life(after) -> None:
    assert not means_the_baby(after("I", "crisis_harm_baby"), "I cut myself and I want to do it again")
    assert not means_the_baby(after("I", "crisis_harm_baby"), "I might do it again. I took them all last time")


def test_who_refuses_one_number_may_ask_for_another() -> None:
    assert needs_no_number("I need tips, not a hotline")
    assert not needs_no_number("I don't want an ambulance, is there a text line")
    assert not needs_no_number("not the hotline, the number of the midwife")


@pytest.mark.parametrize("text", ["there's a date set for my c section", "I've got a date set for the christening"])
def test_a_date_for_something_else_is_no_time_of_that_kind(after, text: str) -> None:
    assert not when_it_is_to_be(after("S", turns_since_check=1), text)
