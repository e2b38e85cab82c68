"""Two hundred invented conversations for an empty console: the dialogues of tests/conversations, played anew.

They are played through the real model and actions, so that everything the console shows is as it would be. Each is
marked as a demo, and `attune demo --remove` takes all of them away.
"""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.django_command import manage
from bot.dialogues import Dialogue, load_dialogues
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.turns import TurnPlayer

FOLDER = ROOT / "tests" / "conversations"
CONVERSATIONS = 200
REGIONS = ("US", "US", "US", "GB", "GB", "IE", "CA", "AU")
LEFT_EARLY = 0.2  # share of parents who close the page in the middle
SEED = 3


class DemoError(RuntimeError):
    """The demo cannot be made; the message names the fix."""


def dialogues(count: int = CONVERSATIONS, folder: Path = FOLDER) -> list[Dialogue]:
    """`count` dialogues: those of `folder` again and again, in other regions, some of them left early.

    Raises DemoError when the folder is missing, as it is where Attune was installed without its tests.
    """
    known = [dialogue for path in sorted(folder.glob("*.yml")) for dialogue in load_dialogues(path)]
    known = [dialogue for dialogue in known if dialogue.turns]
    if not known:
        raise DemoError(f"There are no dialogues in {folder}. The demo plays those of the repository: check it out.")
    chance = random.Random(SEED)
    made = []
    for number in range(count):
        dialogue = known[number % len(known)]
        turns = dialogue.turns
        if number >= len(known):
            dialogue = replace(dialogue, region=dialogue.region or chance.choice(REGIONS))
            if len(turns) > 2 and chance.random() < LEFT_EARLY:
                turns = turns[: chance.randrange(1, len(turns))]
        made.append(replace(dialogue, turns=turns))
    return made


async def played(player: TurnPlayer, wanted: list[Dialogue]) -> AsyncIterator[dict[str, Any]]:
    """Each dialogue as it went: `{"region", "turns": [...]}`, as the command that stores them reads it."""
    from bot.dialogues import play

    for dialogue in wanted:
        turns = []
        async for one in play(player, dialogue):
            said = {"text": one.pressed, "payload": one.user} if one.pressed is not None else {"text": one.user}
            turns.append(said | one.turn.as_dict())
        yield {"region": turns[0]["region"], "turns": turns}


def state() -> dict[str, int]:
    """How many conversations the database has: `{"demo": ..., "real": ...}`."""
    found: dict[str, int] = json.loads(manage("demo", "state"))
    return found


def remove() -> int:
    """Takes the demo away; returns how many conversations."""
    return int(manage("demo", "remove"))


def fill(say: Callable[[str], None], count: int = CONVERSATIONS) -> int:
    """Plays and stores the demo; returns how many conversations. Raises DemoError."""
    import asyncio

    from bot.runtime import action_server, load_player

    wanted = dialogues(count)

    async def all_of(address: str, path: Path) -> None:
        player = load_player(address, say)
        with path.open("w", encoding="utf-8") as file:
            number = 0
            async for conversation in played(player, wanted):
                file.write(json.dumps(conversation) + "\n")
                number += 1
                if number % 50 == 0:
                    say(f"  {number} of {count} conversations played")

    say(f"Playing {count} invented conversations for the console")
    with tempfile.TemporaryDirectory() as folder, action_server() as address:
        path = Path(folder) / "demo.jsonl"
        asyncio.run(all_of(address, path))
        return int(manage("demo", "store", str(path)))
