"""`attune purge`."""

from __future__ import annotations

import click

from bot.cli.django_command import manage


@click.command(name="purge")
def command() -> None:
    """Erase conversations and bookings that are older than knowledge/practice.yml allows.

    Conversations go `retention_days` after their last word; bookings, and mails that could not be delivered,
    `booking.retention_days` after the appointment.

    The running server does this by itself once a day.
    """
    click.echo(manage("purge").strip())
