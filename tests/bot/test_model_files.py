"""Finding the model that fits the data, and keeping the folder small."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bot import models
from bot.models import KEPT, Trained, data_hash, fitting_model, train
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
    (folder / "models" / "attune-0123456789abcdef.tar.gz").touch()
    assert fitting_model() is None
    fitting = folder / "models" / f"attune-{data_hash()}.tar.gz"
    fitting.touch()
    assert fitting_model() == fitting


def test_nothing_is_trained_where_a_model_fits(folder: Path) -> None:
    fitting = folder / "models" / f"attune-{data_hash()}.tar.gz"
    fitting.touch()
    said: list[str] = []
    assert train(said.append) == Trained(fitting, 0.0)
    assert said == []


def test_only_the_newest_models_are_kept(folder: Path) -> None:
    paths = [folder / "models" / f"attune-{n}.tar.gz" for n in range(KEPT + 2)]
    for age, path in enumerate(paths):
        path.touch()
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    other = folder / "models" / "mine.tar.gz"
    other.touch()
    models._remove_old(folder / "models")
    assert sorted(folder.glob("models/*")) == sorted([*paths[:KEPT], other])
