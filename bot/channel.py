"""Rasa's side of the door: the routes by which the web process has a parent's message answered or screened, has a
conversation forgotten, and asks whether Rasa is ready.

They stay on the loopback interface, and all but the last behind a shared secret. Rasa's own REST routes are never
enabled.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import heap, tracing
from bot.serving.gate import TooLateError
from bot.serving.rules import Rules, install
from bot.settings import get_settings
from bot.turns import TurnPlayer

HEADER = "X-Attune-Secret"
# Less than the web process waits, so that Rasa's own kind reply comes before the web's.
SHARE_OF_TIMEOUT = 0.8
Handler = Callable[[Request], Coroutine[Any, Any, HTTPResponse]]


class NoModelError(Exception):
    """Rasa has no model to answer with."""


class BodyError(Exception):
    """The body of a request is not the JSON that its route takes; the message says what to send."""


def given_up_at(body: dict[str, Any]) -> float | None:
    """The loop's time at which the web process will have given up, by the `seconds` of its request."""
    seconds = body.get("seconds")
    return asyncio.get_running_loop().time() + seconds if isinstance(seconds, int | float) else None


def _body(request: Request, needed: str, fix: str) -> dict[str, Any]:
    """The object that a request sends, with at least `needed` in it. Raises BodyError, which says `fix`."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or body.get(needed) is None:
        raise BodyError(fix)
    return body


class AttuneChannel(InputChannel):
    """`POST /webhooks/attune/turn`, `/forget` and `/screen`; see bot.turns for what a turn is."""

    @classmethod
    def name(cls) -> str:
        """The part of the address after /webhooks/."""
        return "attune"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. `on_new_message` is not used: it cannot return what was understood."""
        tracing.start("rasa")
        door = _Door(get_settings().secret("channel"))
        routes = Blueprint("attune_channel", "attune")
        routes.listener("after_server_start")(door.open)
        routes.listener("after_server_stop")(door.close)
        routes.add_route(door.open_to_all(door.health), "/", methods=["GET"], name="health")
        for name, handler in (("turn", door.turn), ("forget", door.forget), ("screen", door.screen)):
            routes.add_route(door.guarded(handler), f"/{name}", methods=["POST"], name=name)
        return routes


class _Door:
    """What answers the routes, for as long as the server lives."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._player: TurnPlayer | None = None
        self._rules: Rules | None = None

    async def open(self, app: Sanic, loop: object) -> None:
        """Before the first turn: what plays them, with the agent that Rasa has loaded by now.

        The agent stays as long as the process: another model comes with another process (bot.succession).
        """
        agent, settings = getattr(app.ctx, "agent", None), get_settings()
        if agent and agent.is_ready():
            self._rules = install(agent.processor, keep=True)
            self._player = TurnPlayer(agent, settings.knowledge, settings.turn_timeout * SHARE_OF_TIMEOUT)
        heap.settle()

    async def close(self, app: Sanic, loop: object) -> None:
        """Hang up, and send the last traces."""
        if self._rules:
            await self._rules.wire.close()
        await asyncio.to_thread(tracing.finish)

    async def health(self, request: Request) -> HTTPResponse:
        """Whether there is a model to answer with."""
        well = self._player is not None
        return response.json({"ready": well}, status=200 if well else 503)

    def open_to_all(self, handler: Handler) -> Handler:
        """`handler` for whoever asks; a function, since Sanic marks what it routes to."""

        async def answer(request: Request) -> HTTPResponse:
            return await handler(request)

        return answer

    def guarded(self, handler: Handler) -> Handler:
        """`handler` for those who know the secret."""

        async def answer(request: Request) -> HTTPResponse:
            # Sanic keeps bytes that are no UTF-8 as halves of characters, which encode only like this.
            given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, self._secret):
                return response.json({"error": "forbidden"}, status=403)
            try:
                return await handler(request)
            except TooLateError:
                return response.json({"error": "too late"}, status=503)
            except NoModelError:
                return response.json({"error": "no model"}, status=503)
            except BodyError as error:
                return response.json({"error": str(error)}, status=400)

        return answer

    async def turn(self, request: Request) -> HTTPResponse:
        """A parent's message, or the choice that was pressed, and its answer."""
        body = _body(request, "sender", "send JSON with sender and text or payload")
        text, payload = str(body.get("text") or ""), body.get("payload")
        with tracing.continued("rasa", request.headers):
            played = await self._playing().play(
                str(body["sender"]),
                text=text,
                payload=payload,
                region=body.get("region"),
                risk=body.get("risk"),
                until=given_up_at(body),
            )
        return response.json(played.as_dict())

    async def forget(self, request: Request) -> HTTPResponse:
        """Drop the dialogue state of a conversation that was erased."""
        body = _body(request, "sender", "send JSON with sender")
        await self._playing().forget(str(body["sender"]))
        return response.json({"forgotten": True})

    async def screen(self, request: Request) -> HTTPResponse:
        """The verdict of rules and classifier on a text, outside any conversation."""
        body = _body(request, "text", "send JSON with text")
        return response.json(await self._playing().screen(str(body["text"]), given_up_at(body)))

    def _playing(self) -> TurnPlayer:
        if self._player is None:
            raise NoModelError
        return self._player
