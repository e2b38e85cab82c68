"""`attune backup`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from bot.backup import back_up


@click.command(name="backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def command(file: Path | None) -> None:
    """Copy the database to FILE while Attune runs (default: attune-DATE.backup here).

    The copy is checked, and whole or not there at all. Keep it apart from the secrets: both together open everything.
    """
    target = file or Path(f"attune-{datetime.now():%Y%m%d-%H%M%S}.backup")
    size = back_up(target)
    click.echo(f"{target}: {size / 2**20:.1f} MB. Keep ATTUNE_FIELD_SECRET too, in another place.")
