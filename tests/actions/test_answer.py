"""An answer: acknowledge, quote with source, offer what fits."""

from __future__ import annotations

import pytest
from helpers import Said, passage, run, tracker

from actions.answer import ALL_SHOWN, NEARLY_AS_GOOD, ActionAnswer, is_unclear
from actions.wording import acknowledge, short_name

EXERCISE = "A short exercise"
PASSAGES = [passage(1), passage(2), passage(3)]


def answer(intent: str, text: str | None = "i feel it every day", **state) -> Said:
    return run(ActionAnswer(), tracker(intent, text, **{"passages": PASSAGES, **state}))


def test_the_best_passage_is_quoted_with_its_source() -> None:
    said = answer("feel_disconnected")
    assert said.text.endswith("The words of passage 1.\n\nFrom “A title”: A heading")
    assert said.cards == [
        {
            "type": "passage",
            "article": "article",
            "id": "article#heading.1",
            "title": "A title",
            "heading": "A heading",
            "quote": "The words of passage 1.",
            "url": "/articles/article#heading",
            "reviewed": False,
            "digest": "d1",
        }
    ]
    assert said.asks == "offer"


def test_the_acknowledgement_comes_first_and_fits() -> None:
    assert answer("feel_angry").messages[0]["text"] == acknowledge("feel_angry", 0)


def test_no_passage_is_quoted_twice() -> None:
    shown: list[str] = []
    for number in (1, 2, 3):
        said = answer("feel_low", shown=shown)
        assert f"passage {number}." in said.text
        assert said.slots["shown"] == [*shown, f"article#heading.{number}"]
        shown = said.slots["shown"]
    said = answer("feel_low", shown=shown)
    assert said.text in ALL_SHOWN
    assert said.choices == {"Free consultation": "/request_booking"}
    assert said.cards == []


def test_the_end_of_the_passages_is_told_in_other_words_the_next_time() -> None:
    seen = [row["id"] for row in PASSAGES]
    first = answer("feel_low", shown=seen).text
    second = answer("feel_low", shown=seen, said=[first]).text
    assert first != second
    assert {first, second} <= set(ALL_SHOWN)


def test_with_open_risk_the_end_of_the_passages_leads_to_a_person() -> None:
    said = answer("feel_low", shown=[row["id"] for row in PASSAGES], risk="S")
    assert said.choices == {"Talk to a person": "/request_human"}


def test_tell_me_more_stays_with_the_article_among_the_best() -> None:
    other = passage(2, id="other#h.2", article="other")
    rows = [passage(1), other, passage(3)]
    assert "passage 3." in answer("feel_low", choice="more", passages=rows, shown=["article#heading.1"]).text
    assert "passage 2." in answer("feel_low", passages=rows, shown=["article#heading.1"]).text


def test_no_acknowledgement_comes_twice_in_a_row() -> None:
    first, second = answer("feel_low"), answer("feel_low", shown=["article#heading.1"])
    assert first.messages[0]["text"] != second.messages[0]["text"]


def test_where_nothing_is_good_enough_nothing_is_quoted() -> None:
    said = answer("ask_medical", answered=False, missed=1)
    assert said.responses == ["utter_no_article"]
    assert "passage" not in said.text
    assert said.slots == {"topic": "ask_medical", "missed": 0}


def test_a_pressed_topic_is_answered_although_its_own_words_score_low() -> None:
    assert "passage 1." in answer("feel_alone", text=None, answered=False).text


def test_the_topic_is_kept_and_what_was_missed_forgotten() -> None:
    said = answer("about_work", missed=1)
    assert said.slots["topic"] == "about_work"
    assert said.slots["missed"] == 0


@pytest.mark.parametrize(
    ("label", "share", "named"),
    [
        ("about_birth", 0.41, "a hard birth"),
        ("about_birth", 0.24, None),
        ("feel_alone", 0.61, short_name("feel_alone")),
        ("feel_alone", 0.59, None),
    ],
)
def test_a_second_topic_that_is_likely_too_is_acknowledged(label: str, share: float, named: str | None) -> None:
    said = answer("feel_low", confidence=0.4, ranking=[("feel_low", 0.4), (label, 0.4 * share)])
    expected = f" I hear the other thing too: {named[0].lower()}{named[1:]}." if named else ""
    assert said.messages[0]["text"] == acknowledge("feel_low", 0) + expected


