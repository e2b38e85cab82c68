"""Reads a request's body before Django does, so that neither an endless nor an endlessly slow one harms.

Django would spool any body to disk first. What is too large or too slow is dropped here, and Django gets the
request with an empty body and a note in the scope; the error answer is then made like any other.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[Any], Awaitable[None]]

NOTE = "attune.body"
BODY_SECONDS = 10.0
MOST_DIGITS = 20  # of an announced length


class BodyLimit:
    """ASGI middleware: `scope[NOTE]` becomes "too_large" or "too_slow" where the body was dropped."""

    def __init__(self, app: Callable[[dict[str, Any], Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Pass the request on with its body read, or without it."""
        try:
            body = await asyncio.wait_for(_read(scope, receive), BODY_SECONDS)
        except _TooLargeError:
            scope[NOTE], body = "too_large", b""
        except asyncio.TimeoutError:
            scope[NOTE], body = "too_slow", b""
        if body is None:
            return  # the browser went away while it sent
        if NOTE in scope:
            # Django looks at the length that was announced.
            scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> dict[str, Any]:
            if messages:
                return messages.pop()
            while (message := await receive())["type"] == "http.request":
                pass  # the rest of a dropped body: Django waits here for the browser to go away
            return message

        await self._app(scope, replay, send)


class _TooLargeError(Exception):
    """More bytes than anybody needs."""


async def _read(scope: dict[str, Any], receive: Receive) -> bytes | None:
    announced = dict(scope["headers"]).get(b"content-length", b"0")
    # Of thousands of digits Python makes no number.
    if not announced.isdigit() or len(announced) > MOST_DIGITS or int(announced) > settings.HARD_BODY_LIMIT:
        raise _TooLargeError
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > settings.HARD_BODY_LIMIT:
            raise _TooLargeError
        if not message.get("more_body"):
            return bytes(body)
