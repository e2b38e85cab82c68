"""Small words: what each rule of data/moves.yml fires on, ratings, and choices by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bot.reading.move_rules import ASKED, Move, MoveError, MoveRule, get_moves, load_moves
from bot.reading.moves import move_in, of_payload, plain, rating
from bot.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path

OFFERED = [
    ("Cold water on your hands", '/request_exercise{"choice": "cold-water"}'),
    ("Feet on the floor", '/request_exercise{"choice": "feet-on-the-floor"}'),
    ("Not now", "/deny"),
]


def situation(when: str) -> dict[str, Any]:
    """The point of a conversation at which a rule of data/moves.yml counts, as `move_in` is told of it."""
    within = {"asked": "exercise_next", "running": True}
    others: dict[str, dict[str, Any]] = {
        "within": within,
        "sensed": {**within, "calm": True},
        "paused": {"asked": None, "running": False, "paused": True},
        "rated": {"asked": "rating_after", "running": False},
        "quoted": {"asked": None, "running": False, "quoted": True},
    }
    asked = when if when in ASKED else None
    return others.get(when, {"asked": asked, "running": False})


def written(tmp_path: Path, **changed: Any) -> Path:
    """A file of moves with one rule, `changed` in part; None takes a key away."""
    rule = {"intent": "deny", "when": "offer", "patterns": ["nope"], "fires": ["nope"], "silent": ["no one"]}
    rule = {key: value for key, value in {**rule, **changed}.items() if value is not None}
    path = tmp_path / "moves.yml"
    path.write_text(yaml.safe_dump({"fillers": "ok", "parts": {"ask": "can we"}, "moves": [rule]}), "utf-8")
    return path


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"when": "safe_to_chatt"}, "counts when 'safe_to_chatt'. Fix: use one of"),
        ({"when": None}, "lacks ['when']. Fix: add them."),
        ({"intent": "denied"}, "has a label that is not in data/labels.yml"),
        ({"patterns": ["(nope"]}, "no regular expression"),
        ({"patterns": ["{asks} nope"]}, "names ['asks'], which `parts` lacks"),
        ({"choices": "same"}, "has ['choices']. Fix: remove or correct them."),
    ],
)
def test_a_rule_that_could_never_count_is_refused(tmp_path: Path, changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(MoveError, match=re.escape(complaint)):
        load_moves(written(tmp_path, **changed))


def test_a_file_without_a_part_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "moves.yml"
    path.write_text("moves: []", "utf-8")
    with pytest.raises(MoveError, match=re.escape("lacks ['fillers', 'parts']")):
        load_moves(path)


def test_what_a_rule_may_wait_for_is_what_the_domain_knows() -> None:
    asked = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["slots"]["asked"]["values"]
    assert {*ASKED, "rating_after"} == set(asked)


@pytest.mark.parametrize("rule", get_moves(), ids=lambda rule: f"{rule.when} {rule.move.intent} {rule.move.choice}")
def test_a_rule_fires_and_is_silent_on_its_own_examples(rule: MoveRule) -> None:
    for text in rule.fires:
        assert move_in(text, **situation(rule.when)) == rule.move, text
    assert [text for text in rule.silent if rule.fits(" ".join(plain(text)))] == []


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("about a seven", 7), ("6/10", 6), ("8 out of 10", 8), ("its a 3 now", 3), ("2 months old", None), ("11", None)],
)  # fmt: skip
def test_a_rating_is_a_number_and_nothing_else(text: str, number: int | None) -> None:
    assert rating(text) == number


@pytest.mark.parametrize(
    ("text", "choice"),
    [("the water one", "cold-water"), ("feet please", "feet-on-the-floor"), ("the second one", "feet-on-the-floor"),
     ("Cold water on your hands", "cold-water")],
)  # fmt: skip
def test_a_choice_can_be_named(text: str, choice: str) -> None:
    assert move_in(text, "offer", running=False, offered=OFFERED) == Move("request_exercise", choice)


@pytest.mark.parametrize(
    ("text", "choice"),
    [("breathing i guess", "slow-breathing"), ("the senses one then", "five-senses"), ("feet", "feet-on-the-floor")],
)
def test_a_choice_can_be_called_by_its_kind(text: str, choice: str) -> None:
    offered = [
        ("A longer breath out", '/request_exercise{"choice": "slow-breathing"}'),
        ("Five, four, three, two, one", '/request_exercise{"choice": "five-senses"}'),
        *OFFERED,
    ]
    assert move_in(text, "offer", running=False, offered=offered) == Move("request_exercise", choice)


@pytest.mark.parametrize("text", ["not the water one", "no water please, it's cold enough", "I hate cold water"])
def test_a_refused_kind_asks_for_another(text: str) -> None:
    assert move_in(text, "offer", running=False, offered=OFFERED) == Move("request_exercise")


def test_to_refuse_an_exercise_is_no_answer_to_a_question_about_safety() -> None:
    assert move_in("please don't give me an exercise", "offer", running=False) == Move("deny")
    for asked in ("safety", "body", "safe_to_chat", "someone_near"):
        assert move_in("please don't give me an exercise", asked, running=False) is None
        assert move_in("don't book anything yet", asked, running=False) is None


def test_what_was_quoted_is_asked_about_only_where_something_was() -> None:
    assert move_in("who wrote that", None, running=False, quoted=True) == Move("repeat", "source")
    assert move_in("who wrote that", None, running=False) is None
    assert move_in("say that again", "exercise_next", running=True, quoted=True) == Move("repeat")


@pytest.mark.parametrize("text", ["my feet hurt", "third", "I am cold and he will not feed"])
def test_other_words_name_no_choice(text: str) -> None:
    assert move_in(text, "offer", running=False, offered=OFFERED) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nxet", "next"),
        ("agian", "again"),
        ("sotp", "stop"),
        ("donne", "done"),
        ("nexxt", "next"),
        ("go bac", "go back"),
        ("fniished", "finished"),
        ("tihs one isnt for me", "this one isnt for me"),
        ("im not sre", "im not sure"),
        ("thans", "thanks"),
        ("nto yet", "not yet"),
        ("6", "6"),
    ],
)
def test_a_slip_of_the_thumb_is_mended(typed: str, meant: str) -> None:
    assert plain(typed) == meant.split()


def test_the_words_of_a_choice_are_mended_towards_what_is_offered() -> None:
    cold = Move("request_exercise", "cold-water")
    assert move_in("codl waetr", "offer", running=False, offered=OFFERED) == cold
    assert move_in("the waater one", "offer", running=False, offered=OFFERED) == cold
    assert move_in("the later one", "offer", running=False, offered=OFFERED) is None


@pytest.mark.parametrize(
    "word", ["text", "step", "neck", "waist", "hand", "dine", "being", "hola", "idk", "priya", "tried"]
)
def test_another_word_is_no_slip(word: str) -> None:
    assert plain(word) == [word]


@pytest.mark.parametrize(
    "text", ["I want to stop being a mum", "I can't go on", "enough of living", "I want to end it"]
)
def test_despair_is_no_move(text: str) -> None:
    assert move_in(text, "exercise_next", running=True) is None


def test_next_means_nothing_where_nothing_runs() -> None:
    assert move_in("next", None, running=False) is None
    assert move_in("next", None, running=False, paused=True) == Move("request_exercise", "resume")


def test_a_payload_is_a_move() -> None:
    assert of_payload('/unsure{"choice": "same"}') == Move("unsure", "same")
    assert of_payload("/affirm") == Move("affirm")


MORE = [("Tell me more", '/feel_low{"choice": "more"}'), ("Free consultation", "/request_booking")]


@pytest.mark.parametrize(
    "text", ["anything else?", "more", "tell me more about that please", "is that all?", "ok what else"]
)
def test_more_can_be_asked_for_in_other_words(text: str) -> None:
    assert move_in(text, "offer", running=False, offered=MORE) == Move("feel_low", "more")


@pytest.mark.parametrize("text", ["more milk", "is that all I am to him", "no more", "what else could I do wrong"])
def test_more_than_more_is_no_wish_for_it(text: str) -> None:
    assert move_in(text, "offer", running=False, offered=MORE) != Move("feel_low", "more")


def test_more_is_nothing_where_none_is_offered() -> None:
    assert move_in("anything else?", "offer", running=False, offered=OFFERED) is None
