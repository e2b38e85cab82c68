"""Every written dialogue of this folder, played through the trained model and the real actions."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.dialogues import Dialogue, load_dialogues, play
from bot.evaluation.conversations import complaints
from bot.evaluation.dialogue_suite import HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.turns import TurnPlayer

pytestmark = pytest.mark.model
DIALOGUES = [
    pytest.param(dialogue, id=f"{path.stem}: {dialogue.name}")
    for path in sorted(Path(__file__).parent.glob("*.yml"))
    for dialogue in load_dialogues(path)
]


@pytest.fixture(scope="session")
def player() -> Iterator[TurnPlayer]:
    from bot.runtime import action_server, load_player

    with action_server(HOUR) as address:
        yield load_player(address)


@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_the_dialogue_goes_as_written(player: TurnPlayer, dialogue: Dialogue) -> None:
    async def all_turns() -> list[str]:
        found = []
        async for played in play(player, dialogue):
            wrong = complaints(played, dialogue.turns[played.number].get("expect") or {})
            found += [f"turn {played.number}, {played.user!r}: {complaint}" for complaint in wrong]
        return found

    assert not asyncio.run(all_turns())
