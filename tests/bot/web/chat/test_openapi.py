"""The description of the API is true: each documented answer, got for real, fits its schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from bot.settings import get_settings

from .parent import Parent

if TYPE_CHECKING:
    import httpx
    from fake_channel import FakeChannel
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db(transaction=True)


def at(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """`node`, or what its $ref points to."""
    if "$ref" not in node:
        return node
    target: Any = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return dict(target)


def fits(document: dict[str, Any], method: str, path: str, answer: httpx.Response) -> bool:
    """Whether the answer is documented for its status and has the documented form; raises ValidationError."""
    described = at(document, document["paths"][path][method]["responses"][str(answer.status_code)])
    for header in described.get("headers", {}):
        assert header in answer.headers
    if "content" in described:
        schema = {**described["content"]["application/json"]["schema"], "components": document["components"]}
        assert answer.headers["Content-Type"] == "application/json"
        jsonschema.Draft202012Validator(schema).validate(answer.json())
    else:
        assert answer.content == b""
    return True


@pytest.fixture
async def document(browser: httpx.AsyncClient) -> dict[str, Any]:
    return dict((await browser.get("/chat/openapi.json")).json())


async def test_every_path_of_the_chat_is_described_and_no_other(document: dict[str, Any]) -> None:
    from bot.web.chat.urls import urlpatterns

    assert set(document["paths"]) == {f"/chat/{pattern.pattern}" for pattern in urlpatterns}


async def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in set(re.findall(r"'\$ref': '([^']+)'", str(document))):
        assert at(document, {"$ref": reference})


async def test_good_answers_are_as_described(
    document: dict[str, Any], browser: httpx.AsyncClient, channel: FakeChannel
) -> None:
    begun = await browser.post("/chat/session", json={"region": "GB"})
    assert fits(document, "post", "/chat/session", begun)
    parent = await Parent(browser).arrive()
    for text in ("hello", "I want to die", "exercise", "book", "", "long " * 1000):
        assert fits(document, "post", "/chat/message", await parent.write(text))
    channel.manner = "error"
    assert fits(document, "post", "/chat/message", await parent.write("hello"))
    assert fits(document, "get", "/chat/history", await browser.get("/chat/history", headers=parent.headers))
    assert fits(document, "get", "/chat/openapi.json", await browser.get("/chat/openapi.json"))
    assert fits(document, "delete", "/chat/session", await parent.erase())


async def test_errors_are_as_described(
    document: dict[str, Any],
    browser: httpx.AsyncClient,
    parent: Parent,
    environment: pytest.MonkeyPatch,
    settings: SettingsWrapper,
) -> None:
    get_settings.cache_clear()
    foreign = {"Origin": "https://evil.example"}
    seen = set()
    for method, path, keywords in [
        ("post", "/chat/session", {"content": b"{"}),
        ("post", "/chat/session", {"content": b"x" * 300_000}),
        ("post", "/chat/session", {"headers": foreign}),
        ("post", "/chat/message", {"content": b"{", "headers": parent.headers}),
        ("post", "/chat/message", {"json": {"id": "m", "payload": "/never"}, "headers": parent.headers}),
        ("post", "/chat/message", {"json": {"id": "m", "text": "x"}}),
        ("post", "/chat/message", {"json": {"id": "m", "text": "x" * 100_000}, "headers": parent.headers}),
        ("post", "/chat/message", {"headers": foreign}),
        ("get", "/chat/history", {}),
        ("get", "/chat/history", {"headers": foreign}),
        ("delete", "/chat/session", {}),
        ("delete", "/chat/session", {"headers": foreign}),
        ("get", "/chat/openapi.json", {"headers": foreign}),
    ]:
        answer = await browser.request(method, path, **keywords)
        assert answer.status_code >= 400
        assert fits(document, method, path, answer)
        seen.add(answer.status_code)
    assert seen == {400, 401, 403, 413}


async def test_the_limit_s_answer_is_as_described(
    document: dict[str, Any], browser: httpx.AsyncClient, channel: FakeChannel, settings: SettingsWrapper
) -> None:
    settings.CHAT_ADDRESS_MESSAGES_PER_MINUTE = 1
    parent = await Parent(browser).arrive()
    limited = await parent.write("hello")
    assert limited.status_code == 429
    assert fits(document, "post", "/chat/message", limited)
