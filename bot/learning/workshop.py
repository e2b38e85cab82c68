"""Trains and measures in processes of their own: a model's gigabyte ends with them, and a running Attune goes first."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from bot import register
from bot.evaluation.recorded import EVAL, measured_on
from bot.learning.gate import Measured
from bot.model_card import read_card
from bot.models import TrainingError, data_hash, model_to_use, put_in_use
from bot.settings import ROOT, get_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NICE = 10  # parents who chat on the same machine come first


@dataclass(frozen=True)
class OwnProcesses:
    """The real workshop; `by` is who is written on the card."""

    by: str

    def train(self, reviewed: Path) -> str:
        """See bot.learning.learn.Workshop."""
        name = f"attune-{data_hash(reviewed)}"
        if not register.may_be_loaded(get_settings().models, name):
            _attune("train", ATTUNE_REVIEWED=str(reviewed))
        if not register.may_be_loaded(get_settings().models, name):
            raise TrainingError("Training failed; the lines above say why. Nothing was changed.")
        return name

    def measure(self, model: str) -> Measured:
        """The default suites on tests/eval; read from the model's card where it was measured on the same lines."""
        known = _on_its_card(model)
        if known is None:
            _attune("eval", "--model", model)  # it ends with 1 below the floor, which the gate finds as well
            known = _on_its_card(model)
        if known is None:
            raise TrainingError(f"{model} could not be measured; the lines above say why. Nothing was changed.")
        return known

    def current(self) -> str | None:
        """See bot.learning.learn.Workshop."""
        selected = model_to_use()
        return selected.name if selected else None

    def floor(self) -> Mapping[str, Mapping[str, float]]:
        """tests/eval/floor.yml."""
        floor: dict[str, dict[str, float]] = yaml.safe_load((EVAL / "floor.yml").read_text("utf-8"))
        return floor

    def promote(self, model: str, why: str) -> None:
        """See bot.learning.learn.Workshop."""
        put_in_use(model, self.by, why)

    def discard(self, model: str) -> None:
        """See bot.learning.learn.Workshop."""
        register.forget(get_settings().models, model)


def _on_its_card(model: str) -> Measured | None:
    card = read_card(get_settings().models, model)
    return Measured(card.figures, card.wrong) if card and card.measured_on == measured_on() else None


def _attune(*arguments: str, **variables: str) -> None:
    """Run a subcommand; what it prints goes to stderr, since stdout belongs to the command that asked for it."""
    command = ["nice", "-n", str(NICE), sys.executable, "-c", "from bot.cli import main; main()", *arguments]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, stdout=sys.stderr, check=False)
