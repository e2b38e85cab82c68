"""The served description against the running server: whatever a client makes of it, the answers are as described."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from serving import Serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_channel import FakeChannel
    from pytest_django.fixtures import SettingsWrapper
    from schemathesis.schemas import BaseSchema

# `make test-api` looks longer.
EXAMPLES = 300 if settings.get_current_profile_name() == "long" else 8
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def url(channel: FakeChannel, settings: SettingsWrapper, transactional_db: None) -> Iterator[str]:
    from bot.web.asgi import application
    from bot.web.chat.views import limits

    settings.CHAT_SESSION_MESSAGES_PER_MINUTE = settings.CHAT_ADDRESS_MESSAGES_PER_MINUTE = 10**6
    limits.cache_clear()
    serving = Serving(application)
    yield serving.url
    serving.stop()
    limits.cache_clear()


@pytest.fixture
def connection() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture
def description(url: str) -> BaseSchema:
    return schemathesis.openapi.from_url(f"{url}/chat/openapi.json")


schema = schemathesis.pytest.from_fixture("description")


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_described(case: schemathesis.Case, url: str, connection: requests.Session) -> None:
    # A session for each case: some of them erase theirs.
    token = connection.post(f"{url}/chat/session").json()["token"]
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, session=connection)
