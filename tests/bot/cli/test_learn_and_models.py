"""`attune learn` and `attune models`: what is shown, asked, changed and said."""

from __future__ import annotations

import fcntl
import json
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from bot import register
from bot.cli import learn as learning
from bot.cli import models as listing
from bot.learning import workshop
from bot.learning.files import digest, read_folder, write_folder
from bot.learning.gate import MUST_NOT_FALL, MUST_NOT_RISE, Measured
from bot.model_card import Card, Figure, read_card, write_card
from bot.settings import get_settings
from bot.understanding import examples
from bot.understanding.examples import Example

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SEEN = "2027-03-08T10:00:00+00:00"
WAITING = {
    "corrections": [
        {
            "key": 7,
            "text": "the dryer hums louder than my heart, says Dave",
            "intent": "feel_numb",
            "crisis": "",
            "tier": "",
            "seen": SEEN,
        },
        {"key": 8, "text": "hi", "intent": "greet", "crisis": "", "tier": ""},
    ],
    "batches": [],
    "withdrawn": [],
}
MASKED = "the dryer hums louder than my heart, says [name]"


class Stub:
    """A workshop that trains nothing; its new model finds as many crises as `recall` says."""

    recall = 0.95

    def __init__(self, by: str) -> None:
        self.by = by

    def train(self, reviewed: Path) -> str:
        return f"attune-{len(read_folder(reviewed))}"

    def measure(self, model: str) -> Measured:
        recall = self.recall if model != "attune-0" else 0.95
        found = {name: Figure(recall, 1000, (recall - 0.01, recall + 0.01)) for name in MUST_NOT_FALL}
        return Measured(found | {name: Figure(0.02, 1000, (0.01, 0.03)) for name in MUST_NOT_RISE})

    def current(self) -> str | None:
        return "attune-0"

    def floor(self) -> Mapping[str, Mapping[str, float]]:
        return {}

    def promote(self, model: str, why: str) -> None:
        promoted.append(f"{model} by {self.by}: {why}")

    def discard(self, model: str) -> None:
        promoted.append(f"discarded {model}")


promoted: list[str] = []
marked: list[dict[str, Any]] = []


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def manage(*arguments: str, given: str = "") -> str:
        if arguments == ("mark_learnt",):
            marked.append(json.loads(given))
            return ""
        assert arguments == ("waiting_corrections",)
        return json.dumps(WAITING)

    for name in ("VAR", "MODELS", "REVIEWED"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"ATTUNE_{name}", str(tmp_path / name))
    get_settings.cache_clear()
    monkeypatch.setattr(learning, "manage", manage)
    monkeypatch.setattr(workshop, "OwnProcesses", Stub)
    # All phrasings take seconds to read; what is known already is tested with the plan.
    monkeypatch.setattr(examples, "load_examples", lambda: [Example("so sad today", "feel_low")])
    monkeypatch.setattr(Stub, "recall", 0.95)
    promoted.clear()
    marked.clear()
    yield tmp_path
    monkeypatch.undo()
    get_settings.cache_clear()


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(learning.command, list(arguments), input=answer)


def lines(house: Path) -> list[str]:
    return [example.text for example in read_folder(house / "REVIEWED")]


def test_a_dry_run_shows_the_change_and_changes_nothing(house: Path) -> None:
    result = run("--dry-run")
    assert result.exit_code == 0
    assert f"+    - {MASKED}" in result.output
    assert "Left out: 'hi': too little is left to learn from" in result.output
    assert "Dave" not in result.output
    assert (lines(house), promoted, marked) == ([], [], [])


def test_nothing_is_trained_when_the_person_says_no(house: Path) -> None:
    assert run(answer="n\n").exit_code == 1
    assert (lines(house), promoted, marked) == ([], [], [])


def test_a_good_model_is_promoted_and_its_turns_are_marked(house: Path) -> None:
    result = run("--by", "robin", answer="y\n")
    assert result.exit_code == 0, result.output
    assert lines(house) == [MASKED]
    assert promoted[0].startswith("attune-1 by robin: it learnt 1 corrections (")
    assert [(row["turn"], row["label"]) for row in marked[0]["learnt"]] == [(7, "feel_numb")]
    assert "Promoted: attune-1" in result.output
    assert not (house / "VAR" / "learning" / "candidate").exists()


