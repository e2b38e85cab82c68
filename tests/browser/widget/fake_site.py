"""A practice's page and the chat API, scripted: what the widget is tested against.

It serves ``bot/web/widget/dist`` as the Django side does, under the strict policy of issue 7, answers
a parent's words with the message of that name (see ``scripted.py``), and can be told to misbehave.
"""

from __future__ import annotations

import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from . import scripted

DIST = Path(__file__).parents[3] / "bot" / "web" / "widget" / "dist"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The practice</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/icon">
<script src="/widget.js" data-exit="{exit}" {attributes} defer></script></head>
<body><main><h1>The practice</h1><p>Perinatal therapy. <a href="/#more">More about us</a></p>
</main></body></html>"""
FRAME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Framed</title></head>
<body><main><h1>A page with the chat in a frame</h1>
<iframe src="/embed" title="Support chat" width="400" height="600"></iframe></main></body></html>"""
EXPIRED = 401, {"error": {"code": "expired", "text": "Please start again."}}
TYPES = {".js": "text/javascript", ".html": "text/html; charset=utf-8", ".json": "application/json"}


class FakeSite:
    """The server and what it remembers; one for all tests, made new by ``reset``."""

    def __init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.reset()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reset(self) -> None:
        self.sessions: dict[str, list[dict]] = {}
        self.answered: dict[str, list[dict]] = {}
        self.received: list[tuple[str, str, dict]] = []
        self.bookings: list[dict] = []
        self.misbehaviour: dict[str, list] = {}
        self.gate, self.erasing = threading.Event(), threading.Event()
        self.erased = threading.Event()  # a conversation is gone, whether or not that was told
        self.release()

    def stop(self) -> None:
        self.release()
        self.server.shutdown()
        self.server.server_close()

    def misbehave(self, path: str, *answers: int | str | tuple[int, dict, dict]) -> None:
        """The next calls of ``path`` get these: a status, "drop" (no answer), or (status, body, headers)."""
        self.misbehaviour.setdefault(path, []).extend(answers)

    def behave(self, path: str) -> None:
        """The next calls of ``path`` are answered, whatever was planned."""
        self.misbehaviour.pop(path, None)

    def hold(self) -> None:
        """Messages are taken, and answered only after ``release``."""
        self.gate.clear()

    def hold_erasing(self) -> None:
        """Conversations are erased, and that is told only after ``release``."""
        self.erasing.clear()

    def release_messages(self) -> None:
        self.gate.set()

    def release(self) -> None:
        self.gate.set()
        self.erasing.set()

    def expire_sessions(self) -> None:
        self.sessions.clear()

    def calls(self, method: str, path: str) -> list[dict]:
        return [body for its_method, its_path, body in self.received if (its_method, its_path) == (method, path)]

    # The chat API ---------------------------------------------------------------------------------

    def open_session(self, body: dict) -> tuple[int, dict]:
        token = uuid.uuid4().hex
        region = body.get("region") or "US"
        self.sessions[token] = [message | {"id": uuid.uuid4().hex} for message in scripted.greeting(region)]
        return 201, {"token": token, "session": token[:8], "region": region, "messages": self.sessions[token]}

    def message(self, token: str, body: dict) -> tuple[int, dict]:
        if body["id"] not in self.answered:
            said = body.get("text") or body["payload"]
            log = self.sessions[token]
            offered = {choice["payload"]: choice["label"] for m in log for choice in m.get("choices", [])}
            if "payload" in body and said not in offered:
                return 403, {"error": {"code": "not_offered", "text": "That cannot be chosen here."}}
            log.append({"id": body["id"], "from": "parent", "text": offered.get(said, said)})
            self.gate.wait(20)
            if token not in self.sessions:
                return EXPIRED
            answer = [m | {"id": uuid.uuid4().hex} for m in scripted.answer(said)]
            log.extend(answer)
            self.answered[body["id"]] = answer
        return 200, {"id": body["id"], "messages": self.answered[body["id"]]}

    def book(self, body: dict) -> tuple[int, dict]:
        if body["name"] == "Nobody":
            return 422, {
                "error": {"code": "invalid", "text": "Please check."},
                "fields": {"name": "Another name, please."},
            }
        if body["slot"] == "taken":
            return 409, {"error": {"code": "taken", "text": "Just taken."}, "slots": scripted.slots(3, first=10)}
        self.bookings.append(body)
        return 201, {
            "booking": {
                "start": "2031-03-04T10:00:00+00:00",
                "label": "Tue 4 March, 10:00",
                "kind": body["kind"],
                "how_it_starts": "The therapist sends the video link an hour before.",
                "manage_url": "/booking/signed/",
            }
        }


def _handler_for(site: FakeSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            self.route("GET")

        def do_POST(self) -> None:
            self.route("POST")

        def do_DELETE(self) -> None:
            self.route("DELETE")

        def route(self, method: str) -> None:
            path = urlsplit(self.path).path
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            site.received.append((method, path, body))
            if planned := site.misbehaviour.get(path):
                return self.misbehave(planned.pop(0))
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            if path.startswith(("/chat/", "/api/bookings")) and path != "/chat/session" and token not in site.sessions:
                return self.send_json(*EXPIRED)
            match method, path:
                case "POST", "/chat/session":
                    self.send_json(*site.open_session(body))
                case "DELETE", "/chat/session":
                    if site.sessions.pop(token, None) is None:
                        return self.send_json(*EXPIRED)
                    site.erased.set()
                    site.erasing.wait(20)
                    self.send(204, b"", "text/plain")
                case "POST", "/chat/message":
                    self.send_json(*site.message(token, body))
                case "GET", "/chat/history":
                    self.send_json(200, {"messages": site.sessions[token]})
                case "GET", "/api/slots":
                    self.send_json(200, {"time_zone": "Europe/London", "slots": scripted.slots(20, first=3)})
                case "POST", "/api/bookings":
                    self.send_json(*site.book(body))
                case "GET", _:
                    self.send_page(path)

        def misbehave(self, plan: int | str | tuple[int, dict, dict]) -> None:
            if plan == "drop":
                self.close_connection = True
                return
            status, body, headers = plan if isinstance(plan, tuple) else (plan, {}, {})
            body = body or {"error": {"code": "planned", "text": f"Planned answer {status}."}}
            self.send_json(status, body, headers)

        def send_page(self, path: str) -> None:
            name = {"/widget.js": "loader.js", "/embed": "embed.html"}.get(path, path.removeprefix("/widget/"))
            if path in ("/", "/es", "/rtl", "/neutral", "/framed"):
                attributes = {"/es": 'data-lang="es"', "/rtl": 'data-title="Rtl"'}.get(path, "")
                html = FRAME if path == "/framed" else PAGE.format(exit="/neutral", attributes=attributes)
                if path == "/rtl":
                    html = html.replace('<html lang="en"', '<html lang="ar" dir="rtl"')
                if path == "/neutral":
                    html = "<!doctype html><title>Neutral</title><h1>Weather</h1>"
                self.send(200, html.encode(), TYPES[".html"])
            elif (file := DIST / name).is_file() and "/" not in name:
                self.send(200, file.read_bytes(), TYPES[file.suffix])
            else:
                self.send(404, b"no such page", "text/plain")

        def send_json(self, status: int, body: dict, headers: dict | None = None) -> None:
            self.send(status, json.dumps(body).encode(), "application/json", headers)

        def send(self, status: int, content: bytes, kind: str, headers: dict | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Security-Policy", POLICY)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    return Handler
