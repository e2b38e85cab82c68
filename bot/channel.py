"""Rasa's side of the door: the one route by which the web process hands a parent's message to Rasa.

It stays on the loopback interface behind a shared secret. Rasa's own REST routes are never enabled.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
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
from knowledge.helplines import load_helplines

HEADER = "X-Attune-Secret"
# Less than the web process waits, so that Rasa's own kind reply comes before the web's.
SHARE_OF_TIMEOUT = 0.8
logger = logging.getLogger(__name__)


def given_up_at(body: dict[str, Any]) -> float | None:
    """The loop's time at which the web process will have given up, by the `seconds` of its request."""
    seconds = body.get("seconds")
    return asyncio.get_running_loop().time() + seconds if isinstance(seconds, int | float) else None


class AttuneChannel(InputChannel):
    """`POST /webhooks/attune/turn`, `/forget` and `/screen`; see bot.turns for what a turn is."""

    @classmethod
    def name(cls) -> str:
        """The part of the address after /webhooks/."""
        return "attune"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. `on_new_message` is not used: it cannot return what was understood."""
        routes = Blueprint("attune_channel", "attune")
        secret = get_settings().secret("channel").encode()
        tracing.start("rasa")

        def refused(request: Request) -> HTTPResponse | None:
            given = request.headers.get(HEADER, "").encode()
            return None if hmac.compare_digest(given, secret) else response.json({"error": "forbidden"}, status=403)

        def ready(app: Sanic) -> bool:
            agent = getattr(app.ctx, "agent", None)
            return bool(agent and agent.is_ready())

        players: dict[int, TurnPlayer] = {}
        rules: list[Rules] = []

        def player(app: Sanic) -> TurnPlayer:
            # The agent is set after the routes are made, and replaced when a model is loaded.
            agent = app.ctx.agent
            if id(agent) not in players:
                players.clear()
                rules.append(install(agent.processor, keep=True))
                helplines = load_helplines(get_settings().knowledge)
                players[id(agent)] = TurnPlayer(agent, helplines, get_settings().turn_timeout * SHARE_OF_TIMEOUT)
            return players[id(agent)]

        @routes.listener("after_server_start")
        async def settle_down(app: Sanic, loop: object) -> None:
            if ready(app):
                player(app)  # not with the first turn
            heap.settle()

        @routes.listener("after_server_stop")
        async def hang_up(app: Sanic, loop: object) -> None:
            for one in rules:
                await one.wire.close()
            await asyncio.to_thread(tracing.finish)

        @routes.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            well = ready(request.app)
            return response.json({"ready": well}, status=200 if well else 503)

        @routes.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            if no := refused(request):
                return no
            try:
                body = json.loads(request.body)
                sender, region = str(body["sender"]), body.get("region")
                text, payload = str(body.get("text") or ""), body.get("payload")
            except (ValueError, KeyError, TypeError, AttributeError):
                return response.json({"error": "send JSON with sender and text or payload"}, status=400)
            until = given_up_at(body)
            with tracing.continued("rasa", request.headers):
                try:
                    played = await player(request.app).play(
                        sender, text=text, payload=payload, region=region, risk=body.get("risk"), until=until
                    )
                except TooLateError:
                    return response.json({"error": "too late"}, status=503)
            return response.json(played.as_dict())

        @routes.route("/forget", methods=["POST"])
        async def forget(request: Request) -> HTTPResponse:
            if no := refused(request):
                return no
            await player(request.app).forget(str(json.loads(request.body)["sender"]))
            return response.json({"forgotten": True})

        @routes.route("/screen", methods=["POST"])
        async def screen(request: Request) -> HTTPResponse:
            if no := refused(request):
                return no
            body = json.loads(request.body)
            try:
                return response.json(await player(request.app).screen(str(body["text"]), given_up_at(body)))
            except TooLateError:
                return response.json({"error": "too late"}, status=503)

        return routes
