"""A turn's trace as the web process makes it: which steps, what they say, and that no word and no id is in it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot import tracing
from bot.settings import get_settings
from bot.web.asgi import application
from tests.span_receiver import said

from .parent import Parent, shows_helplines, texts

if TYPE_CHECKING:
    import httpx
    import pytest
    from fake_channel import FakeChannel

    from tests.span_receiver import SpanReceiver

SECRET = "Zaphodine Quux"
TURN = [("turn", None), ("read database", "turn"), ("ask rasa", "turn"), ("write database", "turn")]


async def test_a_turn_is_one_trace_that_rasa_is_asked_to_go_on_with(
    traces: SpanReceiver, parent: Parent, channel: FakeChannel
) -> None:
    await parent.write("hello")
    assert traces.tree() == TURN
    turn, _, ask, _ = traces.spans()
    assert said(turn) == {"attune.kind": "text", "attune.by": "rasa", "attune.tier": False}
    assert channel.traces == [f"00-{turn['traceId']}-{ask['spanId']}-03"]


async def test_that_there_was_a_tier_is_said_and_not_which(traces: SpanReceiver, parent: Parent) -> None:
    await parent.write("I want to die")
    assert said(traces.spans()[0])["attune.tier"] is True


async def test_a_choice_is_another_kind_and_free_times_are_another_step(traces: SpanReceiver, parent: Parent) -> None:
    await parent.write("exercise")
    await parent.press("/begin_exercise")
    await parent.write("book")
    spans = traces.spans()
    assert [said(s)["attune.kind"] for s in spans if s["name"] == "turn"] == ["text", "payload", "text"]
    assert [s["name"] for s in spans[-3:]] == ["ask rasa", "read database", "write database"]


async def test_without_rasa_the_trace_says_so(traces: SpanReceiver, parent: Parent, channel: FakeChannel) -> None:
    channel.manner = "error"
    assert shows_helplines(await parent.write("hello"))
    assert traces.tree() == TURN
    turn, _, ask, _ = traces.spans()
    assert (said(turn)["attune.by"], said(ask)) == ("rules", {"error.type": "ChannelError"})


async def test_no_words_and_no_ids_are_in_it(
    traces: SpanReceiver, browser: httpx.AsyncClient, channel: FakeChannel, transactional_db: None
) -> None:
    parent = await Parent(browser).arrive(region="GB", page=f"/{SECRET}")
    await parent.write(f"I am {SECRET}", "an-id-of-the-browser")
    await parent.write(f"I am {SECRET} and want to die")
    channel.manner = "error"
    await parent.write(f"my baby {SECRET}")
    await parent.write(f"{SECRET} " * 1_000)
    await parent.press(f"/{SECRET}")
    await parent.erase()
    await parent.write(SECRET)
    assert len([span for span in traces.spans() if span["name"] == "turn"]) == 6
    sent = b"".join(traces.bodies).decode()
    for hidden in ("Zaphodine", "Quux", parent.session, parent.token, "an-id-of-the-browser", "127.0.0.1", "/articles"):
        assert hidden not in sent
    keys = {key for span in traces.spans() for key in said(span)}
    assert keys == {"attune.kind", "attune.by", "attune.tier", "error.type"}


async def test_what_waits_is_sent_before_the_process_is_done(
    traces: SpanReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.lifespan.background_names", lambda: [])
    events = iter(["lifespan.startup", "lifespan.shutdown"])
    sent: dict[str, int] = {}

    async def receive() -> dict[str, str]:
        return {"type": next(events)}

    async def send(message: dict[str, str]) -> None:
        sent[message["type"]] = len(traces.bodies)

    with tracing.trace("turn"):
        pass
    await application({"type": "lifespan"}, receive, send)
    assert sent == {"lifespan.startup.complete": 0, "lifespan.shutdown.complete": 1}


async def test_an_endpoint_that_hangs_delays_no_answer(traces: SpanReceiver, parent: Parent) -> None:
    traces.answers.clear()
    for text in ("one", "two", "three"):
        assert texts(await asyncio.wait_for(parent.write(text), 2)) == [f"You said: {text}"]
    traces.answers.set()
    assert len(traces.spans()) == 3 * len(TURN)


async def test_a_closed_port_delays_no_answer(
    traces: SpanReceiver, parent: Parent, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracing.finish()
    monkeypatch.setenv("ATTUNE_TRACES_URL", "http://127.0.0.1:9")
    get_settings.cache_clear()
    tracing.start("test")
    for text in ("one", "two"):
        assert texts(await asyncio.wait_for(parent.write(text), 2)) == [f"You said: {text}"]
    tracing.finish(0.05)
    assert traces.bodies == []
