"""`attune reseal`."""

from __future__ import annotations

import click

from bot.cli.django_command import manage


@click.command(name="reseal")
def command() -> None:
    """Encrypt contact details and the outbox anew with the first secret of ATTUNE_FIELD_SECRET.

    To change the secret: set ATTUNE_FIELD_SECRET=new,old and restart, run this, then set ATTUNE_FIELD_SECRET=new
    and restart. It may run beside a running server, and may be run again at any time.
    """
    click.echo(manage("reseal").strip())
