"""What only a real server and real connections show."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import socket
from typing import TYPE_CHECKING

import httpx
import pytest
from serving import Serving

from bot.web.body_limit import BodyLimit

from .parent import Parent, texts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from fake_channel import FakeChannel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(channel: FakeChannel, transactional_db: None) -> Iterator[Serving]:
    from bot.web.asgi import application
    from bot.web.chat.views import limits

    limits.cache_clear()
    serving = Serving(application)
    yield serving
    serving.stop()


@pytest.fixture
async def caller(site: Serving) -> AsyncIterator[Parent]:
    async with httpx.AsyncClient(base_url=site.url, timeout=10, trust_env=False) as client:
        yield await Parent(client).arrive()


async def test_a_parent_who_reloads_in_the_middle_of_a_turn_finds_its_answer(
    caller: Parent, channel: FakeChannel
) -> None:
    channel.freeze()
    lost = asyncio.create_task(caller.write("hello", "reload"))
    await asyncio.to_thread(channel.arrived.acquire, timeout=5)
    lost.cancel()
    await asyncio.wait({lost})
    again = asyncio.create_task(caller.write("hello", "reload"))
    channel.thaw()
    assert texts(await again) == ["You said: hello"]
    assert len(channel.heard) == 1
    assert len(await caller.turns()) == 1


async def test_two_tabs_of_one_session_get_their_own_answers(caller: Parent, channel: FakeChannel) -> None:
    one, two = await asyncio.gather(caller.write("from one tab"), caller.write("from the other"))
    assert (texts(one), texts(two)) == (["You said: from one tab"], ["You said: from the other"])
    assert len(await caller.turns()) == 2


def read_answer(site: Serving, request: bytes, body: bytes = b"") -> http.client.HTTPResponse:
    """The answer to bytes as they are."""
    connection = socket.create_connection(("127.0.0.1", site.port), timeout=10)
    connection.sendall(request)
    with contextlib.suppress(OSError):  # the server may have answered and closed already
        connection.sendall(body)
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    connection.close()
    return answer


@pytest.mark.parametrize("path", ["/chat/message", "/staff/"])
def test_a_gigabyte_that_is_announced_is_not_read(site: Serving, path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000\r\n\r\n"
    assert read_answer(site, head.encode()).status == 413


def test_an_endless_upload_is_ended(site: Serving) -> None:
    head = b"POST /chat/session HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    assert read_answer(site, head, chunk * 6).status == 413


def test_an_upload_that_stalls_is_ended(site: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.body_limit.BODY_SECONDS", 0.1)
    head = b"POST /chat/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\n"
    assert read_answer(site, head, b"{").status == 408


def test_a_host_that_is_not_ours_is_refused(site: Serving) -> None:
    assert read_answer(site, b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").status == 400


async def test_a_browser_that_leaves_while_it_sends_is_no_error() -> None:
    async def app(scope: object, receive: object, send: object) -> None:
        raise AssertionError("there is nobody to answer")

    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        raise AssertionError("there is nobody to send to")

    await BodyLimit(app)({"type": "http", "headers": []}, gone, send)
