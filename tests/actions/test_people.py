"""The ways to people: when a message was not understood, booking, and the country of the helplines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers import Said, run, tracker

from actions.booking import ActionBooking
from actions.not_understood import MISSED, OPENINGS, STILL, TOLD, ActionNotUnderstood
from actions.region import ActionRegion

if TYPE_CHECKING:
    from pathlib import Path

RANKING = [("feel_low", 0.1), ("about_birth", 0.09), ("feel_worse", 0.08), ("feel_numb", 0.07), ("feel_alone", 0.06)]


def missed(**state) -> Said:
    return run(
        ActionNotUnderstood(), tracker("nlu_fallback", "blorp", ranking=[("nlu_fallback", 0.2), *RANKING], **state)
    )


def book(**slots) -> Said:
    return run(ActionBooking(), tracker("request_booking", **slots))


def place(text: str | None = None, choice: str | None = None, **slots) -> Said:
    return run(ActionRegion(), tracker("request_region", text, choice=choice, **slots))


def test_the_first_time_the_likeliest_topics_are_choices() -> None:
    said = missed()
    assert list(said.choices.values()) == ["/feel_low", "/about_birth", "/feel_numb", "/ask_capabilities"]
    assert said.slots == {"missed": 1}
    assert said.cards == []


def test_the_topic_that_missed_is_not_offered_again() -> None:
    assert "/feel_low" not in missed(topic="feel_low").choices.values()


def misread(text: str, label: str, confidence: float, **state) -> Said:
    return run(ActionNotUnderstood(), tracker(label, text, confidence=confidence, ranking=RANKING, **state))


def test_what_is_told_of_the_last_topic_is_taken_as_told_and_more_of_it_offered() -> None:
    said = misread("it's the way he looks past me", "nlu_fallback", 0.3, topic="feel_disconnected")
    assert said.text in TOLD
    assert next(iter(said.choices.values())) == '/feel_disconnected{"choice": "more"}'
    assert len(said.choices) == 4
    assert said.slots == {"missed": 1}


@pytest.mark.parametrize(
    ("text", "label", "confidence", "topic", "words"),
    [
        ("what do I say instead", "nlu_fallback", 0.3, "feel_low", OPENINGS),
        ("so is it the milk", "nlu_fallback", 0.3, "feel_low", OPENINGS),
        ("in the morning?", "nlu_fallback", 0.3, "feel_low", OPENINGS),
        ("blorp", "nlu_fallback", 0.3, None, OPENINGS),
        ("blorp", "nlu_fallback", 0.3, "ask_consultation", OPENINGS),
        ("that is not it", "not_helpful", 0.9, "feel_low", MISSED),
        ("but not the other one", "not_helpful", 0.5, "feel_low", TOLD),
        ("but not the other one", "not_helpful", 0.5, None, MISSED),
    ],
)
def test_a_question_or_a_complaint_is_not_taken_as_told(
    text: str, label: str, confidence: float, topic: str | None, words: tuple[str, ...]
) -> None:
    assert misread(text, label, confidence, topic=topic).text in words


def test_after_that_nothing_is_asked_again_and_the_ways_stay_open() -> None:
    said = missed(missed=2)
    assert said.text in STILL
    assert said.cards == []
    assert list(said.choices.values()) == ["/request_human", "/request_helplines", "/ask_capabilities"]


def test_after_a_loss_the_loss_is_the_first_topic() -> None:
    assert next(iter(missed(loss=True).choices.values())) == "/about_loss"


def test_the_second_time_in_a_row_people_are_offered() -> None:
    said = missed(missed=1)
    assert [card["type"] for card in said.cards] == ["booking"]
    assert "/request_helplines" in said.choices.values()
    assert "I am a program" in said.text
    assert said.slots == {"missed": 2}


def test_the_question_is_not_always_asked_in_the_same_words() -> None:
    assert len({missed(shown=["x"] * n).text for n in range(3)}) == 3


def test_booking_shows_the_card_and_asks_for_no_detail_in_the_chat() -> None:
    said = book()
    assert said.cards == [{"type": "booking"}]
    assert "type your details there rather than into the chat" in said.text
    assert "20 minutes" in said.text
    assert said.slots == {}


@pytest.mark.parametrize("tier", ["E", "P", "I", "S", "V"])
def test_after_a_crisis_booking_does_not_replace_the_numbers(tier: str) -> None:
    text = book(risk=tier).text
    assert text.startswith("Please keep the numbers close until then; a consultation does not replace them.")


def test_who_is_not_safe_at_home_decides_about_contact() -> None:
    assert "You decide whether and how anyone may contact you." in book(risk="S", violence=True).text
    assert "You decide" not in book(risk="S").text
    assert "numbers" not in book().text


def test_a_country_in_words_changes_the_helplines() -> None:
    said = place("I'm in England actually")
    assert said.slots == {"region": "GB"}
    assert "In danger: 999." in said.text
    assert "Samaritans" in said.text
    assert said.cards[0]["region"] == "GB"


def test_a_pressed_country_changes_the_helplines() -> None:
    assert place(choice="AU").slots == {"region": "AU"}


def test_a_country_without_lines_of_its_own_gets_the_international_ones() -> None:
    said = place("we live in Portugal")
    assert said.slots == {"region": "ZZ"}
    assert "https://findahelpline.com" in said.text


@pytest.mark.parametrize("choice", [None, "<b>", "Australia", "au"])
def test_without_a_country_the_picker_is_shown(choice: str | None) -> None:
    said = place("change my country", choice=choice, region="NZ")
    assert said.slots == {}
    assert said.cards[0]["type"] == "region"
    assert said.cards[0]["current"] == "NZ"
    assert said.choices["United Kingdom"] == '/request_region{"choice": "GB"}'
    assert len(said.choices) == len(said.cards[0]["regions"])


@pytest.mark.parametrize(("risk", "kind"), [(None, "support"), ("S", "crisis")])
def test_after_a_crisis_the_new_countrys_crisis_lines_come_first(risk: str | None, kind: str) -> None:
    assert place("I am in Ireland", risk=risk).cards[0]["kind"] == kind


def test_a_corrected_number_is_said_from_the_next_message_on(
    own_knowledge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.region.KNOWLEDGE", own_knowledge)
    path = own_knowledge / "helplines.yml"
    before = place(choice="GB", risk="S")
    path.write_text(path.read_text("utf-8").replace('call: "999"', 'call: "990"'), "utf-8")
    after = place(choice="GB", risk="S")
    assert ("999" in before.text, "990" in before.text) == (True, False)
    assert ("999" in after.text, "990" in after.text) == (False, True)
    assert "tel:990" in str(after.cards)


def test_booking_that_the_environment_turns_off_is_not_spoken_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_BOOKING_MODE", "off")
    said = book()
    assert said.cards == []
    assert "not booked here" in said.text or "can't book anything here" in said.text
