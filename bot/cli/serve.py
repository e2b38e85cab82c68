"""`attune serve`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bot.models import TrainingError, fitting_model
from bot.settings import ROOT, get_settings
from bot.supervisor import environment, parts


@click.command(name="serve")
@click.argument("part", type=click.Choice(["web", "rasa", "actions"]))
def command(part: str) -> None:
    """Become one of Attune's processes: for containers, systemd and several machines.

    `attune run` starts all three on one machine and watches them; here whatever started this process does. Nothing is
    trained and nothing migrated: run `attune train` and Django's migrate before. docs/operations.md has the settings
    that tell the processes where the others are.
    """
    settings = get_settings()
    model = fitting_model() if part == "rasa" else Path()
    if model is None:
        raise TrainingError(f"There is no model for this data in {settings.models}. Run `attune train`.")
    chosen = next(each for each in parts(settings, model) if each.name == part)
    os.chdir(ROOT)
    os.execve(chosen.command[0], chosen.command, environment(settings))  # noqa: S606 - this very interpreter
