"""`attune erase`."""

from __future__ import annotations

import getpass

import click

from bot.cli.django_command import manage


@click.command(name="erase")
@click.argument("conversations", nargs=-1, required=True, metavar="CONVERSATION...")
@click.option("--reason", default="", help="For the record, without names: asked by the parent, by mail.")
@click.option("--by", default=getpass.getuser, help="Who erases, for the record; default: your login name.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(conversations: tuple[str, ...], reason: str, by: str, yes: bool) -> None:
    """Erase conversations because somebody asked for it, and print a receipt for each.

    CONVERSATION is the id in the address of its page in the console. It goes from the tables, the outbox and the files
    in var/exports; Rasa forgets it within ten minutes; phrasings learnt from it are taken out by the next `attune
    learn`. It cannot be undone. Backups and copies of exports are yours to clear. Parents can do it themselves in the
    chat.
    """
    if not yes:
        click.confirm(f"Erase {len(conversations)} conversation(s) for good?", abort=True)
    click.echo(manage("erase_conversations", "--by", by, f"--reason={reason}", *conversations).strip())
