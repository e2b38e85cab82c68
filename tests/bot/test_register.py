"""Only an archive that is byte for byte the one that was trained here is loaded; choices hold until something changes."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from bot import models, register
from bot.model_card import Card, Figure, cards, read_card, with_figures, write_card
from bot.models import model_to_use, put_in_use
from bot.register import RegisterError
from bot.settings import get_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What data and code hash to."""
    now = {"data": "d1", "code": "c1"}
    monkeypatch.setattr(models, "data_hash", lambda reviewed=None: now["data"])
    monkeypatch.setattr(models, "code_hash", lambda: now["code"])
    return now


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hashes: dict[str, str]):
    """A models folder of its own."""
    monkeypatch.setenv("ATTUNE_MODELS", str(tmp_path))
    get_settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    get_settings.cache_clear()


def trained(folder: Path, data: str, code: str = "c1") -> str:
    name = f"attune-{data}"
    register.archive(folder, name).write_text(f"model of {data}")
    register.add(folder, name, sources=data, code=code)
    write_card(folder, Card(name, data, data, "k", f"2027-03-1{data[-1]}", 1.0, 10))
    return name


def test_what_was_trained_here_may_be_loaded(folder: Path) -> None:
    assert register.may_be_loaded(folder, trained(folder, "d1"))
    assert model_to_use().path == folder / "attune-d1.tar.gz"  # type: ignore[union-attr]


def test_an_archive_that_was_changed_or_brought_is_not_loaded(folder: Path) -> None:
    name = trained(folder, "d1")
    register.archive(folder, name).write_text("something else")
    register.archive(folder, "attune-d2").write_text("brought")
    assert not register.may_be_loaded(folder, name)
    assert not register.may_be_loaded(folder, "attune-d2")
    assert model_to_use() is None


def test_archives_that_are_deleted_by_make_clean_leave_choices_and_cards(root: Path, folder: Path) -> None:
    project = folder / "project"
    (project / ".venv").mkdir(parents=True)
    (project / "models").symlink_to(folder)
    (project / "Makefile").write_text((root / "Makefile").read_text("utf-8"), "utf-8")
    name = trained(folder, "d1")
    put_in_use(name, "robin", "it learnt 3 corrections")
    subprocess.run(["make", "clean"], cwd=project, check=True)
    assert not register.archive(folder, name).exists()
    assert not (project / ".venv").exists()
    assert [card.name for card in cards(folder)] == [name]
    assert register.read(folder).entries == {}
    assert model_to_use() is None
    trained(folder, "d1")
    selected = model_to_use()
    assert selected is not None
    assert "it learnt 3 corrections (robin" in selected.why


def test_without_a_choice_the_model_that_fits_is_used(folder: Path) -> None:
    trained(folder, "d1")
    selected = model_to_use()
    assert selected is not None
    assert (selected.name, selected.why) == ("attune-d1", "it fits the data")


def test_a_choice_goes_before_what_fits_until_something_changes(folder: Path, hashes: dict[str, str]) -> None:
    trained(folder, "d1")
    trained(folder, "d0")
    choice = put_in_use("attune-d0", "a person", "rolled back")
    assert choice.before == "attune-d1"
    selected = model_to_use()
    assert selected is not None
    assert selected.name == "attune-d0"
    assert selected.why.startswith("rolled back (a person, 20")
    hashes["data"] = "d2"
    assert model_to_use() is None
    trained(folder, "d2")
    assert model_to_use().name == "attune-d2"  # type: ignore[union-attr]


def test_a_chosen_archive_that_was_changed_is_not_used(folder: Path) -> None:
    trained(folder, "d1")
    register.archive(folder, trained(folder, "d0"))
    put_in_use("attune-d0", "a person", "why")
    register.archive(folder, "attune-d0").write_text("something else")
    assert model_to_use().name == "attune-d1"  # type: ignore[union-attr]


def test_a_model_of_other_code_or_of_none_cannot_be_put_in_use(folder: Path) -> None:
    trained(folder, "d1")
    trained(folder, "d0", code="c0")
    with pytest.raises(RegisterError, match="made by other code"):
        put_in_use("attune-d0", "a person", "why")
    with pytest.raises(RegisterError, match="may not be loaded"):
        put_in_use("attune-nowhere", "a person", "why")
    assert register.read(folder).choice is None


def test_the_card_says_who_put_it_in_use(folder: Path) -> None:
    trained(folder, "d1")
    put_in_use("attune-d1", "a person", "it learnt 3 corrections")
    card = read_card(folder, "attune-d1")
    assert card is not None
    assert card.promoted is not None
    assert (card.promoted["by"], card.promoted["why"]) == ("a person", "it learnt 3 corrections")


def test_figures_are_written_on_the_card_and_read_back(folder: Path) -> None:
    trained(folder, "d1")
    with_figures(folder, "attune-d1", {"crisis.alarm": Figure(0.95, 255, (0.92, 0.97))}, {"intents": ["x"]}, "e1")
    card = read_card(folder, "attune-d1")
    assert card is not None
    assert card.figures["crisis.alarm"] == Figure(0.95, 255, (0.92, 0.97))
    assert (card.wrong, card.measured_on) == ({"intents": ["x"]}, "e1")


def test_cards_come_newest_first_and_a_broken_one_is_left_out(folder: Path) -> None:
    trained(folder, "d1")
    trained(folder, "d2")
    (folder / "attune-d3.json").write_text("{")
    assert [card.name for card in cards(folder)] == ["attune-d2", "attune-d1"]


def test_a_forgotten_model_keeps_its_card(folder: Path) -> None:
    register.forget(folder, trained(folder, "d1"))
    assert not register.may_be_loaded(folder, "attune-d1")
    assert read_card(folder, "attune-d1")


def test_a_register_that_cannot_be_read_names_the_fix(folder: Path) -> None:
    (folder / register.FILE).write_text("[]")
    with pytest.raises(RegisterError, match="Delete it and run `attune train --force`"):
        model_to_use()
