"""`attune export`."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from bot.cli.django_command import manage
from bot.safety.tiers import TIERS

if TYPE_CHECKING:
    from datetime import datetime

DAY = click.DateTime(["%Y-%m-%d"])


@click.command(name="export")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--since", type=DAY, help="Conversations in which something was said on this day or later: 2027-03-10.")
@click.option("--until", type=DAY, help="... on this day or earlier.")
@click.option("--tier", type=click.Choice(TIERS), help="With a turn of this tier.")
@click.option("--reviewed/--unreviewed", default=None, help="Only those that staff reviewed, or did not.")
@click.option("--reveal", is_flag=True, help="Names and numbers as they were written. It is recorded; needs --reason.")
@click.option("--reason", default="", help="Why they are revealed.")
@click.option("--by", default=getpass.getuser, help="Who exports, for the record; default: your login name.")
def command(
    form: str,
    since: datetime | None,
    until: datetime | None,
    tier: str | None,
    reviewed: bool | None,
    reveal: bool,
    reason: str,
    by: str,
) -> None:
    """Write conversations to a file under var/exports that only you can read, and print where it is.

    Names, numbers and addresses are masked as well as Attune can: never pass a file on as if it held none. JSONL has
    one conversation a line, CSV one turn a row. Every export is recorded. When a conversation is erased it is taken out
    of the files in that folder too, not out of copies: leave them there, and delete them when you are done.
    """
    if reveal and not reason.strip():
        raise click.UsageError("--reveal needs --reason: it is recorded who saw names and numbers, and why.")
    arguments = ["export_conversations", "--format", form, "--by", by]
    for name, value in (("since", since and since.date()), ("until", until and until.date()), ("tier", tier)):
        arguments += [f"--{name}", str(value)] if value else []
    if reviewed is not None:
        arguments += ["--reviewed", "yes" if reviewed else "no"]
    if reveal:
        arguments += ["--reveal", f"--reason={reason}"]
    click.echo(manage(*arguments).strip())