def test_a_second_topic_is_not_read_into_a_question() -> None:
    said = answer("ask_why", confidence=0.4, ranking=[("ask_why", 0.4), ("feel_low", 0.39)])
    assert said.messages[0]["text"] == acknowledge("ask_why", 0)


def test_a_move_or_a_crisis_label_is_not_named_as_a_second_topic() -> None:
    ranking = [("feel_low", 0.4), ("feel_worse", 0.39), ("crisis_suicide", 0.38)]
    assert answer("feel_low", confidence=0.4, ranking=ranking).messages[0]["text"] == acknowledge("feel_low", 0)


@pytest.mark.parametrize("intent", ["feel_anxious", "feel_disconnected", "ask_how_to_bond", "ask_why"])
def test_an_exercise_is_offered_where_it_fits(intent: str) -> None:
    assert answer(intent).choices[EXERCISE] == "/request_exercise"


@pytest.mark.parametrize("intent", ["about_nicu", "about_birth", "feel_intrusive_thoughts", "feel_angry", "about_loss"])
def test_no_exercise_is_offered_unasked_where_safety_rules_it_out(intent: str) -> None:
    assert EXERCISE not in answer(intent).choices


@pytest.mark.parametrize("tier", ["E", "P", "I", "S", "V"])
def test_after_a_crisis_a_person_is_offered_and_no_exercise(tier: str) -> None:
    choices = answer("feel_anxious", risk=tier).choices
    assert EXERCISE not in choices
    assert choices["Talk to a person"] == "/request_human"
    assert "/request_booking" not in choices.values()


def test_after_a_loss_no_exercise_is_offered() -> None:
    assert EXERCISE not in answer("feel_anxious", loss=True).choices


def test_without_risk_the_consultation_is_offered() -> None:
    choices = answer("feel_anxious").choices
    assert choices["Free consultation"] == "/request_booking"
    assert choices["Tell me more"] == '/feel_anxious{"choice": "more"}'


def test_thoughts_that_leave_open_whether_they_are_wanted_bring_one_question() -> None:
    assert answer("feel_intrusive_thoughts", "i see myself dropping her").responses == ["utter_ask_intrusive"]


@pytest.mark.parametrize(
    "text", ["horrifying pictures of dropping her", "I don't want these thoughts", "i would never", None]
)
def test_thoughts_that_are_plainly_unwanted_bring_no_question(text: str | None) -> None:
    assert answer("feel_intrusive_thoughts", text).responses == []


def test_a_pressed_choice_is_never_unclear() -> None:
    assert not is_unclear("/feel_intrusive_thoughts")
    assert is_unclear("i see it happen")


@pytest.mark.parametrize(
    "text", ["i keep thinking about dropping her or whatever", "homesick, and i see him fall", "nevertheless i see it"]
)
def test_a_word_that_only_holds_a_clear_one_leaves_it_open(text: str) -> None:
    assert is_unclear(text)


def test_a_label_without_wording_of_its_own_gets_a_plain_one() -> None:
    assert acknowledge("request_human", 0) != ""
    assert short_name("crisis_suicide") is None
    assert short_name("about_loss") == "Losing a baby"


def after_the_price(intent: str, lead: float, text: str | None = "no i mean per session") -> Said:
    """The answer where the best passage was quoted already, and the next one's score is `lead` below its own."""
    best, other = {**passage(1), "score": 5.0}, {**passage(2), "score": 5.0 - lead}
    return answer(intent, text, passages=[best, other], shown=[best["id"]])


def test_what_the_practice_takes_is_not_answered_with_how_long_the_wait_is() -> None:
    said = after_the_price("ask_consultation", NEARLY_AS_GOOD + 0.1)
    assert "“A heading”" in said.text
    assert said.cards == []
    assert said.choices == {"Free consultation": "/request_booking"}
    assert said.asks == "offer"


@pytest.mark.parametrize(
    ("intent", "lead", "text"),
    [
        ("ask_consultation", NEARLY_AS_GOOD - 0.1, "no i mean per session"),
        ("feel_low", NEARLY_AS_GOOD + 1, "still the same"),
        ("ask_consultation", NEARLY_AS_GOOD + 1, None),
    ],
    ids=["nearly as good", "a feeling", "more was pressed"],
)
def test_elsewhere_the_next_passage_is_quoted(intent: str, lead: float, text: str | None) -> None:
    assert "The words of passage 2." in after_the_price(intent, lead, text).text
