"""A practice in New York that is open every day, a clock that stands still, and a parent with a chat token."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from bot.settings import get_settings
from bot.web.booking import api, mails, manage
from bot.web.booking.models import Booking, Therapist, WeeklyHours
from bot.web.booking.policy import get_policy
from bot.web.booking.slots import Slot, open_slots
from bot.web.booking.wishes import Wish
from bot.web.chat.limits import RateLimit
from bot.web.chat.models import Conversation
from bot.web.chat.tokens import make_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from clock import Clock


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[Callable[..., None]]:
    """Sets environment variables for one test; mail and secrets go to its own folder."""

    def change(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()

    for name in ("ATTUNE_BOOKING_MODE", "ATTUNE_BOOKING_URL", "ATTUNE_SMTP_URL", "ATTUNE_STAFF_MAIL"):
        monkeypatch.delenv(name, raising=False)
    change(ATTUNE_VAR=str(tmp_path), ATTUNE_FIELD_SECRET="a secret of the tests")
    yield change
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture(autouse=True)
def no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "_limit", RateLimit(10_000))


@pytest.fixture
def therapist(db: None) -> Therapist:
    Therapist.objects.all().delete()
    therapist = Therapist.objects.create(name="Therapist A", time_zone="America/New_York")
    for weekday in range(7):
        WeeklyHours.objects.create(therapist=therapist, weekday=weekday, opens=time(9), closes=time(17))
    return therapist


@pytest.fixture
def free(therapist: Therapist, clock: Clock) -> list[Slot]:
    return open_slots(clock.now())


@pytest.fixture
def wish(free: list[Slot]) -> Callable[..., Wish]:
    """A wish for the `n`-th free slot, with other fields as given."""

    def make(n: int = 0, **changes: Any) -> Wish:
        fields: dict[str, Any] = {
            "therapist": free[n].therapist_id,
            "start": free[n].start,
            "kind": "video",
            "name": "Sam",
            "contact": "email",
            "email": "sam@example.org",
            "phone": "",
            "note": "",
            "time_zone": "Europe/London",
            "session": "",
        }
        return Wish(**fields | changes)

    return make


@pytest.fixture
def told_how_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The practice has written how an appointment by video starts."""
    policy = get_policy()
    starts = {"video": "Open https://video.example/room & wait."}
    practice = replace(policy.practice, booking=replace(policy.practice.booking, how_it_starts=starts))
    for module in (api, mails, manage):
        monkeypatch.setattr(module, "get_policy", lambda: replace(policy, practice=practice))


@pytest.fixture
def booking(wish: Callable[..., Wish], clock: Clock) -> Booking:
    return Booking.objects.book(wish(), clock.now())


class Parent:
    """Talks to the booking API as the widget does."""

    def __init__(self) -> None:
        self.conversation = Conversation.objects.create()
        self.token = make_token(self.conversation.id)
        self.client = Client(enforce_csrf_checks=True)

    def form(self, slot: str, **changes: Any) -> dict[str, Any]:
        form: dict[str, Any] = {
            "slot": slot,
            "kind": "video",
            "name": "Sam",
            "email": "sam@example.org",
            "contact": "email",
            "consent": True,
            "time_zone": "Europe/London",
        }
        return {key: value for key, value in (form | changes).items() if value is not None}

    def post(self, body: Any, token: str | None = None) -> Any:
        return self.client.post(
            "/api/bookings",
            body if isinstance(body, (str, bytes)) else json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token if token is None else token}"},
        )

    def book(self, slot: str, **changes: Any) -> Any:
        return self.post(self.form(slot, **changes))


@pytest.fixture
def parent(therapist: Therapist, clock: Clock) -> Parent:
    return Parent()
