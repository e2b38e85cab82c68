"""An exercise: offered by fit, one step at a time, a way out at every step."""

from __future__ import annotations

import time

import pytest
from helpers import Said, run, tracker

from actions.exercise import ActionExercise, exercises
from actions.move import GO_ON_TALKING, WAITING, ActionMove
from actions.session import STALE_AFTER

MUG = "warm-mug"
WITH_BABY = "small-smile"
STEPS = len(exercises()[MUG].steps)


def at(step: int, ago: float = 0.0, name: str = MUG) -> dict[str, object]:
    """The slot of an exercise that stands at `step`."""
    return {"id": name, "step": step, "at": time.time() - ago}


def move(intent: str, text: str | None = None, **slots) -> Said:
    return run(ActionMove(), tracker(intent, text, **slots))


def ask(choice: str | None = None, **slots) -> Said:
    return run(ActionExercise(), tracker("request_exercise", choice=choice, **slots))


def step_of(said: Said) -> int:
    """The step that is shown, from 0, as card and slot agree."""
    assert [card["type"] for card in said.cards] in (["exercise"], ["exercise", "rating"])
    assert said.cards[0]["step"] - 1 == said.slots["exercise"]["step"]
    return said.cards[0]["step"] - 1


def test_up_to_three_are_offered_with_a_way_to_say_no() -> None:
    said = ask(topic="feel_numb")
    assert list(said.choices)[-1] == "Not now"
    assert len(said.choices) == 4
    assert said.asks == "offer"
    assert "You can stop at any step" in said.text
    assert said.slots == {"exercise": None}


def test_what_fits_the_topic_is_offered_first() -> None:
    first = next(iter(ask(topic="feel_guilty").choices.values()))
    assert first == '/request_exercise{"choice": "hand-on-heart"}'


@pytest.mark.parametrize("topic", ["about_loss", "feel_intrusive_thoughts", "about_nicu", "about_birth", "feel_angry"])
def test_who_asks_gets_an_exercise_after_any_topic(topic: str) -> None:
    assert len(ask(topic=topic).choices) == 4


def test_after_a_loss_none_with_a_baby_is_offered() -> None:
    for topic in (None, "feel_disconnected", "ask_how_to_bond", "about_loss"):
        names = [payload.split('"')[3] for payload in ask(topic=topic, loss=True).choices.values() if '"' in payload]
        assert names
        assert all(exercises()[name].after_loss for name in names), topic


def test_an_older_choice_with_a_baby_is_not_started_after_a_loss() -> None:
    said = ask(WITH_BABY, loss=True)
    assert said.cards == []
    assert WITH_BABY not in str(said.choices)


def test_a_chosen_exercise_starts_with_posture_and_first_step() -> None:
    said = ask(MUG)
    assert step_of(said) == 0
    exercise = exercises()[MUG]
    assert said.cards[0]["text"] == f"{exercise.posture} {exercise.steps[0].text}"
    assert (
        said.messages[0]["text"] == f"{exercise.name}, step 1 of {STEPS}. {exercise.posture} {exercise.steps[0].text}"
    )


def test_a_rating_before_can_be_given_or_left_out() -> None:
    said = ask(MUG)
    assert said.cards[1]["type"] == "rating"
    assert said.asks == "rating_before"
    assert (said.choices["7"], said.choices["Next"]) == ('/affirm{"choice": "7"}', "/affirm")
    noted = move("affirm", exercise=at(0), asked="rating_before", choice="7")
    assert (step_of(noted), noted.slots["exercise"]["before"]) == (0, 7)
    assert step_of(move("affirm", exercise=at(0), asked="rating_before")) == 1
    skipped = move("affirm", "skip", exercise=at(0), asked="rating_before", choice="skip")
    assert (step_of(skipped), skipped.slots["exercise"]["before"]) == (0, None)


def test_before_an_urgent_exercise_nothing_is_asked() -> None:
    assert ask("step-away-safely").asks == "exercise_next"


