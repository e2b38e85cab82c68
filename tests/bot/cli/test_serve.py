"""`attune serve rasa` answers with the model that is in use, as `attune run` does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from bot import models, register
from bot.cli.models import command as choose
from bot.cli.serve import command as serve
from bot.models import RUNNING, TrainingError
from bot.register import Choice
from bot.settings import ROOT, get_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A models folder of its own, for data that hash to "now" and code that hashes to "code"."""
    monkeypatch.setenv("ATTUNE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("ATTUNE_VAR", str(tmp_path / "var"))
    monkeypatch.setattr(models, "data_hash", lambda reviewed=None: "now")
    monkeypatch.setattr(models, "code_hash", lambda: "code")
    (tmp_path / "models").mkdir()
    get_settings.cache_clear()
    yield tmp_path / "models"
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that this process would have become."""
    commands: list[list[str]] = []
    monkeypatch.chdir(ROOT)  # the command goes there, and comes back with this
    monkeypatch.setattr(os, "execve", lambda path, command, environment: commands.append(command))
    return commands


def trained(folder: Path, sources: str) -> Path:
    path = register.archive(folder, f"attune-{sources}")
    path.write_text(sources, "utf-8")
    register.add(folder, f"attune-{sources}", sources=sources, code="code")
    return path


def run(part: str) -> Result:
    return CliRunner().invoke(serve, [part], catch_exceptions=False)


def test_without_a_choice_the_model_that_fits_the_data_is_served(folder: Path, became: list[list[str]]) -> None:
    fitting = trained(folder, "now")
    run("rasa")
    assert became[0][-1] == str(fitting)


def test_after_a_roll_back_the_model_of_before_is_served_and_not_the_one_that_fits(
    folder: Path, became: list[list[str]]
) -> None:
    before, rejected = trained(folder, "before"), trained(folder, "now")
    register.choose(folder, Choice("attune-now", "now", "a person", "2027", "it learnt", before="attune-before"))
    run("rasa")
    said = CliRunner().invoke(choose, ["--back", "--by", "robin"], catch_exceptions=False).output
    run("rasa")
    assert said == "In use from now on: attune-before\n"
    assert [command[-1] for command in became] == [str(rejected), str(before)]


def test_the_model_that_is_served_is_noted_so_that_no_training_removes_it(
    folder: Path, became: list[list[str]]
) -> None:
    trained(folder, "now")
    run("rasa")
    assert (get_settings().var / RUNNING).read_text() == "attune-now"


def test_a_note_that_cannot_be_written_keeps_no_rasa_from_starting(folder: Path, became: list[list[str]]) -> None:
    trained(folder, "now")
    get_settings().var.write_text("a file where the folder should be")
    assert "could not be noted" in run("rasa").output
    assert became


def test_without_a_model_it_says_how_to_make_one(folder: Path, became: list[list[str]]) -> None:
    with pytest.raises(TrainingError, match="Run `attune train`"):
        run("rasa")
    assert not became


@pytest.mark.parametrize("part", ["web", "actions"])
def test_the_other_parts_need_no_model(folder: Path, became: list[list[str]], part: str) -> None:
    run(part)
    assert len(became) == 1
    assert not (get_settings().var / RUNNING).exists()
