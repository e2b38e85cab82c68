"""`attune purge`."""

from __future__ import annotations

import click

from bot.cli.django_command import manage


@click.command(name="purge")
def command() -> None:
    """Erase conversations that are older than `retention_days` in knowledge/practice.yml.

    The running server does this by itself once a day.
    """
    click.echo(manage("purge").strip())
