"""`attune talk`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.cli.lines import note, write


@click.command(name="talk")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Play the dialogues of FILE through the real model and actions; one JSON line a turn.

    FILE is a YAML list of {name, region?, turns: [{user: text}]}; a turn {payload_from: "yes"} presses the
    offered choice whose label contains that text.
    """
    from bot.dialogues import DialogueError, load_dialogues, play
    from bot.runtime import action_server, load_player

    try:
        dialogues = load_dialogues(file)
    except DialogueError as error:
        raise click.ClickException(str(error)) from None

    async def each(address: str) -> None:
        player = load_player(address, note)
        for dialogue in dialogues:
            try:
                async for played in play(player, dialogue):
                    write(played.as_row())
            except DialogueError as error:
                raise click.ClickException(str(error)) from None

    with action_server() as address:
        asyncio.run(each(address))
