"""Turns that Rasa did not answer in time leave nothing behind that later ones would have to wait for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.web.chat import rasa_client

if TYPE_CHECKING:
    from fake_channel import FakeChannel

MANY = 300  # more than the connections that a client keeps


async def ask(seconds: float) -> bool:
    try:
        await rasa_client.ask("session", "GB", {"text": "hello"}, seconds)
    except rasa_client.ChannelError:
        return False
    return True


@pytest.mark.parametrize("left", [-1.0, 0.0, 0.1])
async def test_a_rasa_that_was_never_asked_is_not_taken_to_be_away(
    channel: FakeChannel, monkeypatch: pytest.MonkeyPatch, left: float
) -> None:
    failed: list[str] = []
    monkeypatch.setattr(rasa_client._routes, "failed", failed.append)
    pool = rasa_client.client()
    assert not await ask(left)
    assert (failed, channel.heard) == ([], [])
    assert rasa_client.client() is pool


@pytest.mark.parametrize("manner", ["silent", "trickle"])
async def test_after_many_turns_without_an_answer_rasa_is_heard_again_at_once(
    channel: FakeChannel, manner: str
) -> None:
    if manner == "silent":
        channel.freeze()
    else:
        channel.manner = manner
    answered = await asyncio.gather(*(ask(0.3) for _ in range(MANY)))
    assert not any(answered)
    channel.manner = "well"
    channel.thaw()
    assert await ask(2.0)
