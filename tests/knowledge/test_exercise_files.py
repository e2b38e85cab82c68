"""The shipped exercises obey docs/safety-case.md, and the one that fits is picked."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml

from knowledge.exercises import Exercise, Situation, fitting, load_exercise, load_exercises

if TYPE_CHECKING:
    from pathlib import Path

NOT_UNASKED = {"about_nicu", "about_birth", "feel_intrusive_thoughts", "about_loss"}
OF_A_BABY = re.compile(r"\b(baby|babies|infant|cot|crib|nappy|diaper|feeding|pram|newborn)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def exercises(knowledge_folder: Path) -> dict[str, Exercise]:
    return load_exercises(knowledge_folder)


@pytest.fixture(scope="module")
def labels(root: Path) -> dict[str, str]:
    """Families by label."""
    families = yaml.safe_load((root / "data" / "labels.yml").read_text("utf-8"))
    return {label: family for family, entries in families.items() for label in entries}


def all_words(exercise: Exercise) -> str:
    return " ".join(
        [exercise.name, exercise.purpose, exercise.posture, exercise.closing, *(step.text for step in exercise.steps)]
    )


def test_every_shipped_exercise_loads(exercises: dict[str, Exercise], knowledge_folder: Path) -> None:
    assert set(exercises) == {path.stem for path in (knowledge_folder / "exercises").glob("*.yml")}
    assert len(exercises) >= 10


def test_labels_of_exercises_are_known(exercises: dict[str, Exercise], labels: dict[str, str]) -> None:
    named = {label for e in exercises.values() for label in (*e.good_for, *e.not_for)}
    assert named - set(labels) == set()


def test_no_exercise_is_good_for_what_it_is_not_for(exercises: dict[str, Exercise]) -> None:
    assert {
        e.id: set(e.good_for) & set(e.not_for) for e in exercises.values() if set(e.good_for) & set(e.not_for)
    } == {}


def test_no_exercise_is_offered_for_what_safety_rules_out(exercises: dict[str, Exercise]) -> None:
    assert {e.id: NOT_UNASKED - set(e.not_for) for e in exercises.values() if NOT_UNASKED - set(e.not_for)} == {}


def test_no_exercise_is_good_for_a_crisis(exercises: dict[str, Exercise]) -> None:
    assert [e.id for e in exercises.values() if any(label.startswith("crisis_") for label in e.good_for)] == []


def test_an_exercise_with_the_baby_is_never_for_anger_or_a_crisis(
    exercises: dict[str, Exercise], labels: dict[str, str]
) -> None:
    barred = {label for label, family in labels.items() if family == "crisis"} | {"feel_angry"}
    with_baby = [e for e in exercises.values() if e.baby == "with"]
    assert with_baby
    assert {e.id: barred - set(e.not_for) for e in with_baby if barred - set(e.not_for)} == {}


def test_an_exercise_that_can_follow_a_loss_does_not_speak_of_a_baby(exercises: dict[str, Exercise]) -> None:
    found = {e.id: OF_A_BABY.findall(all_words(e)) for e in exercises.values() if e.after_loss}
    assert {name: said for name, said in found.items() if said} == {}


def test_an_exercise_with_the_baby_is_not_for_after_a_loss_even_where_the_file_says_so(own_knowledge: Path) -> None:
    path = own_knowledge / "exercises" / "small-smile.yml"
    path.write_text(path.read_text("utf-8").replace("baby: with\n", "baby: with\nafter_loss: true\n"), "utf-8")
    assert load_exercise(path).after_loss is False


def test_senses_of_the_baby_have_a_version_without_it(exercises: dict[str, Exercise]) -> None:
    alone = {label for e in exercises.values() if e.baby != "with" for label in e.good_for}
    assert "feel_disconnected" in alone


def test_no_exercise_with_a_baby_is_offered_after_a_loss_for_any_label(
    exercises: dict[str, Exercise], labels: dict[str, str]
) -> None:
    for label in labels:
        offered = fitting(exercises, Situation(label, loss=True), most=99)
        assert [e.id for e in offered if e.baby == "with" or not e.after_loss] == [], label


def test_there_is_an_exercise_for_who_asks_after_a_loss(exercises: dict[str, Exercise]) -> None:
    assert len(fitting(exercises, Situation("request_exercise", loss=True))) == 3


def test_steps_are_short_and_timed_ones_last_no_longer_than_the_exercise_says(exercises: dict[str, Exercise]) -> None:
    assert [(e.id, s.text) for e in exercises.values() for s in e.steps if len(s.text.split()) > 45] == []
    lengths = {e.id: sum(step.seconds or 0 for step in e.steps) for e in exercises.values()}
    assert {name: total for name, total in lengths.items() if total > 60 * exercises[name].minutes + 30} == {}


def test_only_steps_of_breathing_have_a_pace_that_can_be_breathed(exercises: dict[str, Exercise]) -> None:
    paces = [step.pace for e in exercises.values() for step in e.steps if step.pace]
    assert paces
    assert all(1 <= p.breathe_in <= 6 and p.breathe_out >= p.breathe_in and p.hold <= 4 for p in paces)


def test_what_fits_the_label_comes_first_and_what_was_played_last(exercises: dict[str, Exercise]) -> None:
    first = fitting(exercises, Situation("feel_anxious"), most=99)
    assert "feel_anxious" in first[0].good_for
    again = fitting(exercises, Situation("feel_anxious", seen=[first[0].id]), most=99)
    assert again[-1].id == first[0].id
    assert {e.id for e in again} == {e.id for e in first}


def test_an_exercise_that_is_not_for_the_label_is_left_out(exercises: dict[str, Exercise]) -> None:
    assert fitting(exercises, Situation("about_loss"), most=99) == []
    assert "warm-mug" not in {e.id for e in fitting(exercises, Situation("feel_angry"), most=99)}


@pytest.mark.parametrize(("arms", "left_out"), [(True, "without"), (False, "with")])
def test_where_the_baby_is_decides_what_can_be_done(exercises: dict[str, Exercise], arms: bool, left_out: str) -> None:
    found = fitting(exercises, Situation("request_exercise", arms=arms), most=99)
    assert found
    assert left_out not in {exercise.baby for exercise in found}


def test_an_exercise_with_a_baby_is_out_after_anything_that_it_is_not_for(exercises: dict[str, Exercise]) -> None:
    for heard in ("crisis_suicide", "about_nicu", "feel_intrusive_thoughts"):
        found = fitting(exercises, Situation("request_exercise", heard=[heard]), most=99)
        assert "with" not in {exercise.baby for exercise in found}, heard


def test_at_night_what_is_for_the_night_comes_first(exercises: dict[str, Exercise]) -> None:
    assert fitting(exercises, Situation("request_exercise", night=True))[0].id == "three-am"
    assert fitting(exercises, Situation("request_exercise"))[0].id != "three-am"


def test_no_more_are_offered_than_wanted(exercises: dict[str, Exercise]) -> None:
    assert len(fitting(exercises, Situation("request_exercise"), most=2)) == 2


def test_with_the_baby_in_arms_free_hands_come_first_among_equals(exercises: dict[str, Exercise]) -> None:
    like = exercises["five-senses"]
    busy = replace(like, id="busy", hands_free=False, minutes=1)
    free = replace(like, id="free", hands_free=True, minutes=2)
    both = {exercise.id: exercise for exercise in (busy, free)}
    assert [e.id for e in fitting(both, Situation("feel_anxious", arms=True))] == ["free", "busy"]
    assert [e.id for e in fitting(both, Situation("feel_anxious"))] == ["busy", "free"]
