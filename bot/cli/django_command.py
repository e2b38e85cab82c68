"""Runs a management command of the web process in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from bot.settings import ROOT

REFUSED = "CommandError: "  # how Django begins what a command itself says is wrong


def manage(*arguments: str, given: str = "") -> str:
    """The command's output, with `given` on its stdin. Raises ClickException with its last words when it fails."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bot.web.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        cwd=ROOT,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stderr.strip().splitlines()[-1:] or [""]
    if done.returncode != 0 and said[0].startswith(REFUSED):
        raise click.ClickException(said[0].removeprefix(REFUSED))
    if done.returncode != 0:
        raise click.ClickException(f"The database could not be used:\n{done.stderr[-2000:]}")
    return done.stdout
