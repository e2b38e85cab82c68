"""Plays parents who chat at the same time, and takes the time of each turn."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.bench.results import percentile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LONGEST = 30.0  # seconds for one answer


@dataclass
class Taken:
    """What was measured: milliseconds of each answered turn, failures by kind, and the seconds in all."""

    turns: list[float] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def milliseconds(self, share: float) -> float:
        """The percentile of the turns."""
        return percentile(self.turns, share)

    @property
    def throughput(self) -> float:
        """Answered turns a second."""
        return len(self.turns) / self.seconds if self.seconds else 0.0


class RasaDoor:
    """Rasa's own REST channel."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/webhooks/rest/webhook"

    async def begin(self, client: aiohttp.ClientSession) -> str:
        """A new conversation."""
        return uuid.uuid4().hex

    async def say(self, client: aiohttp.ClientSession, session: str, text: str) -> bool:
        """Whether the text was answered."""
        async with client.post(self._url, json={"sender": session, "message": text}) as answer:
            return answer.status == 200 and bool(await answer.json())


class AttuneDoor:
    """Attune's public API."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def begin(self, client: aiohttp.ClientSession) -> str:
        """A new conversation's token."""
        async with client.post(f"{self._url}/chat/session", json={"region": "GB"}) as answer:
            return str((await answer.json())["token"])

    async def say(self, client: aiohttp.ClientSession, session: str, text: str) -> bool:
        """Whether the text was answered."""
        headers = {"Authorization": f"Bearer {session}"}
        body = {"id": uuid.uuid4().hex, "text": text}
        async with client.post(f"{self._url}/chat/message", json=body, headers=headers) as answer:
            return answer.status == 200 and bool((await answer.json())["messages"])


Door = RasaDoor | AttuneDoor


def one_after_another(
    door: Door, texts: Sequence[str], turns: int, each: int, report: Callable[[str], None] = lambda line: None
) -> Taken:
    """`turns` turns, one at a time, in conversations of `each` turns."""
    return asyncio.run(_sequential(door, texts, turns, each, report))


def at_the_same_time(door: Door, texts: Sequence[str], parents: int, think: float, seconds: float) -> Taken:
    """`parents` conversations for `seconds`; each pauses about `think` seconds after an answer."""
    return asyncio.run(_concurrent(door, texts, parents, think, seconds))


def _client() -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=0)
    return aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=LONGEST))


async def _sequential(door: Door, texts: Sequence[str], turns: int, each: int, report: Callable[[str], None]) -> Taken:
    taken, words = Taken(), itertools.cycle(texts)
    began = time.perf_counter()
    async with _client() as client:
        session = ""
        for number in range(turns):
            if number % each == 0:
                session = await door.begin(client)
            await _turn(door, client, session, next(words), taken)
            if number % 50 == 49:
                report(f"{number + 1} of {turns} turns")
    taken.seconds = time.perf_counter() - began
    return taken


async def _concurrent(door: Door, texts: Sequence[str], parents: int, think: float, seconds: float) -> Taken:
    taken = Taken()
    async with _client() as client:
        sessions = [await door.begin(client) for _ in range(parents)]
        began = time.perf_counter()
        chats = [
            _chat(door, client, session, random.Random(number), texts, think, began + seconds, taken)
            for number, session in enumerate(sessions)
        ]
        await asyncio.gather(*chats)
    # Answers that came after the end belong to the time until they came.
    taken.seconds = max(seconds, time.perf_counter() - began)
    return taken


async def _chat(
    door: Door,
    client: aiohttp.ClientSession,
    session: str,
    chance: random.Random,
    texts: Sequence[str],
    think: float,
    until: float,
    taken: Taken,
) -> None:
    await asyncio.sleep(chance.uniform(0, think))  # nobody begins together
    while time.perf_counter() < until:
        await _turn(door, client, session, chance.choice(texts), taken)
        pause = chance.uniform(0.5, 1.5) * think
        if time.perf_counter() + pause >= until:
            return
        await asyncio.sleep(pause)


async def _turn(door: Door, client: aiohttp.ClientSession, session: str, text: str, taken: Taken) -> None:
    began = time.perf_counter()
    failure: Any = None
    try:
        failure = None if await door.say(client, session, text) else "no answer"
    except (aiohttp.ClientError, asyncio.TimeoutError, ValueError, KeyError) as error:
        failure = type(error).__name__
    if failure:
        taken.failures[failure] = taken.failures.get(failure, 0) + 1
    else:
        taken.turns.append((time.perf_counter() - began) * 1000)
