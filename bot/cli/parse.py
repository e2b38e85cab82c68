"""`attune parse`."""

from __future__ import annotations

import asyncio

import click

from bot.cli.lines import note, texts, write


@click.command(name="parse")
def command() -> None:
    """Read messages from stdin (text lines or JSONL with "text"), print what is understood as JSONL.

    Example: echo "i feel like the babysitter" | attune parse
    """
    from bot.runtime import load_agent, parse
    from bot.turns import understood

    agent = load_agent(report=note)

    async def each() -> None:
        for text in texts():
            found = understood(await parse(agent, text))
            write({"text": text, **{key: found[key] for key in ("intent", "confidence", "ranking", "safety")}})

    asyncio.run(each())
