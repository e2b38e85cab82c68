"""A whole learning with a workshop that trains nothing: what is changed, and when it is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.learning.files import read_folder, write_folder
from bot.learning.gate import MUST_NOT_FALL, MUST_NOT_RISE, Measured
from bot.learning.learn import learn, take_back
from bot.learning.plan import Plan, make_plan, without_last_batch
from bot.learning.rows import Corrected
from bot.model_card import Figure
from bot.models import TrainingError
from bot.understanding.examples import Example

if TYPE_CHECKING:
    from pathlib import Path

OLD = Example("so sad today", "feel_low", voice="reviewed", batch="2027-03-09.1")


def figures(recall: float) -> Measured:
    found = {name: Figure(recall, 1000, (recall - 0.01, recall + 0.01)) for name in MUST_NOT_FALL}
    return Measured(found | {name: Figure(0.02, 1000, (0.01, 0.03)) for name in MUST_NOT_RISE})


@dataclass
class Stub:
    """Models named by the number of phrasings; `recall` of each."""

    reviewed: Path
    recall: dict[str, float] = field(default_factory=dict)
    in_use: str | None = "m1"
    seen: list[str] = field(default_factory=list)
    fails: bool = False

    def train(self, reviewed: Path) -> str:
        # While a model is trained, nothing that is in use may have changed.
        self.seen.append(f"train with {len(read_folder(reviewed))}, in use {len(read_folder(self.reviewed))}")
        if self.fails:
            raise TrainingError("no disk")
        return f"m{len(read_folder(reviewed))}"

    def measure(self, model: str) -> Measured:
        return figures(self.recall.get(model, 0.95))

    def current(self) -> str | None:
        return self.in_use

    def floor(self) -> dict[str, dict[str, float]]:
        return {"at_least": {"crisis.alarm": 0.9}}

    def promote(self, model: str, why: str) -> None:
        self.in_use = model
        self.seen.append(why)

    def discard(self, model: str) -> None:
        self.seen.append(f"discard {model}")


@pytest.fixture
def reviewed(tmp_path: Path) -> Path:
    folder = tmp_path / "reviewed"
    write_folder(folder, [OLD])
    return folder


@pytest.fixture
def plan() -> Plan:
    return make_plan([Corrected(7, "so numb since she came", "feel_numb")], [], [OLD], [], "2027-03-10.1")


def say(line: str) -> None:
    """Nobody listens."""


def test_a_model_that_is_as_good_is_promoted_with_its_phrasings(plan: Plan, reviewed: Path, tmp_path: Path) -> None:
    stub = Stub(reviewed)
    outcome = learn(plan, reviewed, tmp_path / "candidate", stub, say)
    assert outcome.promoted
    assert stub.in_use == "m2"
    assert stub.seen == ["train with 2, in use 1", "it learnt 1 corrections (2027-03-10.1)"]
    assert {one.text for one in read_folder(reviewed)} == {"so sad today", "so numb since she came"}


def test_a_model_that_misses_more_is_refused_and_nothing_changes(plan: Plan, reviewed: Path, tmp_path: Path) -> None:
    stub = Stub(reviewed, recall={"m2": 0.93})
    before = {path.name: path.read_bytes() for path in reviewed.iterdir()}
    outcome = learn(plan, reviewed, tmp_path / "candidate", stub, say)
    assert not outcome.promoted
    assert outcome.verdict is not None
    assert outcome.verdict.reasons
    assert stub.in_use == "m1"
    assert stub.seen[-1] == "discard m2"
    assert {path.name: path.read_bytes() for path in reviewed.iterdir()} == before


def test_without_a_current_model_the_floor_alone_decides(plan: Plan, reviewed: Path, tmp_path: Path) -> None:
    assert learn(plan, reviewed, tmp_path / "c", Stub(reviewed, in_use=None), say).promoted
    write_folder(reviewed, [OLD])
    assert not learn(plan, reviewed, tmp_path / "c", Stub(reviewed, {"m2": 0.89}, in_use=None), say).promoted


def test_a_training_that_fails_changes_nothing(plan: Plan, reviewed: Path, tmp_path: Path) -> None:
    stub = Stub(reviewed, fails=True)
    with pytest.raises(TrainingError):
        learn(plan, reviewed, tmp_path / "candidate", stub, say)
    assert read_folder(reviewed) == [OLD]
    assert stub.in_use == "m1"


def test_a_learning_can_be_taken_back(plan: Plan, reviewed: Path, tmp_path: Path) -> None:
    stub = Stub(reviewed)
    learn(plan, reviewed, tmp_path / "candidate", stub, say)
    back = without_last_batch(read_folder(reviewed))
    assert back is not None
    outcome = take_back(back, reviewed, tmp_path / "candidate", stub)
    assert outcome.model == stub.in_use == "m1"
    assert read_folder(reviewed) == [OLD]
