"""Words that neither Rasa nor the rules could read in time are read afterwards, and count from then on."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from bot.settings import get_settings
from bot.web.chat import screening, unheard
from bot.web.chat.models import UNHEARD, Turn
from bot.web.oncall.models import Alert
from bot.web.oncall.watch import catch_up, untold
from bot.web.review.models import Summary

from .parent import Parent, shows_helplines

if TYPE_CHECKING:
    from fake_channel import FakeChannel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def no_time(channel: FakeChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rasa answers an error, and the rules do not finish: they are asked again only afterwards."""
    channel.manner = "error"
    rules = screening._screen

    def slow(text: str) -> str | None:
        time.sleep(0.2)
        return rules(text)

    monkeypatch.setattr(screening, "_screen", slow)
    monkeypatch.setattr("bot.web.chat.compose.SCREEN_SECONDS", 0.05)
    screening._loaded.set()


async def listen(channel: FakeChannel, manner: str = "well") -> int:
    """As the background work does, with Rasa back or not."""
    channel.manner = manner
    return await unheard.listen()


@pytest.mark.usefixtures("no_time")
async def test_danger_that_was_not_heard_in_time_is_found_and_owed_to_whom_is_on_call(
    parent: Parent, channel: FakeChannel
) -> None:
    assert shows_helplines(await parent.write("I want to die"))
    [turn] = await parent.turns()
    assert (turn.tier, turn.understood, (await parent.conversation()).crisis) == (None, {UNHEARD: "rules"}, False)

    assert await listen(channel) == 1

    [turn] = await parent.turns()
    assert (turn.tier, turn.understood) == ("S", {})
    conversation = await parent.conversation()
    assert (conversation.crisis, conversation.highest_tier) == (True, "S")
    assert (await Summary.objects.aget(conversation=conversation)).crisis
    owed = untold(timezone.now() - timedelta(hours=1))
    assert [row.pk async for row in owed] == [conversation.pk]


@pytest.mark.usefixtures("no_time")
async def test_graver_danger_that_was_not_heard_in_time_is_told_although_a_later_message_alarmed_first(
    parent: Parent, channel: FakeChannel, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("ATTUNE_ONCALL_MAIL", "oncall@practice.example")
    get_settings.cache_clear()
    await parent.write("I have the pills in my hand")
    channel.manner = "well"
    await parent.write("I want to die")
    environment.setattr(unheard, "tier_of", lambda text, *_: "I" if "pills" in text else None)

    assert await listen(channel) == 1
    assert [await sync_to_async(catch_up)() for _look in range(2)] == [1, 0]

    assert [turn.tier for turn in await parent.turns()] == ["I", "S"]
    told = Alert.objects.order_by("pk").values_list("why", "tier")
    assert [row async for row in told] == [("first", "S"), ("graver", "I")]


@pytest.mark.usefixtures("no_time")
async def test_words_without_danger_are_read_once_and_stay_what_they_were(parent: Parent, channel: FakeChannel) -> None:
    await parent.write("he loves bananas")
    assert await listen(channel) == 0
    [turn] = await parent.turns()
    assert (turn.tier, turn.understood) == (None, {})
    assert not (await parent.conversation()).crisis


async def test_what_only_the_classifier_hears_is_found_when_rasa_is_back(parent: Parent, channel: FakeChannel) -> None:
    channel.manner = "error"
    await parent.write("id like to go to sleep for good")
    [turn] = await parent.turns()
    assert (turn.tier, turn.understood) == (None, {UNHEARD: "classifier"})

    assert await listen(channel, "error") == 0
    [turn] = await parent.turns()
    assert (turn.tier, turn.understood) == (None, {UNHEARD: "classifier"})

    assert await listen(channel) == 1
    [turn] = await parent.turns()
    assert (turn.tier, turn.understood) == ("S", {})
    assert (await parent.conversation()).crisis


@pytest.mark.usefixtures("no_time")
async def test_without_rasa_the_rules_read_it_once_and_the_classifier_later(
    parent: Parent, channel: FakeChannel
) -> None:
    await parent.write("he loves bananas")
    assert await listen(channel, "error") == 0
    [turn] = await parent.turns()
    assert turn.understood == {UNHEARD: "classifier"}
    assert await listen(channel) == 0
    [turn] = await parent.turns()
    assert turn.understood == {}


async def test_what_nobody_has_read_comes_before_what_waits_for_the_classifier(
    parent: Parent, channel: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unheard, "MOST", 1)
    channel.manner = "error"
    await parent.write("I want to die", "older")
    await Turn.objects.all().aupdate(tier=None, understood={UNHEARD: "rules"})
    await parent.write("he loves bananas", "newer")
    assert await listen(channel, "error") == 1
    assert [turn.tier for turn in await parent.turns()] == ["S", None]


async def test_what_lies_twelve_hours_back_is_left_to_the_inbox(parent: Parent, channel: FakeChannel) -> None:
    channel.manner = "error"
    await parent.write("id like to go to sleep for good")
    channel.manner = "well"
    assert await unheard.listen(timezone.now() + timedelta(hours=13)) == 0


@pytest.mark.usefixtures("no_time")
async def test_what_was_erased_meanwhile_is_not_read(parent: Parent, channel: FakeChannel) -> None:
    await parent.write("I want to die")
    await sync_to_async((await parent.conversation()).erase)()
    assert await listen(channel) == 0
    assert not (await parent.conversation()).crisis


async def test_what_was_heard_in_time_is_not_marked(parent: Parent, channel: FakeChannel) -> None:
    channel.manner = "error"
    await parent.write("I want to die")
    [turn] = await parent.turns()
    assert (turn.tier, turn.understood) == ("S", {})
