"""The helplines are those of the parent's country also where the process that answers does not remember it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError

from bot.web.chat.log import turn_log

from .parent import Parent

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from fake_channel import FakeChannel
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def briton(browser: httpx.AsyncClient, channel: FakeChannel, transactional_db: None) -> Parent:
    """A parent in the UK, where the practice is in the US; the web process has been restarted since."""
    parent = await Parent(browser).arrive(region="GB")
    turn_log._known.clear()
    return parent


@pytest.fixture
def no_tables() -> Iterator[pytest.MonkeyPatch]:
    """The conversation's row can be neither read nor written until `undo`."""

    def broken(*_: object, **__: object) -> None:
        raise OperationalError("gone")

    with pytest.MonkeyPatch.context() as away:
        for name in ("load", "region_of", "append"):
            away.setattr(f"bot.web.chat.tables.{name}", broken)
        yield away


def country(answer: httpx.Response) -> Any:
    return answer.json()["messages"][0]["card"]["region"]


async def test_a_blank_message_after_a_restart_tells_the_region(briton: Parent) -> None:
    assert (await briton.write(" ")).json()["region"] == "GB"


async def test_an_error_after_a_restart_shows_the_region_s_helplines(briton: Parent) -> None:
    answer = await briton.press("/never_offered")
    assert (answer.status_code, country(answer)) == (403, "GB")


async def test_an_answer_in_the_last_moment_after_a_restart_shows_the_region_s_helplines(
    briton: Parent, channel: FakeChannel, settings: SettingsWrapper
) -> None:
    settings.CHAT_ANSWER_SECONDS = 0.4
    channel.freeze()
    answer = await briton.write("hello")
    channel.thaw()
    assert (answer.json()["region"], country(answer)) == ("GB", "GB")


async def test_a_region_that_cannot_be_told_is_not_guessed(
    briton: Parent, channel: FakeChannel, no_tables: pytest.MonkeyPatch
) -> None:
    assert "region" not in (await briton.write(" ")).json()
    assert "region" not in (await briton.write("hello")).json()
    assert "region" not in channel.heard[0]
    channel.manner = "error"
    assert "region" not in (await briton.write("hello again")).json()


async def test_a_turn_without_a_known_region_leaves_the_stored_one_as_it_is(
    briton: Parent, no_tables: pytest.MonkeyPatch
) -> None:
    await briton.write("hello")
    no_tables.undo()
    await turn_log.store_unsaved()
    assert (await briton.conversation()).region == "GB"
    assert (await briton.write(" ")).json()["region"] == "GB"


async def test_rasa_may_know_a_region_that_the_tables_cannot_tell(
    briton: Parent, no_tables: pytest.MonkeyPatch
) -> None:
    assert (await briton.write("I live in the UK")).json()["region"] == "GB"
