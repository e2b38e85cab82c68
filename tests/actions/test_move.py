"""What yes, no, again, better and worse mean, by what was asked."""

from __future__ import annotations

import time

import pytest
from helpers import Said, run, tracker

from actions.move import GO_ON_TALKING, MOVES, SAFETY, SAME, ActionMove


def move(intent: str, text: str | None = None, **slots) -> Said:
    return run(ActionMove(), tracker(intent, text, **slots))


def test_every_move_of_the_rules_is_known(root) -> None:
    import yaml

    rules = yaml.safe_load((root / "data" / "rules" / "moves.yml").read_text("utf-8"))["rules"]
    moving = next(rule for rule in rules if rule["steps"][-1]["action"] == "action_move")
    assert {row["intent"] for row in moving["steps"][0]["or"]} == set(MOVES)


def test_yes_to_an_exercise_by_name_starts_it() -> None:
    said = move("affirm", asked="offer", offered=['/request_exercise{"choice": "warm-mug"}', "/deny"])
    assert said.cards[0]["exercise"] == "warm-mug"
    assert said.slots["exercise"]["step"] == 0


def test_yes_after_a_passage_brings_the_exercise_that_was_offered() -> None:
    offered = ['/feel_numb{"choice": "more"}', "/request_exercise", "/request_booking"]
    said = move("affirm", asked="offer", offered=offered, topic="feel_numb")
    assert "Shall we begin?" in said.text


def test_yes_to_a_consultation_shows_the_booking_card() -> None:
    said = move("affirm", asked="offer", offered=['/about_work{"choice": "more"}', "/request_booking"])
    assert [card["type"] for card in said.cards] == ["booking"]


def test_yes_to_a_person_leads_to_people() -> None:
    said = move("affirm", asked="offer", offered=["/request_human", "/ask_capabilities"])
    assert said.next_action == "utter_request_human"


def test_yes_to_nothing_in_particular_tells_what_can_be_asked() -> None:
    assert (
        move("affirm", asked="offer", offered=["/feel_low", "/ask_capabilities"]).next_action
        == "utter_ask_capabilities"
    )


def test_yes_to_an_older_exercise_with_a_baby_offers_others_after_a_loss() -> None:
    said = move("affirm", asked="offer", offered=['/request_exercise{"choice": "small-smile"}'], loss=True)
    assert said.cards == []
    assert "Shall we begin?" in said.text
    assert "small-smile" not in str(said.choices)


def test_yes_without_a_question_opens_the_door_to_more() -> None:
    said = move("affirm", offered=["/request_booking"])
    assert said.cards == []
    assert said.text in GO_ON_TALKING


@pytest.mark.parametrize("intent", ["deny", "stop"])
def test_no_and_stop_are_taken_without_pushing(intent: str) -> None:
    said = move(intent, asked="offer", offered=["/request_exercise"])
    assert len(said.messages) == 1
    assert said.choices == {}
    assert said.cards == []


def test_no_is_not_answered_twice_in_the_same_words() -> None:
    assert move("deny", shown=[]).text != move("deny", shown=["one"]).text


def test_who_is_unsure_is_offered_something_small_or_a_person() -> None:
    assert list(move("unsure").choices.values()) == ["/request_exercise", "/request_human", "/deny"]


def test_again_says_what_was_said_last_and_leads_back_to_the_topic() -> None:
    said = move("repeat", topic="feel_low", said=["You don't have to know."])
    assert "You don't have to know." in said.text
    assert '/feel_low{"choice": "more"}' in said.choices.values()
    assert move("repeat").choices == {}


def test_what_helped_is_welcomed_and_forgets_what_did_not() -> None:
    said = move("feel_better", worse=1, done_exercises=["warm-mug"])
    assert said.slots == {"worse": 0}
    assert "/request_booking" in said.choices.values()


def test_when_nothing_helps_another_kind_or_a_person_is_offered() -> None:
    said = move("feel_worse")
    assert said.slots == {"worse": 1}
    assert list(said.choices.values()) == ["/request_exercise", "/request_human", "/request_helplines"]
    assert said.asks == "offer"


def test_the_second_time_the_direct_question_is_asked() -> None:
    said = move("feel_worse", worse=1)
    assert said.asks == "safety"
    assert said.text in SAFETY
    assert list(said.choices.values()) == ["/affirm", "/deny", "/unsure"]
    assert said.slots == {"worse": 0}


def test_a_goodbye_is_a_written_reply() -> None:
    # After risk it is the variant with the numbers: tests/bot/test_responses.py.
    assert move("goodbye").responses == ["utter_goodbye"]


def test_a_better_day_is_no_exercise_that_helped() -> None:
    assert move("feel_better").choices == {}


@pytest.mark.parametrize("choice", ["same", "5"])
def test_no_change_after_a_rating_has_its_own_next_step(choice: str) -> None:
    said = move("unsure", asked="rating_after", choice=choice)
    assert said.text in SAME
    assert next(iter(said.choices.values())) == "/request_exercise"


def test_yes_to_an_exercise_that_was_left_takes_it_up_again() -> None:
    left = {"id": "warm-mug", "step": 2, "at": time.time()}
    offered = ["/feel_low", '/request_exercise{"choice": "resume"}']
    said = move("affirm", asked="offer", offered=offered, paused=left)
    assert said.cards[0]["step"] == 3
    assert said.text.startswith("From where we were.")
