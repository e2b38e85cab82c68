"""`attune chat`."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from bot.cli.lines import note
from bot.settings import get_settings

if TYPE_CHECKING:
    from bot.turns import TurnPlayer


@click.command(name="chat")
@click.option("--region", default=None, help="ISO country code; default from knowledge/practice.yml.")
@click.option("--understood", is_flag=True, help="Show intent, tier and actions of each turn.")
def command(region: str | None, understood: bool) -> None:
    """Talk with Attune here. A number presses the choice of that number; an empty line or Ctrl-D ends."""
    from bot.runtime import action_server, load_player

    with action_server() as address:
        player = load_player(address, note)
        asyncio.run(_converse(player, region, understood))


async def _converse(player: TurnPlayer, region: str | None, understood: bool) -> None:
    from knowledge.disclosure import opening_messages
    from knowledge.helplines import load_helplines
    from knowledge.practice import load_practice

    console = Console()
    folder = get_settings().knowledge
    practice, helplines = load_practice(folder), load_helplines(folder)
    code = helplines.normalise_region(region or practice.default_region)
    choices = _show(console, opening_messages(practice, helplines, code))
    sender = uuid.uuid4().hex
    while True:
        try:
            said = console.input("[bold]you[/] ").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if not said:
            return
        pressed = choices[int(said) - 1] if said.isdigit() and 0 < int(said) <= len(choices) else None
        turn = await player.play(sender, text="" if pressed else said, payload=pressed, region=code)
        choices = _show(console, turn.messages)
        if understood:
            found = turn.understood
            console.print(
                f"[dim]{found['intent']} {found['confidence']:.2f} · tier {found['safety']['tier']} "
                f"({found['safety']['by']}) · {', '.join(turn.actions)} · {turn.milliseconds:.0f} ms[/]"
            )


def _show(console: Console, messages: list[dict[str, Any]]) -> list[str]:
    """Print the messages; the payloads of their choices in the order of the numbers shown."""
    payloads: list[str] = []
    for message in messages:
        lines = [escape(message["text"])]
        card = message.get("card") or {}
        if card.get("type") == "helplines":
            lines += [f"  ☎ {escape(line['name'])}: {_ways(line)}" for line in card["lines"]]
        if card.get("type") == "passage":
            lines.append(f"  [dim]{escape(card['url'])}[/]")
        for choice in message.get("choices", ()):
            payloads.append(choice["payload"])
            lines.append(f"  [cyan]{len(payloads)}[/] {escape(choice['label'])}")
        console.print(Panel("\n".join(lines), border_style="dim"))
    return payloads


def _ways(line: dict[str, Any]) -> str:
    return " · ".join(line[way]["label"] for way in ("call", "text", "chat") if line[way])
