"""Calling actions: what they are sent, and what a broken action server does to a turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk import Tracker

from actions.session import Session
from bot import tracing
from bot.serving.rules import ActionServerError, LeanAction, Wire
from bot.turns import Collector
from tests.span_receiver import said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from tests.span_receiver import SpanReceiver


class Server:
    """An action server that answers as a test says."""

    def __init__(self) -> None:
        self.status, self.answer = 200, {"events": [], "responses": []}
        self.heard: list[dict[str, Any]] = []
        self.traces: list[str | None] = []
        self.peers: set[tuple[str, int]] = set()

    async def webhook(self, request: web.Request) -> web.Response:
        self.heard.append(await request.json())
        self.traces.append(request.headers.get("traceparent"))
        assert request.transport is not None
        self.peers.add(request.transport.get_extra_info("peername"))
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, str]]:
    made, app = Server(), web.Application()
    app.router.add_post("/webhook", made.webhook)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield made, f"http://127.0.0.1:{port}/webhook"
    await runner.cleanup()


@pytest.fixture
async def run(server: tuple[Server, str], root: Path) -> AsyncIterator[Callable[[], Awaitable[list[Any]]]]:
    domain = Domain.load(str(root / "domain.yml"))
    wire = Wire()
    action = LeanAction("action_answer", RemoteAction("action_answer", EndpointConfig(url=server[1])), wire)
    tracker = DialogueStateTracker("somebody", domain.slots)
    for text in [*(f"earlier words {number}" for number in range(50)), "/affirm", "", "/stop"]:
        tracker.update(UserUttered(text, {"name": "feel_low", "confidence": 1.0}))
    parse = {"text": "so low", "intent": {"name": "feel_low", "confidence": 1.0}, "passages": [{"id": "p"}]}
    tracker.update(UserUttered("so low", parse["intent"], parse_data=parse))
    tracker.update(SlotSet("region", "GB"))

    async def once() -> list[Any]:
        return await action.run(Collector(), None, tracker, domain)

    yield once
    await wire.close()


async def test_an_action_gets_slots_the_latest_message_and_the_words_before_and_not_the_conversation(
    server, run
) -> None:
    await run()
    (heard,) = server[0].heard
    assert heard["next_action"] == "action_answer"
    assert heard["tracker"]["slots"]["region"] == "GB"
    assert heard["tracker"]["latest_message"]["passages"] == [{"id": "p"}]
    assert heard["tracker"]["latest_message"]["text"] == "so low"
    before = [{"event": "user", "text": f"earlier words {number}"} for number in (47, 48, 49)]
    assert heard["tracker"]["events"] == before
    assert str(heard).count("earlier words") == len(before)
    assert Session(Tracker.from_dict(heard["tracker"])).recent == [*(event["text"] for event in before), "so low"]


async def test_replies_and_events_of_an_action_come_back(server, run) -> None:
    server[0].answer = {
        "events": [{"event": "slot", "name": "exercise", "value": {"id": "x"}}],
        "responses": [{"text": "An answer.", "custom": {"card": {"type": "passage"}}}],
    }
    said, slot = await run()
    assert isinstance(said, BotUttered)
    assert said.text == "An answer."
    assert slot == SlotSet("exercise", {"id": "x"})


async def test_a_call_is_a_span_that_the_action_server_can_go_on_with(traces: SpanReceiver, server, run) -> None:
    with tracing.trace("rasa"):
        await run()
        server[0].status = 500
        with pytest.raises(ActionServerError):
            await run()
    server[0].status = 200
    await run()
    assert traces.tree() == [("rasa", None), ("ask action server", "rasa"), ("ask action server", "rasa")]
    turn, *calls = traces.spans()
    assert [said(call) for call in calls] == [{"attune.action": "action_answer"}] * 2
    assert server[0].traces == [*(f"00-{turn['traceId']}-{call['spanId']}-03" for call in calls), None]
    for hidden in (b"so low", b"earlier words", b"somebody"):
        assert hidden not in b"".join(traces.bodies)


async def test_one_connection_is_used_again(server, run) -> None:
    for _ in range(3):
        await run()
    assert len(server[0].peers) == 1


@pytest.mark.parametrize("answer", [[], "x", {"events": {"a": 1}}, {"events": ["x"]}, {"responses": [1]}])
async def test_an_answer_of_another_form_is_an_error(server, run, answer: Any) -> None:
    server[0].answer = answer or [1]
    with pytest.raises(ActionServerError, match="another form"):
        await run()


async def test_a_failure_of_the_action_server_is_an_error_without_words(server, run) -> None:
    server[0].status = 500
    with pytest.raises(ActionServerError, match=r"^status 500$"):
        await run()


async def test_an_action_may_refuse(server, run) -> None:
    server[0].status = 400
    with pytest.raises(ActionExecutionRejection):
        await run()


async def test_a_dead_action_server_is_an_error(root: Path) -> None:
    wire = Wire()
    action = LeanAction("action_answer", RemoteAction("x", EndpointConfig(url="http://127.0.0.1:9/webhook")), wire)
    domain = Domain.load(str(root / "domain.yml"))
    with pytest.raises(ActionServerError, match="ClientConnectorError"):
        await action.run(Collector(), None, DialogueStateTracker("a", domain.slots), domain)
    await wire.close()
