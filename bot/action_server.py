"""Starts rasa-sdk's action server on the loopback interface unless ATTUNE_LISTEN says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import heap, tracing
from bot.logs import configure
from bot.quiet import quieten
from bot.settings import get_settings

if TYPE_CHECKING:
    from sanic import Sanic
    from sanic.request import Request
    from sanic.response import BaseHTTPResponse


def trace(app: Sanic) -> None:
    """Have every call of an action be a span in the trace of who calls."""

    async def called(request: Request) -> None:
        request.ctx.span = tracing.continued("run action", request.headers)
        request.ctx.span.__enter__()

    async def answered(request: Request, response: BaseHTTPResponse) -> None:
        if span := getattr(request.ctx, "span", None):  # None where the request was refused before it was read
            span.__exit__(None, None, None)

    async def finish(app: Sanic, loop: object) -> None:
        tracing.finish()

    app.register_middleware(called, "request")
    app.register_middleware(answered, "response")
    app.register_listener(finish, "after_server_stop")


def main() -> None:
    """Serve the `actions` package until stopped."""
    quieten()
    configure("actions", "ERROR")
    # Imported here: what it imports warns.
    from rasa_sdk.endpoint import create_app

    app = create_app("actions")
    if get_settings().traces_url:
        tracing.start("actions")
        trace(app)
    heap.settle()
    app.run(get_settings().listen, get_settings().actions_port, workers=1, register_sys_signals=True, access_log=False)


if __name__ == "__main__":
    main()
