"""`attune search`."""

from __future__ import annotations

import asyncio

import click

from bot.cli.lines import note, texts, write

FIELDS = ("id", "article", "title", "heading", "score", "text", "url")
MOST = 10


@click.command(name="search")
@click.option("-k", "most", type=click.IntRange(1, MOST), default=3, show_default=True, help="Passages for each line.")
def command(most: int) -> None:
    """Read questions from stdin (text lines or JSONL with "text"), print the passages that answer them as JSONL.

    `answered` is false where nothing is good enough to quote.
    """
    from bot.runtime import load_agent, parse

    agent = load_agent(report=note)

    async def each() -> None:
        for text in texts():
            result = await parse(agent, text)
            passages = [{field: row[field] for field in FIELDS} for row in result["passages"][:most]]
            write({"text": text, "passages": passages, "answered": result["answered"]})

    asyncio.run(each())
