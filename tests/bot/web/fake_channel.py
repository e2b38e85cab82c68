"""Rasa's channel as the web process sees it: answers by a small script, and misbehaves on request."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

from serving import Serving

HELP = {
    "type": "helplines",
    "kind": "crisis",
    "region": "US",
    "region_name": "United States",
    "compact": False,
    "lines": [],
}
BOOKING = {"type": "booking"}  # as the action sends it (chat/test_conversation.py)


def understood(intent: str, tier: str | None = None) -> dict[str, Any]:
    return {
        "intent": intent,
        "confidence": 0.9,
        "ranking": [{"intent": intent, "confidence": 0.9}],
        "safety": {"tier": tier, "label": None, "by": "patterns", "evidence": None, "score": 0.0},
        "passages": [],
    }


def reply_to(body: dict[str, Any]) -> dict[str, Any]:
    """The scripted answer to what the channel was sent."""
    said = body.get("text") or body.get("payload")
    asks = None
    region = "GB" if said == "I live in the UK" else body.get("region", "ZZ")
    if "want to die" in said:
        messages: list[dict[str, Any]] = [{"text": "I'm glad you told me.", "card": HELP}]
        meaning = understood("crisis_suicide", "S")
    elif said == "book":
        messages = [{"text": "Here are times.", "card": BOOKING}]
        meaning = understood("book_consultation")
    elif said == "exercise":
        messages = [{"text": "Shall we begin?", "choices": [{"label": "Yes", "payload": "/begin_exercise"}]}]
        meaning = understood("request_exercise")
    elif said.startswith("nothing left"):
        choices = [{"label": "Yes, I am", "payload": "/affirm"}, {"label": "No", "payload": "/deny"}]
        messages = [{"text": "That is a lot."}, {"text": "May I ask one thing?", "choices": choices}]
        meaning, asks = understood("feel_low", "R"), "safety"
    else:
        messages = [{"text": f"You said: {said[:60]}"}]
        meaning = understood("feel_disconnected")
    return {
        "messages": messages,
        "understood": meaning,
        "actions": ["action_answer"],
        "region": region,
        "risk": None,
        "model": "test-model",
        "milliseconds": 12.3,
        "asks": asks,
    }


class FakeChannel:
    """One for all tests, made new by `reset`. `manner` is how it behaves; `heard` what it was sent."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.arrived = threading.Semaphore(0)
        self.reset()
        self._serving = Serving(self._app)
        self.port = self._serving.port

    def reset(self) -> None:
        self.gate.set()
        self.manner = "well"
        self.raw: bytes = b""
        self.heard: list[dict[str, Any]] = []
        self.secrets: list[str] = []
        self.seconds: list[float] = []
        self.traces: list[str | None] = []
        self.forgotten: list[str] = []

    def freeze(self) -> None:
        """Take requests and answer none, until `thaw`."""
        self.gate.clear()

    def thaw(self) -> None:
        self.gate.set()

    def stop(self) -> None:
        self.gate.set()
        self._serving.stop()

    async def _app(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        content = b""
        while True:
            part = await receive()
            content += part.get("body", b"")
            if not part.get("more_body"):
                break
        headers = dict(scope["headers"])
        status, answer = 200, b"{}"
        if scope["method"] == "POST":
            body = json.loads(content)
            self.secrets.append(headers[b"x-attune-secret"].decode())
            self.traces.append(headers.get(b"traceparent", b"").decode() or None)
            if scope["path"].endswith("/screen"):
                status = 500 if self.manner == "error" else 200
                answer = json.dumps({"tier": "S" if "go to sleep for good" in body["text"] else None}).encode()
            elif scope["path"].endswith("/forget"):
                self.forgotten.append(body["sender"])
                await self._wait_for_gate()
                status = 500 if self.manner == "error" else 200
                answer = b""
            else:
                self.seconds.append(body.pop("seconds"))
                self.heard.append(body)
                self.arrived.release()
                await self._wait_for_gate()
                status, answer = self._answer(body)
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        )
        if self.manner == "trickle":
            await self._trickle(send)
        else:
            await send({"type": "http.response.body", "body": answer})

    async def _wait_for_gate(self) -> None:
        await asyncio.to_thread(self.gate.wait, 20)

    async def _trickle(self, send: Any) -> None:
        for _ in range(400):
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(0.05)
            if self.manner != "trickle":
                return

    def _answer(self, body: dict[str, Any]) -> tuple[int, bytes]:
        if self.manner == "error":
            return 500, b"{}"
        if self.manner == "raw":
            return 200, self.raw
        return 200, json.dumps(reply_to(body)).encode()
