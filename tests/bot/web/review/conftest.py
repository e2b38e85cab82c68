"""A console with staff, an administrator, and conversations in it."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.utils import timezone

from bot.settings import get_settings
from bot.web.accounts.roles import Role, set_role
from bot.web.accounts.signed_in import signed_in
from bot.web.booking.models import Therapist, WeeklyHours

from . import factory

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from bot.web.chat.models import Conversation

PASSWORD = "quiet heron lamp river"


@pytest.fixture(autouse=True)
def quick_hashes(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_lots(environment: pytest.MonkeyPatch) -> None:
    """Nobody is asked for a second review by chance."""
    environment.setenv("ATTUNE_SECOND_REVIEW", "0")
    get_settings.cache_clear()


@pytest.fixture
def reviewer(db: None) -> User:
    return member("robin", "reviewer")


@pytest.fixture
def supervisor(db: None) -> User:
    return member("kim", "supervisor")


@pytest.fixture
def administrator(db: None) -> User:
    return member("morgan", "administrator")


def member(name: str, role: Role) -> User:
    """An account with a role."""
    user = get_user_model().objects.create_user(name, password=PASSWORD)
    set_role(user, role)
    return user


class Console:
    """A browser that is signed in with a second factor, and sends forms with their token, as a browser does."""

    def __init__(self, user: User) -> None:
        self.client = signed_in(user, enforce_csrf_checks=True)

    def open(self, path: str, **query: str) -> Any:
        return self.client.get(path, query)

    def text(self, path: str, **query: str) -> str:
        answer = self.open(path, **query)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def send(self, page: str, path: str, /, **values: str) -> Any:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.text(page))
        assert token
        return self.client.post(path, {"csrfmiddlewaretoken": token.group(1)} | values)


def portions(answer: Any) -> list[str]:
    """What is sent of a file that is made while it is sent, as the server takes it."""

    async def take() -> list[str]:
        return [part.decode() async for part in answer.streaming_content]

    return async_to_sync(take)()


@pytest.fixture
def console(reviewer: User) -> Console:
    return Console(reviewer)


@pytest.fixture
def crisis(db: None) -> Conversation:
    return factory.play(factory.suicide(), timezone.now() - timedelta(days=3))


@pytest.fixture
def calm(db: None) -> Conversation:
    return factory.play(factory.babysitter(), timezone.now() - timedelta(hours=1))


@pytest.fixture
def therapist_hours(db: None) -> None:
    """The practice as it is delivered; tests that flush the database take it away."""
    if not Therapist.objects.exists():
        practice = Therapist.objects.create()
        for weekday in range(5):
            WeeklyHours.objects.create(therapist=practice, weekday=weekday, opens=time(9), closes=time(17))