@pytest.mark.parametrize(("before", "numbers"), [(7, "<<<<<<<=>>>"), (0, "=>>>>>>>>>>"), (None, "<<<<===>>>>")])
def test_what_a_number_means_afterwards_depends_on_the_one_before(before: int | None, numbers: str) -> None:
    said = move("affirm", exercise=at(STEPS - 1) | {"before": before})
    signs = {"/feel_better": "<", "/unsure": "=", "/feel_worse": ">"}
    assert "".join(signs[said.choices[str(n)].split("{")[0]] for n in range(11)) == numbers


def test_an_exercise_can_wait() -> None:
    said = move("unsure", exercise=at(1), choice="pause")
    assert said.text in WAITING
    assert said.slots["exercise"]["step"] == 1


def test_another_exercise_can_be_had_in_the_middle() -> None:
    said = move("unsure", exercise=at(1), choice="switch")
    assert MUG not in str(list(said.choices.values())[:1])
    assert said.slots["exercise"] is None
    assert said.slots["paused"]["id"] == MUG


def test_what_was_left_is_taken_up_where_it_was() -> None:
    said = ask("resume", paused=at(2))
    assert step_of(said) == 2
    assert "Shall we begin?" in ask("resume", paused=at(2, ago=STALE_AFTER + 1)).text


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("help me settle, shes asleep on me", []),
        ("something to calm down", ["she's finally asleep on me"]),
        (None, ["she's finally asleep on me", "so tired", "and sad"]),
        ("something to calm down", ["he is asleep in his cot", "now she's asleep on me"]),
    ],
)
def test_with_a_baby_asleep_on_a_parent_nothing_needs_free_arms(text: str | None, before: list[str]) -> None:
    said = run(ActionExercise(), tracker("request_exercise", text, before=before))
    names = [c.split('"')[3] for c in said.choices.values() if '"' in c]
    assert names
    assert all(exercises()[name].baby != "without" for name in names)


def test_a_kind_that_is_named_comes_first() -> None:
    said = run(ActionExercise(), tracker("request_exercise", "can we do a breathing exercise"))
    assert next(iter(said.choices.values())) == '/request_exercise{"choice": "slow-breathing"}'


def test_every_step_of_every_exercise_has_a_way_out() -> None:
    for exercise in exercises().values():
        for number in range(len(exercise.steps)):
            said = move("repeat", exercise=at(number, name=exercise.id))
            assert step_of(said) == number
            assert said.choices["Stop"] == "/stop"


def test_the_pace_of_breathing_is_on_the_card() -> None:
    said = move("repeat", exercise=at(1, name="slow-breathing"))
    assert said.cards[0]["pace"] == {"in": 4, "hold": 0, "out": 6}
    assert said.cards[0]["seconds"] == 40
    assert said.cards[0]["sense"] == "breath"


def test_asking_again_for_an_exercise_shows_the_step_that_runs() -> None:
    assert step_of(ask(exercise=at(2))) == 2


@pytest.mark.parametrize("text", ["do you have a different one", "no, not the mug please, it is too hot"])
def test_asking_for_another_kind_while_one_runs_offers_others_and_keeps_the_place(text: str) -> None:
    said = run(ActionExercise(), tracker("request_exercise", text, exercise=at(1)))
    assert said.asks == "offer"
    assert MUG not in str(said.choices)
    assert said.slots["exercise"] is None
    assert said.slots["paused"]["id"] == MUG


def test_yes_goes_on_to_the_next_step() -> None:
    assert step_of(move("affirm", exercise=at(0))) == 1


def test_what_helps_in_the_middle_may_be_enough() -> None:
    said = move("feel_better", "that helped", exercise=at(1))
    assert said.cards == []
    assert said.slots["exercise"]["step"] == 1
    assert {"Go on", "Stop"} <= set(said.choices)


