"""Garbage for the chat API and for the files that people write: `make fuzz` (FUZZ_SECONDS=300 for each).

Not part of `make test`: pytest finds it only by name. What it found is kept as an example in the test of its area.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.safety.fold import fold
from bot.serving.rules import _parts
from bot.turns import as_text
from bot.web.chat.rasa_reply import UnusableReplyError, read_reply
from knowledge.articles import load_articles
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECONDS = float(os.environ.get("FUZZ_SECONDS", "300"))
EVERY = settings(
    max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["id", "text", "payload", "region", "page", "name", "email", "kind", "slot", "phone"])
BODIES = st.binary(max_size=400) | st.builds(
    lambda value: json.dumps(value).encode(), JSON | st.dictionaries(NAMES, JSON | st.just("1"), max_size=6)
)
PATHS = st.sampled_from(["/chat/session", "/chat/message", "/chat/history", "/api/bookings", "/api/slots"])
METHODS = st.sampled_from(["GET", "POST", "DELETE", "PUT", "OPTIONS", "HEAD"])
HEADERS = st.dictionaries(
    st.sampled_from(["Authorization", "Origin", "Content-Type", "Accept", "X-Forwarded-For"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
    max_size=3,
)


def for_seconds(fuzz: Callable[[], None]) -> None:
    """Run `fuzz`, which takes some hundred examples at a time, again and again for SECONDS."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        fuzz()


@pytest.mark.timeout(0)
@pytest.mark.django_db(transaction=True)
def test_the_api_never_fails_and_answers_errors_with_helplines() -> None:
    from bot.web.asgi import application

    loop = asyncio.new_event_loop()
    transport: Any = httpx.ASGITransport(app=application, raise_app_exceptions=False)

    async def ask(method: str, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=20) as client:
            return await client.request(method, path, content=body, headers=headers)

    @EVERY
    @given(METHODS, PATHS, BODIES, HEADERS)
    def fuzz(method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        answer = loop.run_until_complete(ask(method, path, body, headers))
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400 and method not in {"HEAD", "OPTIONS"} and path.startswith("/chat"):
            assert answer.json()["messages"], answer.text

    for_seconds(fuzz)
    loop.close()


@pytest.mark.timeout(0)
def test_an_answer_of_rasa_or_of_an_action_is_read_or_refused() -> None:
    names = st.sampled_from(["messages", "text", "card", "choices", "understood", "safety", "events", "responses"])

    @EVERY
    @given(JSON | st.dictionaries(names, JSON, max_size=6))
    def fuzz(body: Any) -> None:
        with suppress(UnusableReplyError):
            assert read_reply(body).messages
        events, responses = _parts(body)
        assert events is None or all(isinstance(row, dict) for row in events)
        assert responses is None or all(isinstance(row, dict) for row in responses)

    for_seconds(fuzz)


@pytest.mark.timeout(0)
def test_an_article_is_read_or_its_fault_is_named(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    path = tmp_path / "articles" / "fuzzed.md"
    matter = st.dictionaries(
        st.sampled_from(["id", "title", "summary", "topics", "audience", "sources", "url", "reviewed_by"]), JSON
    )
    whole = st.builds(
        lambda front, text: f"---\n{json.dumps(front)}\n---\n{text}".encode("utf-8", "replace"), matter, st.text()
    )

    @EVERY
    @given(whole | st.binary(max_size=300))
    def fuzz(content: bytes) -> None:
        path.write_bytes(content)
        with suppress(KnowledgeError):
            load_articles(tmp_path)

    for_seconds(fuzz)


@pytest.mark.timeout(0)
def test_any_text_is_folded_and_never_names_an_intent() -> None:

    @EVERY
    @given(st.text())
    def fuzz(text: str) -> None:
        fold(text)
        assert not as_text(text).strip().startswith("/")

    for_seconds(fuzz)
