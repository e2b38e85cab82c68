"""Runs an ASGI application for real, on a free port of this machine, in a thread."""

from __future__ import annotations

import threading
from typing import Any

import uvicorn


class Serving:
    """A running uvicorn; `url` is where."""

    def __init__(self, app: Any, lifespan: str = "off") -> None:
        started = threading.Event()
        config = uvicorn.Config(
            app, host="127.0.0.1", port=0, log_level="error", lifespan=lifespan, ws="none", interface="asgi3"
        )
        self._server = uvicorn.Server(config)
        serve = self._server.startup

        async def startup(sockets: Any = None) -> None:
            await serve(sockets)
            started.set()

        self._server.startup = startup
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        if not started.wait(20):
            raise RuntimeError("the server did not start")
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End the server; connections that hang are not waited for."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)
