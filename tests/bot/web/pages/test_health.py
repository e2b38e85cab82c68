"""Whether the process lives, and whether all parts can answer a parent."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from bot.settings import get_settings
from bot.web import database

if TYPE_CHECKING:
    import httpx
    from fake_channel import FakeChannel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def actions(channel: FakeChannel, environment: pytest.MonkeyPatch) -> None:
    """An action server: the scripted channel answers any GET with 200."""
    environment.setenv("ATTUNE_ACTIONS_PORT", str(channel.port))
    get_settings.cache_clear()


async def test_the_process_is_alive_whatever_else_is_down(
    browser: httpx.AsyncClient, environment: pytest.MonkeyPatch, free_port: int
) -> None:
    environment.setenv("ATTUNE_RASA_PORT", str(free_port))
    get_settings.cache_clear()
    answer = await browser.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_with_all_parts_up_it_is_ready(browser: httpx.AsyncClient, actions: None) -> None:
    answer = await browser.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    assert set(answer.json()["parts"]) == {"database", "rasa", "actions"}


async def test_a_part_that_is_down_is_named(
    browser: httpx.AsyncClient, actions: None, environment: pytest.MonkeyPatch, free_port: int
) -> None:
    environment.setenv("ATTUNE_RASA_PORT", str(free_port))
    get_settings.cache_clear()
    answer = await browser.get("/readyz")
    parts = answer.json()["parts"]
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    assert [name for name, part in parts.items() if not part["ok"]] == ["rasa"]
    assert parts["rasa"]["error"] == "ConnectError"


async def test_a_database_without_tables_is_not_ready(
    browser: httpx.AsyncClient, actions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections["default"].settings_dict, "NAME", "/no/such/folder/attune.sqlite3")
    monkeypatch.setattr(database, "_readers", ThreadPoolExecutor(max_workers=1))
    parts = (await browser.get("/readyz")).json()["parts"]
    assert parts["database"] == {
        "ok": False,
        "milliseconds": parts["database"]["milliseconds"],
        "error": "DatabaseUnavailableError",
    }


async def test_a_part_that_hangs_is_not_waited_for(
    browser: httpx.AsyncClient, actions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.pages.health.PART_SECONDS", 0.1)
    monkeypatch.setattr("bot.web.pages.health._ask_database", lambda: time.sleep(0.5))
    answer = await browser.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"]["milliseconds"] < 400
