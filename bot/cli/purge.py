"""`attune purge`."""

from __future__ import annotations

import click

from bot.cli.django_command import manage


@click.command(name="purge")
def command() -> None:
    """Erase what is older than knowledge/practice.yml allows.

    Conversations go `retention_days` after their last word, and with them exports, mails in files and the words of
    searches of that age; bookings `booking.retention_days` after the appointment; lines of the record after
    ATTUNE_RECORD_DAYS. Prints how much went.

    The running server does this by itself once a day.
    """
    click.echo(manage("purge").strip())
