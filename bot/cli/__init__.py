"""The `attune` command. Each subcommand lives in its own module and is imported when it is used."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from bot.quiet import quieten

COMMANDS = {
    "run": "Start Attune: train if needed, start the three processes, print where to look.",
    "serve": "Start one process alone: web, rasa or actions. For several machines.",
    "train": "Train a model from data/ and print the time and where it is.",
    "parse": "What is understood of each line on stdin, as JSONL.",
    "search": "The passages that answer each line on stdin, as JSONL.",
    "talk": "Play dialogues from a YAML file through the real model and actions, as JSONL.",
    "chat": "Talk with Attune in the terminal.",
    "eval": "Every quality figure on a folder of evaluation files.",
    "knowledge": "Import, check and list the articles that answers are quoted from.",
    "bench": "Speed and size beside a bare Rasa, on this machine.",
    "doctor": "Check configuration and content; say what to mend.",
    "learn": "Learn from corrections; a new model is used only if nothing safety-relevant fell.",
    "models": "Models with their figures; which one is in use and why; roll back.",
    "export": "Conversations as JSONL or CSV, masked.",
    "erase": "Erase conversations from every store, with a receipt.",
    "demo": "Fill the console with 200 invented conversations, or take them away.",
    "purge": "Erase what is older than the retention time, and say how much.",
    "reseal": "Encrypt contact details anew after a change of ATTUNE_FIELD_SECRET.",
    "backup": "Copy the database while Attune runs.",
    "restore": "Put a backup in the place of the database.",
    "staff-link": "A one-time link for an account of the console that lost its second factor.",
    "setup-encoder": "Fetch and build the sentence encoder (part of `make setup`).",
}
MODULES = {"eval": "evaluate", "setup-encoder": "setup_encoder", "staff-link": "staff_link"}


class Lazy(click.Group):
    """Finds a subcommand by name, so that `attune --help` does not import Rasa."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of a first day with Attune."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"bot.cli.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names with their one-line help, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="attune")
def cli() -> None:
    """Attune, the support assistant of a perinatal-therapy practice.

    Begin with `attune run`. Settings come from ATTUNE_… variables: docs/operations.md lists them.
    """


def main() -> Any:
    """Entry point: known errors become one line that names the fix, without a traceback."""
    from bot.backup import BackupError
    from bot.encoding.weights import EncoderError
    from bot.models import TrainingError
    from bot.register import RegisterError
    from bot.settings import SettingError
    from bot.supervisor import StartError
    from knowledge.errors import KnowledgeError

    quieten()
    try:
        return cli(standalone_mode=True)
    except (BackupError, SettingError, KnowledgeError, EncoderError, TrainingError, RegisterError, StartError) as error:
        click.echo(f"attune: {error}", err=True)
        sys.exit(1)
