"""`attune restore`."""

from __future__ import annotations

from pathlib import Path

import click

from bot.backup import restore
from bot.cli.django_command import manage


@click.command(name="restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(file: Path, yes: bool) -> None:
    """Put the backup FILE in the place of the database; Attune must not run.

    What was said since then is gone. What parents erased since then comes back: erase it again. The file that is
    replaced is kept beside it (SQLite), and the schema is brought up to date.
    """
    if not yes:
        click.confirm("Replace the database by this backup?", abort=True)
    kept = restore(file)
    manage("migrate", "--verbosity", "0")
    click.echo("Restored." + (f" The database as it was is {kept}; delete it when all is well." if kept else ""))
