"""From a correction to a phrasing: masked, under its right label, once, and never a line that measures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from bot.learning.duplicates import Likeness
from bot.learning.files import as_diff, digest, read_folder, texts, write_folder
from bot.learning.plan import make_plan, measured_texts, next_batch, only, without_last_batch
from bot.learning.rows import Corrected, LeftOut, Phrasing, as_phrasing
from bot.understanding.examples import Example

if TYPE_CHECKING:
    from pathlib import Path

BATCH = "2027-03-10.1"
BABYSITTER = "i feel like a babysitter who is waiting for the parents to come home"


def corrected(text: str, intent: str = "feel_low", crisis: str = "", **more: str) -> Corrected:
    return Corrected(1, text, intent, crisis, **more)


def plan_of(*rows: Corrected, written=(), reviewed=(), measured=(), withdrawn=()):
    return make_plan(rows, written, reviewed, measured, BATCH, withdrawn)


def test_names_and_numbers_are_masked_and_lines_become_one() -> None:
    row = as_phrasing(corrected("my husband Dave\nsays call 07700 900123"))
    assert row == Phrasing(1, "my husband [name] says call [phone number]", "feel_low")


def test_a_crisis_label_goes_before_the_intent() -> None:
    row = as_phrasing(corrected("i have chosen friday", "feel_low", "crisis_suicide_imminent"))
    assert isinstance(row, Phrasing)
    assert row.label == "crisis_suicide_imminent"
    assert not row.twin


def test_a_false_alarm_is_learnt_as_a_twin() -> None:
    row = as_phrasing(corrected("i could murder a kebab", "small_talk", "none", tier="I"))
    assert isinstance(row, Phrasing)
    assert row.twin


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (corrected("i could murder a kebab", "", "none", tier="I"), "no intent says what it is"),
        (corrected("so sad today", "feel_sad"), "there is no label feel_sad"),
        (corrected("i want to die", "crisis_suicide"), "belongs to the crisis labels"),
        (corrected("hi"), "too little is left"),
        (corrected("Dave Hughes 07700 900123"), "too little is left"),
        (corrected("[phone number]"), "too little is left"),
        (corrected("mail [e-mail address]"), "too little is left"),
        (corrected("so sad " * 400), "it is longer"),
    ],
)
def test_what_cannot_be_learnt_is_left_out_with_its_reason(row: Corrected, why: str) -> None:
    left = as_phrasing(row)
    assert isinstance(left, LeftOut)
    assert why in left.why


def test_text_that_rasa_would_read_as_a_choice_or_a_list_loses_its_mark() -> None:
    row = as_phrasing(corrected("/deny - this is me"))
    assert isinstance(row, Phrasing)
    assert row.text == "deny - this is me"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(
    st.text(
        st.one_of(st.characters(blacklist_characters="["), st.sampled_from("\x07\x08\x1b\x7f\x85\u2028\ufeff\uffff"))
    )
)
def test_whatever_was_typed_is_read_back_from_the_files_as_it_was_learnt(tmp_path: Path, typed: str) -> None:
    row = as_phrasing(corrected(f"so {typed} sad\x08 today"))
    assert isinstance(row, Phrasing)
    write_folder(tmp_path, [Example(row.text, row.label, voice="reviewed", batch=BATCH)])
    assert [one.text for one in read_folder(tmp_path)] == [row.text]
    assert [one.get("text") for one in RasaYAMLReader().read(tmp_path / "feel_low.yml").training_examples] == [row.text]


def test_what_is_known_already_is_left_out() -> None:
    plan = plan_of(corrected("So sad, today!"), written=[Example("so sad today", "feel_low")])
    assert not plan.changes
    assert plan.left_out[0].why == "it is known already"


def test_what_is_nearly_known_is_left_out_within_a_label_only() -> None:
    near = BABYSITTER.replace("come home", "come")
    known = [Example(BABYSITTER, "feel_disconnected")]
    assert "nearly the same" in plan_of(corrected(near, "feel_disconnected"), written=known).left_out[0].why
    assert plan_of(corrected(near, "feel_low"), written=known).changes


def test_the_same_words_under_another_label_are_for_a_person_to_decide() -> None:
    plan = plan_of(corrected("so sad today", "feel_numb"), written=[Example("so sad today", "feel_low")])
    assert "stand under feel_low" in plan.left_out[0].why


def test_two_corrections_of_the_same_words_are_learnt_once() -> None:
    assert len(plan_of(corrected("so sad today"), corrected("SO SAD today")).added) == 1


def test_a_line_that_measures_is_not_learnt_not_even_nearly(tmp_path: Path) -> None:
    (tmp_path / "intents.jsonl").write_text(json.dumps({"text": BABYSITTER}) + "\n", "utf-8")
    (tmp_path / "questions.jsonl").write_text(json.dumps({"question": "?"}) + "\n", "utf-8")
    measured = measured_texts(tmp_path)
    assert measured == [BABYSITTER]
    plan = plan_of(corrected(BABYSITTER + "!"), corrected(BABYSITTER.replace("come home", "come")), measured=measured)
    assert not plan.changes
    assert all("it would measure nothing" in one.why for one in plan.left_out)


def test_a_withdrawn_line_is_taken_out() -> None:
    gone, kept = (
        Example("so sad today", "feel_low", voice="reviewed"),
        Example("so numb", "feel_numb", voice="reviewed"),
    )
    plan = plan_of(reviewed=[gone, kept], withdrawn=[digest("feel_low", "so sad today")])
    assert plan.changes
    assert plan.removed == 1
    assert plan.after == (kept,)


def test_a_turn_that_was_corrected_again_moves_to_its_new_label() -> None:
    old = Example("so sad today", "feel_low", voice="reviewed", batch="2027-03-09.1")
    again = corrected("so sad today", "feel_numb", learnt_digest=digest("feel_low", old.text))
    plan = plan_of(again, reviewed=[old])
    assert [(one.text, one.label) for one in plan.after] == [("so sad today", "feel_numb")]


def test_files_are_written_as_rasa_reads_them_and_read_back(tmp_path: Path) -> None:
    examples = [
        Example("so sad: today", "feel_low", voice="reviewed", batch=BATCH),
        Example('he said "no" #1', "feel_low", voice="reviewed", batch=BATCH, twin=True),
        Example("so numb", "feel_numb", voice="reviewed", batch="2027-03-11.1"),
    ]
    write_folder(tmp_path, examples)
    assert sorted(read_folder(tmp_path), key=str) == sorted(examples, key=str)
    write_folder(tmp_path, examples[:2])
    assert [path.name for path in tmp_path.iterdir()] == ["feel_low.yml"]


def test_the_diff_shows_what_comes_and_goes() -> None:
    old, new = Example("so sad today", "feel_low", batch=BATCH), Example("so numb today", "feel_low", batch=BATCH)
    diff = as_diff([old], [new])
    assert "-    - so sad today" in diff
    assert "+    - so numb today" in diff
    assert as_diff([old], [old]) == ""


def test_the_same_phrasings_give_the_same_files_in_any_order() -> None:
    one, two = Example("a b", "feel_low", batch=BATCH), Example("c d", "feel_low", batch=BATCH)
    assert texts([one, two]) == texts([two, one])


def test_learnings_of_a_day_are_counted() -> None:
    assert next_batch("2027-03-10", []) == "2027-03-10.1"
    assert next_batch("2027-03-10", ["2027-03-10.9", "2027-03-10.10", "2027-03-09.77"]) == "2027-03-10.11"


def test_undo_takes_the_last_learning_back_and_no_other() -> None:
    first, tenth, ninth = (Example(f"line {n}", "feel_low", batch=f"2027-03-10.{n}") for n in (1, 10, 9))
    plan = without_last_batch([tenth, first, ninth])
    assert plan is not None
    assert plan.batch == "2027-03-10.10"
    assert set(plan.after) == {first, ninth}
    assert without_last_batch([]) is None


def test_only_the_labels_that_were_asked_for() -> None:
    crisis = corrected("i have chosen friday", "feel_low", "crisis_suicide")
    harmless = corrected("so sad today", "feel_low", "none")
    assert only([crisis, harmless], ["feel_low"]) == [harmless]
    assert only([crisis, harmless], ["crisis_suicide"]) == [crisis]


def test_likeness_finds_the_same_and_nearly_the_same() -> None:
    likeness = Likeness([(BABYSITTER, ""), ("nobody told me that the hospital bag would be the easy part", "")])
    assert likeness.like(BABYSITTER.upper() + "!!") == BABYSITTER
    assert likeness.like("I feel like a babysitter, who is waiting for the parents to come") == BABYSITTER
    assert likeness.like("we moved house in the week that she was born") is None
    assert likeness.like(BABYSITTER, "another label") is None
    assert Likeness([("?", "")]).like("!") is None
