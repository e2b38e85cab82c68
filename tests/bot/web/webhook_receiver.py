"""A program that takes calls of a webhook over a real socket; it misbehaves on request."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class WebhookReceiver:
    """`status` is what it answers; "hanging" takes calls and answers none until the end, "trickling" never ends."""

    def __init__(self) -> None:
        self.status = 200
        self.manner = "well"
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.called = threading.Semaphore(0)
        self._ended = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver._take(self)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/alert"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> WebhookReceiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(20)

    def said(self) -> list[dict[str, Any]]:
        """The calls that came, as JSON."""
        return [json.loads(body) for body in self.bodies]

    def _take(self, call: BaseHTTPRequestHandler) -> None:
        self.bodies.append(call.rfile.read(int(call.headers["Content-Length"])))
        self.headers.append(dict(call.headers))
        self.called.release()
        if self.manner == "hanging":
            self._ended.wait(30)
            return
        if self.manner == "trickling":
            # A header that never ends: each byte alone is in time.
            call.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not self._ended.wait(0.02):
                try:
                    call.wfile.write(b"x")
                except OSError:
                    return
            return
        call.send_response(self.status)
        if 300 <= self.status < 400:
            call.send_header("Location", self.url)
        call.send_header("Content-Length", "2")
        call.end_headers()
        call.wfile.write(b"ok")
