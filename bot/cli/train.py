"""`attune train`."""

from __future__ import annotations

import click

from bot import passage_index
from bot.cli.lines import note
from bot.models import train


@click.command(name="train")
@click.option("--force", is_flag=True, help="Train although a model fits the data.")
def command(force: bool) -> None:
    """Train a model from data/, config.yml and domain.yml, and make the search index of the articles.

    Nothing is done where a model fits the data already, and the index is there.
    """
    trained = train(note, force=force)
    if trained.seconds:
        click.echo(f"Trained in {trained.seconds:.0f} s: {trained.path}")
    else:
        click.echo(f"The model fits the data already: {trained.path} (use --force to train again)")
    passage_index.make(note)
