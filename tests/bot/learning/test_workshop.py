"""The real workshop, with processes that only leave behind what the real ones would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import register
from bot.learning import workshop
from bot.learning.workshop import OwnProcesses
from bot.model_card import Card, Figure, with_figures, write_card
from bot.models import TrainingError, model_to_use
from bot.settings import get_settings

if TYPE_CHECKING:
    from pathlib import Path

FIGURES = {"crisis.alarm": Figure(0.95, 255, (0.92, 0.97))}


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What was run. A training leaves a registered model, a measuring figures on its card."""
    calls: list[tuple[tuple[str, ...], dict[str, str]]] = []

    def attune(*arguments: str, **variables: str) -> None:
        calls.append((arguments, variables))
        if arguments == ("train",):
            trained(tmp_path, "attune-d2")
        else:
            with_figures(tmp_path, arguments[-1], FIGURES, {"intents": ["x"]}, "lines")

    monkeypatch.setenv("ATTUNE_MODELS", str(tmp_path))
    get_settings.cache_clear()
    monkeypatch.setattr(workshop, "_attune", attune)
    monkeypatch.setattr(workshop, "measured_on", lambda: "lines")
    for module in ("bot.learning.workshop", "bot.models"):
        monkeypatch.setattr(f"{module}.data_hash", lambda reviewed=None: "d2" if reviewed else "d1")
    monkeypatch.setattr("bot.models.code_hash", lambda: "c")
    yield calls
    monkeypatch.undo()
    get_settings.cache_clear()


def trained(folder: Path, name: str) -> None:
    register.archive(folder, name).write_text(name)
    register.add(folder, name, sources=name.removeprefix("attune-"), code="c")
    write_card(folder, Card(name, "s", "d", "k", "2027-03-10", 60.0, 22_288))


def test_a_model_is_trained_with_the_candidates_phrasings(ran, tmp_path: Path) -> None:
    assert OwnProcesses("robin").train(tmp_path / "candidate") == "attune-d2"
    assert ran == [(("train",), {"ATTUNE_REVIEWED": str(tmp_path / "candidate")})]


def test_a_model_that_is_there_is_not_trained_again(ran, tmp_path: Path) -> None:
    trained(tmp_path, "attune-d2")
    assert OwnProcesses("robin").train(tmp_path / "candidate") == "attune-d2"
    assert ran == []


def test_a_training_that_leaves_no_model_says_that_nothing_was_changed(ran, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(workshop, "_attune", lambda *_, **__: None)
    with pytest.raises(TrainingError, match="Nothing was changed"):
        OwnProcesses("robin").train(tmp_path / "candidate")
    with pytest.raises(TrainingError, match="could not be measured"):
        OwnProcesses("robin").measure("attune-d2")


def test_a_model_is_measured_once_for_the_same_lines(ran, tmp_path: Path, monkeypatch) -> None:
    trained(tmp_path, "attune-d2")
    one = OwnProcesses("robin")
    measured = one.measure("attune-d2")
    assert (dict(measured.figures), measured.wrong) == (FIGURES, {"intents": ["x"]})
    assert one.measure("attune-d2") == measured
    assert ran == [(("eval", "--model", "attune-d2"), {})]
    monkeypatch.setattr(workshop, "measured_on", lambda: "other lines")
    with pytest.raises(TrainingError, match="could not be measured"):
        one.measure("attune-d2")
    assert len(ran) == 2


def test_what_is_promoted_is_used_and_what_is_refused_is_gone(ran, tmp_path: Path) -> None:
    for name in ("attune-d1", "attune-d2"):
        trained(tmp_path, name)
    one = OwnProcesses("robin")
    assert one.current() == "attune-d1"
    one.promote("attune-d2", "it learnt 1 corrections")
    assert one.current() == "attune-d2"
    assert "robin" in model_to_use().why  # type: ignore[union-attr]
    one.discard("attune-d1")
    assert not register.may_be_loaded(tmp_path, "attune-d1")


def test_the_floor_is_the_one_of_the_evaluation() -> None:
    assert OwnProcesses("robin").floor()["at_least"]["crisis.alarm"] > 0.9
