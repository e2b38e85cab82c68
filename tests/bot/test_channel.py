"""Rasa's side of the door: the shared secret, and the shapes that go through."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sanic import Sanic

from bot import channel
from bot.channel import HEADER, SHARE_OF_TIMEOUT, AttuneChannel
from bot.serving.gate import TooLateError
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.span_receiver import SpanReceiver

SECRET = {HEADER: "a shared secret"}
STARTED: list[Sanic] = []


class Player:
    """Stands for bot.turns.TurnPlayer."""

    made: list[Any]
    asked: list[tuple[str, dict[str, Any]]]

    def __init__(self, agent: Any, knowledge: Any, timeout: float) -> None:
        self.agent = agent
        Player.made.append((agent, timeout))

    async def play(self, sender: str, **turn: Any) -> Any:
        until = turn.pop("until")
        if until is not None and until < asyncio.get_running_loop().time():
            raise TooLateError
        Player.asked.append((sender, turn))
        return SimpleNamespace(as_dict=lambda: {"messages": [{"text": "An answer."}]})

    async def screen(self, text: str, until: float | None) -> dict[str, Any]:
        if until is not None and until < asyncio.get_running_loop().time():
            raise TooLateError
        Player.asked.append(("", {"screen": text}))
        return {"tier": "S"}

    async def forget(self, sender: str) -> None:
        Player.asked.append((sender, {"forget": True}))


async def one_app() -> Sanic:
    """Sanic rewrites its own code when an app starts, so that a second one in the same process fails."""
    if not STARTED:
        app = Sanic("attune-channel")
        routes = AttuneChannel().blueprint(None)
        app.ctx.open = next(one.listener for one in routes._future_listeners if one.event == "after_server_start")
        app.blueprint(routes, url_prefix="/webhooks/attune")
        app.asgi = True
        await app._startup()
        STARTED.append(app)
    return STARTED[0]


async def open_door(app: Sanic, *, ready: bool) -> None:
    """What Sanic does once Rasa has loaded its agent: here one with a model, or without."""
    app.ctx.open.__self__._player = None
    app.ctx.agent = SimpleNamespace(is_ready=lambda: ready, processor=SimpleNamespace(graph_runner=None))
    await app.ctx.open(app, None)


@pytest.fixture
async def rasa(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("ATTUNE_CHANNEL_SECRET", SECRET[HEADER])
    monkeypatch.setenv("ATTUNE_TURN_TIMEOUT", "2")
    get_settings.cache_clear()
    Player.made, Player.asked = [], []
    monkeypatch.setattr(channel, "TurnPlayer", Player)
    monkeypatch.setattr(channel.heap, "settle", lambda: None)
    app = await one_app()
    await open_door(app, ready=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://rasa") as client:
        client.app = app
        yield client
    monkeypatch.undo()
    get_settings.cache_clear()


async def test_a_turn_goes_through_with_text_payload_region_and_risk(rasa: httpx.AsyncClient) -> None:
    answer = await rasa.post(
        "/webhooks/attune/turn", json={"sender": "p", "text": "so low", "region": "GB"}, headers=SECRET
    )
    assert answer.json() == {"messages": [{"text": "An answer."}]}
    body = {"sender": "p", "payload": "/affirm", "risk": "S"}
    await rasa.post("/webhooks/attune/turn", json=body, headers=SECRET)
    assert Player.asked == [
        ("p", {"text": "so low", "payload": None, "region": "GB", "risk": None}),
        ("p", {"text": "", "payload": "/affirm", "region": None, "risk": "S"}),
    ]


async def test_rasa_gives_up_before_the_web_process_does(rasa: httpx.AsyncClient) -> None:
    await rasa.post("/webhooks/attune/turn", json={"sender": "p", "text": "x"}, headers=SECRET)
    assert Player.made[0][1] == pytest.approx(2 * SHARE_OF_TIMEOUT)
    assert SHARE_OF_TIMEOUT < 1


@pytest.mark.parametrize("headers", [{}, {HEADER: "wrong"}, {HEADER: ""}, {HEADER: "a shared secret "[:-2]}])
@pytest.mark.parametrize("route", ["turn", "forget", "screen"])
async def test_without_the_secret_nothing_is_played_read_or_erased(
    rasa: httpx.AsyncClient, route: str, headers: dict[str, str]
) -> None:
    answer = await rasa.post(f"/webhooks/attune/{route}", json={"sender": "p", "text": "x"}, headers=headers)
    assert answer.status_code == 403
    assert Player.asked == []


async def test_a_secret_that_is_no_text_is_a_wrong_one() -> None:
    async def handler(request: Any) -> Any:
        raise AssertionError("only who knows the secret comes here")

    # As Sanic reads a byte that is no UTF-8 over the wire.
    request: Any = SimpleNamespace(headers={HEADER: "a shared secret\udcff"})
    assert (await channel._Door("a shared secret").guarded(handler)(request)).status == 403


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'"x"', b"null", b"\xff", b"{}", pytest.param(b"[" * 100_000, id="deep")]
)
@pytest.mark.parametrize(
    ("route", "fix"),
    [
        ("turn", "send JSON with sender and text or payload"),
        ("forget", "send JSON with sender"),
        ("screen", "send JSON with text"),
    ],
)
async def test_a_body_that_a_route_cannot_take_is_refused(
    rasa: httpx.AsyncClient, route: str, fix: str, content: bytes
) -> None:
    answer = await rasa.post(f"/webhooks/attune/{route}", content=content, headers=SECRET)
    assert (answer.status_code, answer.json(), Player.asked) == (400, {"error": fix}, [])


@pytest.mark.parametrize(("route", "lacks"), [("turn", "sender"), ("forget", "sender"), ("screen", "text")])
async def test_a_body_without_what_its_route_needs_is_refused(rasa: httpx.AsyncClient, route: str, lacks: str) -> None:
    whole = {"sender": "p", "text": "words"}
    for body in ({key: words for key, words in whole.items() if key != lacks}, {**whole, lacks: None}):
        answer = await rasa.post(f"/webhooks/attune/{route}", json=body, headers=SECRET)
        assert (answer.status_code, Player.asked) == (400, [])


async def test_the_trace_of_the_web_process_goes_on(traces: SpanReceiver, rasa: httpx.AsyncClient) -> None:
    above = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    for headers in ({**SECRET, **above}, SECRET, above):
        await rasa.post("/webhooks/attune/turn", json={"sender": "p", "text": "so low"}, headers=headers)
    (span,) = traces.spans()
    assert (span["name"], span["parentSpanId"]) == ("rasa", "b7ad6b7169203331")


async def test_a_conversation_is_forgotten(rasa: httpx.AsyncClient) -> None:
    answer = await rasa.post("/webhooks/attune/forget", json={"sender": "p"}, headers=SECRET)
    assert answer.json() == {"forgotten": True}
    assert Player.asked == [("p", {"forget": True})]


async def test_a_text_is_screened_outside_any_conversation(rasa: httpx.AsyncClient) -> None:
    answer = await rasa.post("/webhooks/attune/screen", json={"sender": "", "text": "words"}, headers=SECRET)
    assert answer.json() == {"tier": "S"}
    assert Player.asked == [("", {"screen": "words"})]


@pytest.mark.parametrize("route", ["turn", "screen"])
async def test_what_comes_too_late_is_refused_unread(rasa: httpx.AsyncClient, route: str) -> None:
    body = {"sender": "p", "text": "x", "seconds": -1}
    answer = await rasa.post(f"/webhooks/attune/{route}", json=body, headers=SECRET)
    assert (answer.status_code, answer.json(), Player.asked) == (503, {"error": "too late"}, [])


async def test_health_tells_whether_the_model_is_loaded(rasa: httpx.AsyncClient) -> None:
    assert (await rasa.get("/webhooks/attune/")).json() == {"ready": True}
    await open_door(rasa.app, ready=False)
    assert (await rasa.get("/webhooks/attune/")).status_code == 503


async def test_one_player_plays_all_turns(rasa: httpx.AsyncClient) -> None:
    for _ in range(3):
        await rasa.post("/webhooks/attune/turn", json={"sender": "p", "text": "x"}, headers=SECRET)
    assert len(Player.made) == 1


@pytest.mark.parametrize("route", ["turn", "forget", "screen"])
async def test_without_a_model_it_is_said_that_there_is_none(rasa: httpx.AsyncClient, route: str) -> None:
    await open_door(rasa.app, ready=False)
    answer = await rasa.post(f"/webhooks/attune/{route}", json={"sender": "p", "text": "x"}, headers=SECRET)
    assert (answer.status_code, answer.json()) == (503, {"error": "no model"})
