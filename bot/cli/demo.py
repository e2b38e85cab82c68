"""`attune demo`, and the part of it that `attune run --demo` uses."""

from __future__ import annotations

import sys

import click

from bot import demo
from bot.cli.django_command import manage


@click.command(name="demo")
@click.option("--remove", is_flag=True, help="Take the invented conversations away again; real ones stay.")
@click.option("--yes", is_flag=True, help="Do not ask when the database has real conversations.")
def command(remove: bool, yes: bool) -> None:
    """Fill the console with 200 invented conversations, to look at or to learn on.

    They are the dialogues of tests/conversations, played through the real model, marked as a demo in the inbox, and
    gone with `attune demo --remove`. Trains first when no model fits the data.
    """
    manage("migrate", "--verbosity", "0")
    if remove:
        click.echo(f"{demo.remove()} conversations of the demo removed.")
        return
    fill(yes=yes)


def fill(*, yes: bool = False) -> None:
    """Fills the console unless the demo is there already. Asks first where parents have written."""
    there = demo.state()
    if there["demo"]:
        click.echo(f"The demo is there already: {there['demo']} conversations. `attune demo --remove` takes it away.")
        return
    if there["real"] and not yes:
        warning = f"There are {there['real']} conversations of parents here, and the demo would stand among them"
        if not sys.stdin.isatty():
            raise click.ClickException(f"{warning}. Run `attune demo --yes` if that is what you want.")
        click.confirm(f"{warning}, marked as a demo. Go on?", abort=True)
    try:
        count = demo.fill(click.echo)
    except demo.DemoError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{count} conversations of the demo stored. `attune demo --remove` takes them away.")
