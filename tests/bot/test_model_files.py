"""Finding the model that fits the data, and keeping the folder small."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from bot import models, register
from bot.models import KEPT, Trained, TrainingError, data_hash, model_to_use, train
from bot.register import Choice
from bot.settings import get_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A models folder, and a small project that models are made from."""
    monkeypatch.setenv("ATTUNE_MODELS", str(tmp_path / "models"))
    (tmp_path / "models").mkdir()
    for name in ("config.yml", "domain.yml", "data/nlu/feel_low.yml", "bot/nlu/intents.py", "bot/nlu/notes.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")
    monkeypatch.setattr(models, "ROOT", tmp_path)
    get_settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    get_settings.cache_clear()


def entered(folder: Path, sources: str) -> Path:
    """An archive that was trained here."""
    path = folder / "models" / f"attune-{sources}.tar.gz"
    path.touch()
    register.add(folder / "models", f"attune-{sources}", sources=sources, code="c")
    return path


def test_the_same_data_has_the_same_hash(folder: Path) -> None:
    assert data_hash() == data_hash()


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "data/nlu/feel_low.yml", "bot/nlu/intents.py"])
def test_whatever_a_model_is_made_from_changes_the_hash(folder: Path, name: str) -> None:
    before = data_hash()
    (folder / name).write_text("changed", "utf-8")
    assert data_hash() != before


def test_what_no_model_is_made_from_does_not_change_the_hash(folder: Path) -> None:
    before = data_hash()
    (folder / "bot" / "nlu" / "notes.md").write_text("changed", "utf-8")
    assert data_hash() == before


def test_a_renamed_file_changes_the_hash(folder: Path) -> None:
    before = data_hash()
    (folder / "data" / "nlu" / "feel_low.yml").rename(folder / "data" / "nlu" / "feel_numb.yml")
    assert data_hash() != before


def test_only_a_model_of_these_data_fits(folder: Path) -> None:
    entered(folder, "0123456789abcdef")
    assert model_to_use() is None
    fitting = entered(folder, data_hash())
    assert model_to_use().path == fitting  # type: ignore[union-attr]


@pytest.mark.parametrize("chosen", [False, True])
def test_nothing_is_trained_where_a_model_fits_whether_or_not_another_one_was_chosen(
    folder: Path, chosen: bool
) -> None:
    fitting = entered(folder, data_hash())
    if chosen:
        entered(folder, "before")
        register.choose(folder / "models", Choice("attune-before", data_hash(), "a person", "2027", "rolled back"))
    said: list[str] = []
    assert train(said.append) == Trained(fitting, 0.0)
    assert said == []


@pytest.mark.parametrize(("model", "shown"), [(None, "the domain is bad\n"), ("models/attune-1.tar.gz", "")])
def test_what_rasa_prints_is_shown_where_it_brings_no_model(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], model: str | None, shown: str
) -> None:
    import rasa

    def fake(**_: object) -> SimpleNamespace:
        sys.stdout.write("the domain is bad\n")
        return SimpleNamespace(model=model)

    monkeypatch.setattr(rasa, "train", fake)
    monkeypatch.setattr(models, "ensure_encoder", lambda report: None)
    monkeypatch.setattr(models, "_card", lambda *_: None)
    monkeypatch.setattr(models, "write_card", lambda *_: None)
    monkeypatch.setattr(register, "add", lambda *_, **__: None)
    with nullcontext() if model else pytest.raises(TrainingError, match="Rasa trained no model"):
        train(lambda line: None)
    assert capsys.readouterr() == ("", shown)


def test_only_the_newest_models_are_kept(folder: Path) -> None:
    paths = [folder / "models" / f"attune-{n}.tar.gz" for n in range(KEPT + 2)]
    for age, path in enumerate(paths):
        path.touch()
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    other = folder / "models" / "mine.tar.gz"
    other.touch()
    models._remove_old(folder / "models")
    assert sorted(folder.glob("models/*.tar.gz")) == sorted([*paths[:KEPT], other])


def test_a_model_in_use_and_the_one_before_are_kept_however_old(folder: Path) -> None:
    paths = [entered(folder, f"{n}") for n in range(KEPT + 3)]
    for age, path in enumerate(paths):
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    last = Choice(f"attune-{KEPT + 2}", data_hash(), "a person", "2027", "why", before=f"attune-{KEPT + 1}")
    register.choose(folder / "models", last)
    models._remove_old(folder / "models")
    assert sorted(folder.glob("models/*.tar.gz")) == sorted([*paths[:KEPT], *paths[KEPT + 1 :]])


def aged(folder: Path, count: int) -> list[Path]:
    """So many models, the first one the newest."""
    paths = [entered(folder, f"{n}") for n in range(count)]
    for age, path in enumerate(paths):
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    return paths


def test_the_model_that_fits_the_data_is_kept_however_old(folder: Path) -> None:
    paths = aged(folder, KEPT)
    fitting = entered(folder, data_hash())
    os.utime(fitting, (1, 1))
    models._remove_old(folder / "models")
    assert sorted(folder.glob("models/*.tar.gz")) == sorted([*paths, fitting])


def test_the_model_that_answers_is_kept_although_nobody_chose_it_and_the_data_have_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTUNE_VAR", str(folder))
    get_settings.cache_clear()
    paths = aged(folder, KEPT + 2)
    models.note_running(get_settings(), register.name_of(paths[-1]))
    models._remove_old(folder / "models")
    assert sorted(folder.glob("models/*.tar.gz")) == sorted([*paths[:KEPT], paths[-1]])


def test_what_was_learnt_counts_where_a_setting_says_that_it_lies(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "feel_low.yml").write_text("learnt", "utf-8")
    with_it = data_hash(elsewhere)
    assert with_it != data_hash()
    monkeypatch.setenv("ATTUNE_REVIEWED", str(folder / "data" / "nlu" / "reviewed"))
    get_settings.cache_clear()
    (folder / "data" / "nlu" / "reviewed").mkdir()
    (folder / "data" / "nlu" / "reviewed" / "feel_low.yml").write_text("learnt", "utf-8")
    assert data_hash() == with_it