def test_a_worse_model_is_refused_in_plain_words(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stub, "recall", 0.9)
    result = run("--yes")
    assert result.exit_code == 1
    assert "The current model stays, and nothing was learnt." in result.output
    assert "- crisis messages that raise an alarm: 0.900, below what chance explains" in result.output
    assert (lines(house), promoted, marked) == ([], ["discarded attune-1"], [])


LEARNT = Example("my erased words", "feel_low", voice="reviewed", batch="2027-03-09.1")


@pytest.fixture
def erased(house: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A parent had the conversation erased whose line was learnt; the digest of the line."""
    write_folder(house / "REVIEWED", [LEARNT])
    monkeypatch.setitem(WAITING, "withdrawn", [digest(LEARNT.label, LEARNT.text)])
    return digest(LEARNT.label, LEARNT.text)


def test_a_refused_model_does_not_keep_what_a_parent_had_erased(house, erased, monkeypatch) -> None:
    monkeypatch.setattr(Stub, "recall", 0.9)
    result = run("--yes")
    assert result.exit_code == 1
    assert "Taken out: 1 lines of what was erased or taken back. In use: attune-0." in result.output
    assert lines(house) == []
    assert [(one["learnt"], one["withdrawn"]) for one in marked] == [([], [erased])]
    assert promoted[-1] == "discarded attune-1"


def test_what_a_parent_had_erased_goes_by_itself_where_nothing_is_new(house, erased, monkeypatch) -> None:
    monkeypatch.setitem(WAITING, "corrections", [])
    result = run("--yes", "--by", "robin")
    assert result.exit_code == 0, result.output
    assert lines(house) == []
    assert promoted == ["attune-0 by robin: 1 lines of what was erased or taken back were taken out"]
    assert [one["withdrawn"] for one in marked] == [[erased]]


def test_a_good_model_is_learnt_after_what_was_erased_is_out(house, erased) -> None:
    assert run("--yes").exit_code == 0
    assert lines(house) == [MASKED]
    assert [len(one["learnt"]) for one in marked] == [0, 1]


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch):
    """A database that is locked for as many attempts to note something as are added to it."""
    often: list[None] = []
    works = learning.manage

    def manage(*arguments: str, given: str = "") -> str:
        if arguments == ("mark_learnt",) and often:
            often.pop()
            raise click.ClickException("The database could not be used:\ndatabase is locked")
        return works(*arguments, given=given)

    monkeypatch.setattr(learning, "manage", manage)
    monkeypatch.setattr(learning, "PAUSE", 0.0)
    return often


def test_what_was_learnt_is_noted_once_the_database_is_free_again(house: Path, locked: list[None]) -> None:
    locked.extend([None] * (learning.TRIES - 1))
    assert run("--yes").exit_code == 0
    assert [row["turn"] for row in marked[0]["learnt"]] == [7]


def test_what_could_not_be_noted_is_noted_by_the_next_learning(house: Path, locked: list[None]) -> None:
    locked.extend([None] * learning.TRIES)
    result = run("--yes")
    assert result.exit_code == 1
    assert "Run `attune learn` again soon" in result.output
    assert (lines(house), marked, len(promoted)) == ([MASKED], [], 1)
    (example,) = read_folder(house / "REVIEWED")
    assert "Learnt already: 1 corrections" in run("--dry-run").output
    assert marked == []
    assert run("--yes").exit_code == 0
    rows = [{"turn": 7, "label": "feel_numb", "digest": digest("feel_numb", MASKED), "seen": SEEN,
             "batch": example.batch}]  # fmt: skip
    assert [one["learnt"] for one in marked] == [rows]
    assert len(promoted) == 1


def test_lines_that_are_out_already_are_noted_as_out(house: Path, erased: str, locked: list[None]) -> None:
    locked.extend([None] * learning.TRIES)
    assert run("--yes").exit_code == 1
    assert (lines(house), marked) == ([], [])
    run("--yes")
    assert marked[0]["withdrawn"] == [erased]


def test_one_learning_at_a_time(house: Path) -> None:
    (house / "VAR" / "learning").mkdir()
    with (house / "VAR" / "learning" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = run("--yes")
    assert "Another learning is running" in result.output
    assert promoted == []


OTHER = Example("so numb today", "feel_numb", voice="reviewed", batch="2027-03-09.2")


@pytest.fixture
def meanwhile(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the person is asked, a timer's learning ends."""

    def confirm(*_: object, **__: object) -> bool:
        write_folder(house / "REVIEWED", [*read_folder(house / "REVIEWED"), OTHER])
        return True

    monkeypatch.setattr(click, "confirm", confirm)


def test_what_another_learning_learnt_meanwhile_stays(house: Path, meanwhile: None) -> None:
    result = run()
    assert result.exit_code == 1
    assert "Another learning has ended since this change was shown." in result.output
    assert (lines(house), promoted, marked) == ([OTHER.text], [], [])


def test_taking_back_a_learning_leaves_what_was_learnt_meanwhile(house: Path, meanwhile: None) -> None:
    write_folder(house / "REVIEWED", [LEARNT])
    result = run("--undo")
    assert "Another learning has ended" in result.output
    assert (lines(house), promoted, marked) == ([LEARNT.text, OTHER.text], [], [])


def test_only_the_labels_that_were_asked_for(house: Path) -> None:
    assert "There is nothing to learn" in run("--dry-run", "--label", "feel_low").output
    assert MASKED in run("--dry-run", "--label", "feel_numb").output


def test_a_learning_is_taken_back(house: Path) -> None:
    assert "Nothing was learnt" in run("--undo", "--yes").output
    run("--yes")
    result = run("--undo", answer="y\n")
    assert result.exit_code == 0, result.output
    assert f"-    - {MASKED}" in result.output
    assert lines(house) == []
    assert marked[-1] == {"batch": marked[0]["batch"], "undone": True}
    assert promoted[-1].startswith("attune-0 by ")


@pytest.fixture
def two_models(house: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = house / "MODELS"
    monkeypatch.setattr("bot.models.data_hash", lambda reviewed=None: "new")
    monkeypatch.setattr("bot.models.code_hash", lambda: "c")
    for name, day in (("attune-old", "2027-03-09"), ("attune-new", "2027-03-10")):
        register.archive(folder, name).write_text(name)
        register.add(folder, name, sources=name.removeprefix("attune-"), code="c")
        figures = {"crisis.alarm": Figure(0.941, 255, (0.9, 0.96))}
        write_card(folder, Card(name, "s", "d", "k", day, 60.0, 22_288, figures=figures))
    return folder


def choose(*arguments: str) -> Result:
    return CliRunner().invoke(listing.command, list(arguments))


def test_models_are_listed_with_the_one_in_use(two_models: Path) -> None:
    result = choose()
    assert "attune-new is in use: it fits the data." in result.output
    assert "0.941" in result.output


@pytest.mark.parametrize("columns", [40, 60, 80, None])
def test_names_are_whole_however_narrow_the_terminal_is(two_models: Path, monkeypatch, columns: int | None) -> None:
    name = "attune-e9a2983959bbe123"
    figures = {key: Figure(0.941, 255, (0.9, 0.96)) for key, _ in listing.FIGURES}
    write_card(two_models, Card(name, "s", "d", "k", "2027-03-11", 60.0, 28_500, figures=figures))
    if columns:
        monkeypatch.setattr(listing, "console", lambda: Console(width=columns))
    shown = choose().output
    assert any(name in line.split() for line in shown.splitlines())
    assert shown.count("0.941") == 5
    assert "…" not in shown


def test_a_roll_back_goes_to_the_model_before_and_back_again(two_models: Path) -> None:
    assert choose("--back").exit_code == 1
    assert "attune-old" in choose("--use", "attune-old", "--by", "robin", "--why", "it answers worse").output
    assert "attune-old is in use: it answers worse (robin, " in choose().output
    card = read_card(two_models, "attune-old")
    assert card is not None
    assert card.promoted is not None
    assert card.promoted["by"] == "robin"
    assert "In use from now on: attune-new" in choose("--back").output
    assert "attune-new is in use: rolled back" in choose().output
