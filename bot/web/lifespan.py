"""Work that runs beside the requests, for as long as the web process lives.

An app takes part by giving its AppConfig an attribute `background`: a tuple of dotted names of async functions
without arguments. They are started with the process and cancelled with it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.module_loading import import_string

from bot import heap
from bot.web.warming import warm

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)
RESTART_SECONDS = 30


async def lifespan(
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[Any], Awaitable[None]],
    finish: Callable[[], Awaitable[None]],
) -> None:
    """Serve ASGI's lifespan protocol: start the background work of all apps; at shutdown `finish`, then cancel it."""
    tasks: list[asyncio.Task[None]] = []
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            warm()
            tasks = [asyncio.create_task(_keep_running(name), name=name) for name in background_names()]
            heap.settle()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await finish()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await send({"type": "lifespan.shutdown.complete"})
            return


def background_names() -> list[str]:
    """Dotted names of the background functions of all installed apps."""
    return [name for config in apps.get_app_configs() for name in getattr(config, "background", ())]


async def _keep_running(name: str) -> None:
    """Run the function; one that fails is logged and begun again, since its work still has to be done."""
    work: Callable[[], Awaitable[None]] = import_string(name)
    while True:
        try:
            await work()
        except Exception:
            logger.exception("%s failed; it starts again in %d s", name, RESTART_SECONDS)
            await asyncio.sleep(RESTART_SECONDS)
        else:
            return
