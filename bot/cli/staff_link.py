"""`attune staff-link`."""

from __future__ import annotations

import click

from bot.cli.django_command import manage


@click.command(name="staff-link")
@click.argument("name")
def command(name: str) -> None:
    """Print a one-time link with which NAME, an account of the console, chooses a new password and sets up a new phone.

    For when no administrator can do it in the console: the only one lost the phone and the recovery codes. It ends the
    old password, second factor and every session of NAME, and is recorded. The link is good for 24 hours.
    """
    click.echo(manage("staff_link", name).strip())
