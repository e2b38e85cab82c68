"""`attune serve`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.models import TrainingError, model_to_use, note_running
from bot.settings import ROOT, get_settings
from bot.supervisor import environment, parts

if TYPE_CHECKING:
    from bot.settings import Settings


@click.command(name="serve")
@click.argument("part", type=click.Choice(["web", "rasa", "actions"]))
def command(part: str) -> None:
    """Become one of Attune's processes: for containers, systemd and several machines.

    `attune run` starts all three on one machine and watches them; here whatever started this process does. Nothing is
    trained and nothing migrated: run `attune train` and Django's migrate before. Rasa answers with the model that is in
    use when it starts (`attune models`). docs/operations.md has the settings that tell the processes where the others
    are.
    """
    settings = get_settings()
    model = _model_in_use(settings) if part == "rasa" else Path()
    chosen = next(each for each in parts(settings, model) if each.name == part)
    os.chdir(ROOT)
    os.execve(chosen.command[0], chosen.command, environment(settings))  # noqa: S606 - this very interpreter


def _model_in_use(settings: Settings) -> Path:
    selected = model_to_use()
    if selected is None:
        raise TrainingError(f"There is no model for this data in {settings.models}. Run `attune train`.")
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        note_running(settings, selected.name)
    except OSError as error:  # a full disk ends no chat
        click.echo(f"It could not be noted which model Rasa answers with: {error}", err=True)
    return selected.path
