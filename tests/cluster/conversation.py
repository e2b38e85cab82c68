"""A parent who sends each message again until it is answered, as the widget does, and remembers everything."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

# What is said, and what has to be true of the answer.
SCRIPT = (
    ("I feel like a babysitter to my own baby", "answered"),
    ("I want to die", "helplines"),
    ("how do I get closer to my baby", "bar"),
    ("will this ever pass", "bar"),
    ("I want to kill myself", "helplines"),
    ("thank you", "bar"),
)
LONGEST = 3.5  # seconds: the promised 2.9, and what nginx and a loaded machine add
GIVE_UP = 120.0
STORED_LATE = 35.0  # seconds: twice the time until it is tried again, and what a loaded machine adds


@dataclass
class Conversation:
    """One parent: what went out, what came back, and what was wrong with it."""

    url: str
    number: int
    faults: list[str] = field(default_factory=list)
    answered: int = 0
    again: int = 0
    slow: int = 0
    unable: int = 0

    async def play(self, client: httpx.AsyncClient, done: asyncio.Event, pause: float) -> None:
        """Go through the script again and again until `done`; then compare with what was stored."""
        begun = await self._ask(client, "POST", "/chat/session", {"region": "GB"}, {})
        headers = {"Authorization": f"Bearer {begun['token']}"}
        sent: list[tuple[str, str]] = []
        risk = False
        while not done.is_set():
            text, wanted = SCRIPT[len(sent) % len(SCRIPT)]
            message = str(uuid.uuid4())
            answer = await self._ask(client, "POST", "/chat/message", {"id": message, "text": text}, headers)
            sent.append((message, text))
            risk = risk or wanted == "helplines"
            self._check(answer, message, text, wanted if wanted != "bar" or risk else "answered")
            await asyncio.sleep(pause)
        # What a killed process had on disk alone is stored by another one within RETRY_SECONDS of bot/web/chat/log.py.
        until = time.monotonic() + STORED_LATE
        while True:
            shown = (await self._ask(client, "GET", "/chat/history", None, headers))["messages"]
            if {message for message, _ in sent} <= {one["id"] for one in shown} or time.monotonic() > until:
                break
            await asyncio.sleep(1.0)
        self._compare(sent, shown)

    def _check(self, answer: dict[str, Any], message: str, text: str, wanted: str) -> None:
        cards = [m["card"] for m in answer["messages"] if (m.get("card") or {}).get("type") == "helplines"]
        self.answered += 1
        self.unable += any("can't answer properly" in m["text"] for m in answer["messages"])
        if answer["id"] != message:
            self.faults.append(f"{text!r} got the answer of another message")
        if not answer["messages"]:
            self.faults.append(f"{text!r} was not answered")
        if wanted in {"helplines", "bar"} and not cards:
            self.faults.append(f"{text!r} got no helplines")

    def _compare(self, sent: list[tuple[str, str]], shown: list[dict[str, Any]]) -> None:
        own = [(m["id"], m["text"]) for m in shown if m["from"] == "parent"]
        lost = [one for one in sent if one not in own]
        if lost:
            self.faults.append(f"{len(lost)} messages that were answered are not stored")
        if len(own) != len(set(own)):
            self.faults.append("a message is stored twice")
        if [one for one in own if one in sent] != sent:
            self.faults.append("messages are stored in another order")

    async def _ask(
        self, client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> dict[str, Any]:
        until = time.monotonic() + GIVE_UP
        while time.monotonic() < until:
            began = time.monotonic()
            try:
                answer = await client.request(method, self.url + path, json=body, headers=headers)
                if answer.status_code == 200:
                    self.slow += time.monotonic() - began > LONGEST
                    found: dict[str, Any] = answer.json()
                    return found
            except httpx.HTTPError:
                pass
            self.again += 1
            await asyncio.sleep(0.5)
        raise AssertionError(f"{path} was not answered for {GIVE_UP:.0f} s")