def test_again_shows_the_same_step() -> None:
    assert step_of(move("repeat", "again please", exercise=at(2))) == 2


def test_back_goes_one_step_back_and_never_before_the_first() -> None:
    assert step_of(move("repeat", "Go BACK", exercise=at(2))) == 1
    assert step_of(move("repeat", "go back", exercise=at(0))) == 0


def test_the_last_step_says_finish() -> None:
    assert "Finish" in move("affirm", exercise=at(STEPS - 2)).choices
    assert "Next" in move("affirm", exercise=at(STEPS - 3)).choices


def test_after_the_last_step_comes_the_closing_and_the_question_how_it_is() -> None:
    said = move("affirm", exercise=at(STEPS - 1))
    assert said.text.startswith(exercises()[MUG].closing)
    assert said.cards[0]["type"] == "rating"
    assert said.asks == "rating_after"
    assert said.choices["2"] == '/feel_better{"choice": "2"}'
    assert said.choices["8"] == '/feel_worse{"choice": "8"}'
    assert said.choices["Skip"] == "/deny"
    assert [said.choices[word] for word in ("Better", "The same", "Worse")] == [
        "/feel_better",
        '/unsure{"choice": "same"}',
        "/feel_worse",
    ]
    assert said.slots["exercise"] is None


def test_what_was_played_before_is_not_forgotten_at_the_end() -> None:
    said = move("affirm", exercise=at(STEPS - 1), done_exercises=["cold-water"])
    assert said.slots["done_exercises"] == ["cold-water", MUG]


@pytest.mark.parametrize("intent", ["stop", "deny", "feel_worse"])
def test_stopping_ends_it_at_once_and_offers_a_person(intent: str) -> None:
    said = move(intent, exercise=at(1))
    assert said.slots["exercise"] is None
    assert said.slots["paused"]["id"] == MUG
    assert said.slots["worse"] == (1 if intent == "feel_worse" else 0)
    assert "we stop here." in said.text.lower()
    assert said.choices["Talk to a person"] == "/request_human"
    assert said.cards == []


def test_what_makes_it_worse_is_noticed() -> None:
    assert "It is good that you noticed." in move("feel_worse", exercise=at(1)).text
    assert "noticed" not in move("stop", exercise=at(1)).text


def test_who_is_unsure_may_stay_go_on_or_stop() -> None:
    said = move("unsure", exercise=at(1))
    assert list(said.choices.values()) == ["/affirm", "/repeat", "/stop"]
    assert said.asks == "exercise_next"
    assert said.slots["exercise"]["step"] == 1


def test_goodbye_ends_an_exercise() -> None:
    said = move("goodbye", exercise=at(1))
    assert said.responses == ["utter_goodbye"]
    assert said.slots == {"exercise": None, "paused": None}


def test_a_stale_exercise_is_not_resumed() -> None:
    said = move("affirm", exercise=at(1, ago=STALE_AFTER + 1))
    assert said.cards == []
    assert said.text in GO_ON_TALKING
    assert step_of(move("affirm", exercise=at(1, ago=STALE_AFTER - 60))) == 2


def test_an_exercise_with_a_baby_does_not_go_on_after_a_loss() -> None:
    said = move("affirm", exercise=at(1, name=WITH_BABY), loss=True)
    assert said.cards == []
    assert step_of(move("affirm", exercise=at(1, name=WITH_BABY))) == 2


def test_an_exercise_that_was_taken_out_of_the_folder_does_not_break_the_conversation() -> None:
    assert move("affirm", exercise=at(1, name="long-gone")).cards == []
    assert "Shall we begin?" in ask("long-gone").text


def test_where_only_information_is_given_no_exercise_is_offered_or_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actions.exercise.offered_here", lambda: False)
    for said in (ask(), ask(MUG)):
        assert said.cards == []
        assert "/request_exercise" not in str(said.choices)
        assert "/request_human" in said.choices.values()
