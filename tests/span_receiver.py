"""An OTLP endpoint on this machine: takes spans as JSON over a real socket, and hangs on request."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot import tracing


class SpanReceiver:
    """While `answers` is cleared, calls are taken and not answered. `status` is the answer, `bodies` is all that came, byte for byte."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.answers.set()
        self.status = 200
        self.called = threading.Semaphore(0)
        self.paths: set[str] = set()
        self.bodies: list[bytes] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.paths.add(self.path)
                receiver.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.called.release()
                receiver.answers.wait(30)
                self.send_response(receiver.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> SpanReceiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.answers.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(20)

    def spans(self) -> list[dict[str, Any]]:
        """All spans, by their beginning. Tracing in this process ends with it."""
        tracing.finish(20)
        found = [
            span
            for body in self.bodies
            for resource in json.loads(body)["resourceSpans"]
            for scope in resource["scopeSpans"]
            for span in scope["spans"]
        ]
        return sorted(found, key=lambda span: int(span["startTimeUnixNano"]))

    def tree(self) -> list[tuple[str, str | None]]:
        """Name of each span with the name of the one above it. Tracing in this process ends with it."""
        spans = self.spans()
        names = {span["spanId"]: span["name"] for span in spans}
        return [(span["name"], names.get(span.get("parentSpanId"))) for span in spans]


def said(span: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a span."""
    return {row["key"]: next(iter(row["value"].values())) for row in span.get("attributes", [])}
