"""A rush that Rasa cannot serve is over when it is over: what nobody waits for any more is not read."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.stack import Stack

pytestmark = pytest.mark.stack

MANY = 120
WORDS = (
    "My baby is four months old and I go through the days as if I were minding somebody else's child, and I am tired."
)


def test_after_a_rush_the_next_parent_is_answered_by_rasa_at_once(stack: Stack) -> None:
    stack.wait_until_ready()
    url = f"http://127.0.0.1:{stack.rasa_port}/webhooks/attune/turn"
    headers = {"X-Attune-Secret": (stack.var / "secrets" / "channel").read_text()}

    async def ask(client: httpx.AsyncClient, number: int) -> None:
        body = {"sender": f"rush{number}", "region": "GB", "text": WORDS, "seconds": 0.6}
        # As the web process does, which answers with helplines then.
        with contextlib.suppress(httpx.TimeoutException):
            await client.post(url, json=body, headers=headers, timeout=0.6)

    async def rush() -> None:
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=MANY)) as client:
            await asyncio.gather(*(ask(client, number) for number in range(MANY)))

    asyncio.run(rush())
    began = time.monotonic()
    body = {"sender": "afterwards", "region": "GB", "text": WORDS, "seconds": 3.0}
    answer = httpx.post(url, json=body, headers=headers, timeout=3.0)
    assert (answer.status_code, bool(answer.json()["messages"])) == (200, True)
    assert time.monotonic() - began < 1.5
