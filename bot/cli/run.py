"""`attune run`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import click

from bot.models import train
from bot.settings import ROOT, get_settings
from bot.supervisor import Supervisor, check_ground


@click.command(name="run")
def command() -> None:
    """Start Attune on this machine: Rasa and the action server on loopback, and the web process.

    Trains first when no model fits the data. Ctrl-C stops everything. Ports: ATTUNE_PORT (8000),
    ATTUNE_RASA_PORT (5005), ATTUNE_ACTIONS_PORT (5055). Logs: var/log.
    """
    settings = get_settings()
    say = click.echo
    check_ground(settings)
    settings.secret("channel")
    model = train(say).path
    _migrate()
    supervisor = Supervisor(settings, model, say)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.ask_to_stop())
    supervisor.start()
    say("")
    say(f"  Demo page      {settings.public_url}/")
    say(f"  Staff console  {settings.public_url}/staff/")
    link = _first_administrator()
    if link:
        say(f"  First administrator, once, within 24 hours: {link}")
    say("\nAttune is ready. Ctrl-C stops it.")
    try:
        supervisor.watch()
    finally:
        say("Stopping")
        supervisor.stop()


def _manage(*arguments: str) -> str:
    """Runs Django's management command in a process of its own; its output."""
    command_line = [sys.executable, "-m", "django", *arguments]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bot.web.settings"}
    done = subprocess.run(command_line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise click.ClickException(f"The database could not be prepared:\n{done.stderr[-2000:]}")
    return done.stdout


def _migrate() -> None:
    _manage("migrate", "--verbosity", "0")


def _first_administrator() -> str | None:
    return _manage("first_admin").strip() or None
