"""A parent who deletes the conversation: nothing of it stays, and its token is dead."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError

from bot.settings import get_settings
from bot.web import shared
from bot.web.chat import rasa_client
from bot.web.chat.forgetting import forget_pending
from bot.web.chat.log import turn_log

from .parent import Parent, shows_helplines

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fake_channel import FakeChannel

pytestmark = pytest.mark.django_db(transaction=True)


async def test_an_erased_conversation_is_an_empty_row_and_rasa_forgets_it(parent: Parent, channel: FakeChannel) -> None:
    await parent.write("I want to die")
    answer = await parent.erase()
    assert (answer.status_code, answer.content) == (204, b"")
    assert channel.forgotten == [parent.session]
    conversation = await parent.conversation()
    assert await parent.turns() == []
    assert (conversation.opening, conversation.page, conversation.region, conversation.model) == ([], "", "", "")
    assert (conversation.crisis, conversation.highest_tier) == (False, None)
    assert conversation.erased_at is not None
    assert conversation.forget_pending is False


async def test_what_staff_wrote_about_the_conversation_goes_with_it(parent: Parent) -> None:
    from asgiref.sync import sync_to_async

    from bot.web.review.models import Review

    await sync_to_async(Review.objects.create)(conversation_id=parent.session)
    await parent.erase()
    assert await Review.objects.acount() == 0


async def test_a_file_that_cannot_be_written_fails_no_erasing_and_leaves_nothing_in_memory(
    parent: Parent, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asgiref.sync import sync_to_async

    from bot.web.records import taking_out
    from bot.web.records.exporting import Wanted, export

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    await parent.write("hello")
    made = await sync_to_async(export)(Wanted(), "jsonl", "robin")
    with monkeypatch.context() as patched:
        patched.setattr(taking_out, "_copy", full)
        assert (await parent.erase()).status_code == 204
    assert (await parent.conversation()).erased
    assert parent.session not in turn_log._known
    assert parent.session in made.path.read_text("utf-8")
    await sync_to_async(taking_out.catch_up)()
    assert parent.session not in made.path.read_text("utf-8")


async def test_the_token_of_an_erased_conversation_is_refused_everywhere(parent: Parent, channel: FakeChannel) -> None:
    await parent.erase()
    answers = [
        await parent.write("hello"),
        await parent.browser.get("/chat/history", headers=parent.headers),
        await parent.erase(),
    ]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert all(answer.json()["error"]["code"] == "token_invalid" and shows_helplines(answer) for answer in answers)
    assert channel.heard == []


async def test_erasing_works_with_rasa_down_and_rasa_is_told_later(
    parent: Parent, channel: FakeChannel, environment: pytest.MonkeyPatch, free_port: int
) -> None:
    environment.setenv("ATTUNE_RASA_PORT", str(free_port))
    get_settings.cache_clear()
    assert (await parent.erase()).status_code == 204
    assert (await parent.conversation()).forget_pending is True
    assert await forget_pending() == 0
    environment.setenv("ATTUNE_RASA_PORT", str(channel.port))
    get_settings.cache_clear()
    assert await forget_pending() == 1
    assert channel.forgotten == [parent.session]
    assert await forget_pending() == 0


async def test_every_rasa_forgets_since_another_may_have_answered_in_between(
    parent: Parent, channel: FakeChannel, environment: pytest.MonkeyPatch, free_port: int
) -> None:
    away, there = f"http://127.0.0.1:{free_port}", f"http://127.0.0.1:{channel.port}"
    for addresses in (f"{there},{away}", f"{away},{there}"):
        environment.setenv("ATTUNE_RASA_URLS", addresses)
        get_settings.cache_clear()
        channel.forgotten.clear()
        with pytest.raises(rasa_client.ChannelError):
            await rasa_client.forget(parent.session)
        assert channel.forgotten == [parent.session]


async def test_erasing_waits_for_the_lock_that_all_processes_share(
    parent: Parent, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = asyncio.Event()

    @asynccontextmanager
    async def taken(session: str) -> AsyncIterator[None]:
        await free.wait()
        yield

    monkeypatch.setattr(shared, "session_lock", taken)
    erasing = asyncio.create_task(parent.erase())
    await asyncio.wait({erasing}, timeout=0.1)
    assert not erasing.done()
    assert not (await parent.conversation()).erased
    free.set()
    assert (await erasing).status_code == 204


async def test_what_waits_in_memory_is_not_stored_while_the_session_changes(
    parent: Parent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as away:
        away.setattr("bot.web.chat.tables.append", broken)
        await parent.write("hello")
    async with shared.sole(parent.session):
        storing = asyncio.create_task(turn_log.store_unsaved())
        await asyncio.wait({storing}, timeout=0.1)
        assert not storing.done()
        await turn_log.erase(parent.session)
    await storing
    assert await parent.turns() == []


async def test_a_turn_that_was_being_answered_is_erased_too(parent: Parent, channel: FakeChannel) -> None:
    channel.freeze()
    writing = asyncio.create_task(parent.write("hello"))
    await asyncio.to_thread(channel.arrived.acquire, timeout=5)
    erasing = asyncio.create_task(parent.erase())
    channel.thaw()
    assert (await writing).status_code == 200
    assert (await erasing).status_code == 204
    assert await parent.turns() == []


async def test_a_session_that_was_erased_elsewhere_is_not_brought_back_by_a_late_turn(
    parent: Parent, channel: FakeChannel
) -> None:
    channel.freeze()
    writing = asyncio.create_task(parent.write("hello"))
    await asyncio.to_thread(channel.arrived.acquire, timeout=5)
    from asgiref.sync import sync_to_async

    from bot.web.chat.models import Conversation

    await sync_to_async(lambda: Conversation.objects.get(pk=parent.session).erase())()
    channel.thaw()
    assert (await writing).status_code == 401
    assert await parent.turns() == []
