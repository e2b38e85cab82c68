"""What uvicorn serves: `uvicorn bot.web.asgi:application`."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bot.web.settings")
django = get_asgi_application()

from bot import tracing  # noqa: E402
from bot.web import shared  # noqa: E402
from bot.web.body_limit import BodyLimit  # noqa: E402  (needs the settings to be in place)
from bot.web.chat import rasa_client  # noqa: E402
from bot.web.chat.log import turn_log  # noqa: E402
from bot.web.chat.turns import turns  # noqa: E402
from bot.web.lifespan import lifespan  # noqa: E402
from bot.web.plain_headers import plain  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

FINISHING = 3.0  # seconds; an answer takes no longer
_limited = BodyLimit(django)
tracing.start("web")


async def _finish() -> None:
    """What a parent was waiting for is answered and stored before the process ends."""
    await turns.finish(FINISHING)
    await turn_log.store_unsaved()
    await asyncio.to_thread(tracing.finish)  # here, since uvicorn waits for nothing that comes after the last word


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    """The ASGI application: background work with the process, Django behind the body limit for every request."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send, _finish)
        await rasa_client.close()
        await shared.close()
    elif scope["type"] == "http":
        await _limited(plain(scope), receive, send)
    else:  # a websocket: nothing here speaks it
        await send({"type": "websocket.close", "code": 1000})
