"""`attune run`."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from functools import partial

import click

from bot import passage_index
from bot.cli.demo import fill as fill_with_demo
from bot.cli.django_command import manage
from bot.models import Selected, TrainingError, model_to_use
from bot.settings import ROOT, get_settings
from bot.supervisor import StartError, Supervisor, check_ground


@click.command(name="run")
@click.option("--demo", "demo", is_flag=True, help="Fill the console with 200 invented conversations first.")
def command(demo: bool) -> None:
    """Start Attune on this machine: Rasa and the action server on loopback, and the web process.

    Trains first when no model fits the data, and encodes the articles where they changed. Ctrl-C stops everything. Ports: ATTUNE_PORT (8000),
    ATTUNE_RASA_PORT (5005), ATTUNE_ACTIONS_PORT (5055). Logs: var/log.
    """
    settings = get_settings()
    say = _say
    check_ground(settings)
    settings.secret("channel")
    _index_articles()
    model = fitting_or_trained()
    _migrate()
    say(f"Model {model.name}: {model.why}")
    if demo:
        fill_with_demo()
    supervisor = Supervisor(settings, model, say, partial(_say, err=True))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.ask_to_stop())
    try:
        supervisor.start()
        link = _first_administrator()
        say("")
        say(f"  Demo page      {settings.public_url}/")
        say(f"  Staff console  {settings.public_url}/staff/")
        if link:
            say(f"  First administrator, once, within 24 hours: {link}")
        say("\nAttune is ready. Ctrl-C stops it.")
        supervisor.watch()
    finally:
        say("Stopping")
        supervisor.stop()


def _say(line: str, *, err: bool = False) -> None:
    """Print `line`, if that is possible: a full disk below a file that the output goes to ends no chat."""
    with contextlib.suppress(OSError):
        click.echo(line, err=err)


def _index_articles() -> None:
    """Rasa would make the index as well, but only once it is started, and nobody would see how far it is."""
    if not passage_index.is_made() and _attune("knowledge", "index") != 0:
        raise StartError("The articles could not be encoded; the lines above say why.")


def _attune(*arguments: str) -> int:
    """The exit code of a subcommand, run in a process of its own, whose gigabyte ends with it."""
    command = [sys.executable, "-c", "from bot.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def fitting_or_trained() -> Selected:
    """The model to use; trained first where there is none."""
    found = model_to_use()
    if found:
        return found
    if _attune("train") != 0:
        raise TrainingError("Training failed; the lines above say why.")
    found = model_to_use()
    if found is None:
        raise TrainingError("Training brought no model that fits the data. Run `attune train --force`.")
    return found


def _migrate() -> None:
    manage("migrate", "--verbosity", "0")


def _first_administrator() -> str | None:
    return manage("first_admin").strip() or None
