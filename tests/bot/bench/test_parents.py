"""Parents of a benchmark: every turn is timed, and a failure is counted as one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import yaml

from bot.bench.bare_rasa import write_default, write_floor
from bot.bench.parents import at_the_same_time, one_after_another
from bot.bench.sections import messages

if TYPE_CHECKING:
    from pathlib import Path


class Door:
    """Answers at once; every fifth turn fails."""

    def __init__(self) -> None:
        self.sessions, self.said = 0, 0

    async def begin(self, client: Any) -> str:
        self.sessions += 1
        return str(self.sessions)

    async def say(self, client: Any, session: str, text: str) -> bool:
        self.said += 1
        await asyncio.sleep(0)
        if self.said % 5 == 0:
            raise aiohttp.ServerDisconnectedError
        return self.said % 7 != 0


def test_turns_are_timed_and_failures_counted() -> None:
    door = Door()
    taken = one_after_another(door, ["a", "b"], turns=35, each=8)
    assert door.sessions == 5
    assert len(taken.turns) == 35 - 7 - 4
    assert taken.failures == {"ServerDisconnectedError": 7, "no answer": 4}
    assert taken.throughput > 0
    assert 0 <= taken.milliseconds(0.5) <= taken.milliseconds(0.99)


def test_parents_write_at_the_same_time() -> None:
    door = Door()
    taken = at_the_same_time(door, ["a"], parents=4, think=0.0, seconds=0.05)
    assert door.sessions == 4
    assert len(taken.turns) + sum(taken.failures.values()) == door.said
    assert taken.seconds >= 0.05


def test_the_messages_are_the_same_in_every_run() -> None:
    assert messages() == messages()
    assert len(messages()) > 200


def test_the_projects_that_are_compared_are_whole(tmp_path: Path) -> None:
    write_floor(tmp_path / "floor")
    count = write_default(tmp_path / "default", per_label=3, epochs=2)
    for name in ("floor", "default"):
        config = yaml.safe_load((tmp_path / name / "config.yml").read_text("utf-8"))
        nlu = yaml.safe_load((tmp_path / name / "data/nlu.yml").read_text("utf-8"))["nlu"]
        domain = yaml.safe_load((tmp_path / name / "domain.yml").read_text("utf-8"))
        assert config["recipe"] == "default.v1"
        assert {block["intent"] for block in nlu} == set(domain["intents"])
    assert count == 3 * len(nlu)
    assert [part.get("epochs") for part in config["pipeline"] if part["name"] == "DIETClassifier"] == [2]
