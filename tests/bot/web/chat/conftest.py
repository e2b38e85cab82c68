"""Fixtures of the chat's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.web.chat import screening

from .parent import Parent

if TYPE_CHECKING:
    import httpx
    from fake_channel import FakeChannel


@pytest.fixture
async def parent(browser: httpx.AsyncClient, channel: FakeChannel, transactional_db: None) -> Parent:
    """A parent who has just opened the chat, in the US."""
    return await Parent(browser).arrive(region="US", page="/articles/delayed-bond")


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The safety rules in short: loading the real ones takes seconds (test_screening does)."""
    monkeypatch.setattr(screening, "_screen", lambda text: "S" if "die" in text or "kill" in text else None)
