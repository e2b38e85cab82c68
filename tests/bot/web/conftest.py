"""What the tests of the web process share: settings of their own, a scripted Rasa, and a browser without a screen."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from clock import Clock
    from fake_channel import FakeChannel
    from mail_server import MailServer
    from webhook_receiver import WebhookReceiver


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What an earlier test left unstored in this process would be stored, and told, by a later one."""
    from bot.web.chat.journal import Journal
    from bot.web.chat.log import turn_log

    turn_log._known.clear()
    turn_log._journal = Journal()


@pytest.fixture(scope="session")
def one_channel() -> Iterator[FakeChannel]:
    from fake_channel import FakeChannel

    channel = FakeChannel()
    yield channel
    channel.stop()


@pytest.fixture
def channel(one_channel: FakeChannel, environment: pytest.MonkeyPatch) -> Iterator[FakeChannel]:
    """Rasa, answering as it should until told otherwise."""
    one_channel.reset()
    environment.setenv("ATTUNE_RASA_PORT", str(one_channel.port))
    get_settings.cache_clear()
    yield one_channel
    one_channel.reset()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """Set variables on it, then call get_settings.cache_clear()."""
    monkeypatch.setenv("ATTUNE_VAR", str(tmp_path))
    monkeypatch.setenv("ATTUNE_CHANNEL_SECRET", "shared with the channel")
    get_settings.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Django's clock, standing still."""
    from clock import Clock
    from django.utils import timezone

    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server that takes everything until told otherwise."""
    from mail_server import MailServer

    with MailServer() as server:
        yield server


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    """What takes calls of a webhook, well until told otherwise."""
    from webhook_receiver import WebhookReceiver

    with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture
def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
async def browser(environment: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the whole ASGI application; no cookies are kept, as the widget keeps none."""
    from bot.web.asgi import application
    from bot.web.chat import rasa_client
    from bot.web.chat.views import limits

    limits.cache_clear()
    transport: Any = httpx.ASGITransport(app=application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=20) as client:
        yield client
    await rasa_client.close()
    limits.cache_clear()
