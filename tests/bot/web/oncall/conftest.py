"""Somebody on call, and turns that are stored as the chat stores them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from bot.settings import get_settings
from bot.web.chat import tables
from bot.web.chat.record import Record
from bot.web.outgoing.models import Parcel

if TYPE_CHECKING:
    from collections.abc import Callable

# What a parent writes; it may be in no mail, no call and no log line.
SECRET = "the blue heron on the kitchen wall, call me on 0151 555 0199 or sam@example.org"
SESSION = "a" * 32


@pytest.fixture
def settings_of(environment: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets variables for one test."""
    for name in ("MAIL", "WEBHOOK", "SECRET"):
        environment.delenv(f"ATTUNE_ONCALL_{name}", raising=False)
    environment.delenv("ATTUNE_SMTP_URL", raising=False)
    environment.setenv("ATTUNE_PUBLIC_URL", "https://chat.practice.example")

    def change(**variables: str) -> None:
        for name, value in variables.items():
            environment.setenv(name, value)
        get_settings.cache_clear()

    change()
    return change


@pytest.fixture
def on_call(settings_of: Callable[..., None]) -> None:
    """Both ways are set."""
    settings_of(ATTUNE_ONCALL_MAIL="oncall@practice.example", ATTUNE_ONCALL_WEBHOOK="https://hooks.example/secret-path")


def record(n: int, tier: str | None, **more: Any) -> Record:
    """The `n`-th turn, said now."""
    replies = [{"id": f"r{n}", "from": "bot", "text": f"An answer to {SECRET}"}]
    fields: dict[str, Any] = {
        "client_id": f"m{n}",
        "kind": "text",
        "text": SECRET,
        "replies": replies,
        "region": "GB",
        "understood": {"text": SECRET, "safety": {"tier": tier, "evidence": SECRET}},
        "tier": tier,
        "created": timezone.now(),
    }
    return Record(**fields | more)


def store(*records: Record, session: str = SESSION) -> dict[str, Any]:
    """Stores turns as the chat does."""
    return tables.store(session, {"region": "GB"}, list(records))


def calls() -> list[dict[str, Any]]:
    """What the webhook is to be sent, oldest first."""
    return [json.loads(one.content) for one in Parcel.objects.filter(way="webhook").order_by("pk")]


def told() -> list[tuple[str, str]]:
    """Why and of which tier somebody was told, oldest first."""
    return [(call["why"], call["tier"]) for call in calls()]
