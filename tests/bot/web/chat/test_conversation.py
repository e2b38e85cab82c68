"""A conversation as it should go."""

from __future__ import annotations

import asyncio
from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError
from fake_channel import BOOKING
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.booking import show_booking
from actions.session import Session
from bot.web.booking.models import Therapist, WeeklyHours
from bot.web.chat.log import turn_log
from bot.web.chat.record import Record

from .parent import Parent, texts

if TYPE_CHECKING:
    import httpx
    from fake_channel import FakeChannel

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_session_begins_with_the_notice_and_a_greeting(
    browser: httpx.AsyncClient, channel: FakeChannel
) -> None:
    answer = await browser.post("/chat/session", json={"region": "UK", "page": "https://site.example/a?who=me#x"})
    body = answer.json()
    assert answer.status_code == 200
    assert len(body["session"]) == 32
    assert body["region"] == "GB"
    assert body["messages"][0]["card"]["type"] == "notice"
    assert "999" in body["messages"][0]["text"]
    assert all(message["from"] == "bot" and message["id"] for message in body["messages"])
    assert channel.heard == []


async def test_only_the_path_of_the_host_page_is_kept(browser: httpx.AsyncClient, channel: FakeChannel) -> None:
    parent = await Parent(browser).arrive(page="https://site.example/pregnancy?name=somebody#part")
    assert (await parent.conversation()).page == "/pregnancy"


@pytest.mark.parametrize(("given", "region"), [(None, "US"), ("", "US"), ("uk", "GB"), ("XX", "ZZ"), ("<b>", "ZZ")])
async def test_the_region_is_one_that_has_helplines(
    browser: httpx.AsyncClient, channel: FakeChannel, given: str | None, region: str
) -> None:
    answer = await browser.post("/chat/session", json={"region": given})
    assert answer.json()["region"] == region


async def test_a_session_can_begin_without_a_body(browser: httpx.AsyncClient, channel: FakeChannel) -> None:
    assert (await browser.post("/chat/session")).status_code == 200


async def test_a_message_is_answered_and_stored_with_what_was_understood(parent: Parent, channel: FakeChannel) -> None:
    answer = await parent.write("I feel like a babysitter", "m-1")
    assert answer.status_code == 200
    assert answer.json()["id"] == "m-1"
    assert texts(answer) == ["You said: I feel like a babysitter"]
    assert channel.heard == [{"sender": parent.session, "region": "US", "text": "I feel like a babysitter"}]
    assert 0 < channel.seconds[0] < 3
    assert channel.secrets == ["shared with the channel"]
    [turn] = await parent.turns()
    assert (turn.kind, turn.text, turn.client_id) == ("text", "I feel like a babysitter", "m-1")
    assert (turn.intent, turn.confidence, turn.actions) == ("feel_disconnected", 0.9, ["action_answer"])
    assert turn.understood["ranking"] == [{"intent": "feel_disconnected", "confidence": 0.9}]
    assert turn.replies == answer.json()["messages"]
    assert (turn.milliseconds, turn.failed, turn.region) == (12.3, False, "US")
    assert (await parent.conversation()).model == "test-model"


async def test_a_crisis_puts_the_conversation_on_top_of_the_console(parent: Parent) -> None:
    await parent.write("I want to die")
    await parent.write("sorry, I was being dramatic")
    conversation = await parent.conversation()
    assert (conversation.crisis, conversation.highest_tier) == (True, "S")
    assert [turn.tier for turn in await parent.turns()] == ["S", None]


async def test_rasa_is_told_of_the_gravest_alarm_so_far(parent: Parent, channel: FakeChannel) -> None:
    await parent.write("a calm word")
    await parent.write("I want to die")
    await parent.write("and now")
    assert [heard.get("risk") for heard in channel.heard] == [None, None, "S"]


async def test_the_region_follows_what_the_parent_says(parent: Parent, channel: FakeChannel) -> None:
    assert (await parent.write("I live in the UK")).json()["region"] == "GB"
    await parent.write("hello")
    assert channel.heard[-1]["region"] == "GB"
    assert (await parent.conversation()).region == "GB"


async def test_the_history_shows_both_sides_in_order(parent: Parent) -> None:
    await parent.write("exercise", "one")
    await parent.press("/begin_exercise")
    said = [(message["from"], message["text"]) for message in await parent.history()]
    assert [entry for entry in said if entry[0] == "parent"] == [("parent", "exercise"), ("parent", "Yes")]
    assert said[-1] == ("bot", "You said: /begin_exercise")
    assert (await parent.history())[: len(parent.opening)] == parent.opening


async def test_the_same_id_twice_gives_the_stored_answer_and_asks_rasa_once(
    parent: Parent, channel: FakeChannel
) -> None:
    first = await parent.write("hello", "again")
    second = await parent.write("hello", "again")
    assert first.json() == second.json()
    assert len(channel.heard) == 1
    assert len(await parent.turns()) == 1


async def test_two_identical_ids_at_once_ask_rasa_once(parent: Parent, channel: FakeChannel) -> None:
    channel.freeze()
    both = [asyncio.create_task(parent.write("hello", "twin")) for _ in range(2)]
    await asyncio.to_thread(channel.arrived.acquire, timeout=5)
    channel.thaw()
    first, second = await asyncio.gather(*both)
    assert first.json() == second.json()
    assert len(channel.heard) == 1


async def test_messages_of_one_session_are_answered_in_order_of_arrival(parent: Parent, channel: FakeChannel) -> None:
    await asyncio.gather(*(parent.write(f"message {n}", f"m{n}") for n in range(10)))
    assert [body["text"] for body in channel.heard] == [f"message {n}" for n in range(10)]
    assert [turn.text for turn in await parent.turns()] == [f"message {n}" for n in range(10)]


async def test_sessions_do_not_wait_for_each_other(
    browser: httpx.AsyncClient, parent: Parent, channel: FakeChannel
) -> None:
    other = await Parent(browser).arrive()
    channel.freeze()
    waiting = [asyncio.create_task(who.write("hello")) for who in (parent, other)]
    # Both have come through to Rasa, though neither is answered.
    assert await asyncio.to_thread(channel.arrived.acquire, timeout=5)
    assert await asyncio.to_thread(channel.arrived.acquire, timeout=5)
    channel.thaw()
    assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200, 200]


async def test_ids_of_another_session_are_nothing_to_this_one(browser: httpx.AsyncClient, parent: Parent) -> None:
    await parent.write("mine", "same")
    other = await Parent(browser).arrive()
    assert texts(await other.write("yours", "same")) == ["You said: yours"]


async def test_a_button_is_accepted_once_it_was_offered(parent: Parent, channel: FakeChannel) -> None:
    await parent.write("exercise")
    answer = await parent.press("/begin_exercise")
    assert answer.status_code == 200
    assert channel.heard[-1] == {"sender": parent.session, "region": "US", "payload": "/begin_exercise"}
    turn = (await parent.turns())[-1]
    assert (turn.kind, turn.text, turn.payload) == ("payload", "Yes", "/begin_exercise")


async def test_a_button_of_the_opening_is_accepted(parent: Parent) -> None:
    payload = parent.opening[-1]["choices"][0]["payload"]
    assert (await parent.press(payload)).status_code == 200


async def test_a_button_is_known_from_the_tables_after_a_restart(parent: Parent) -> None:
    from bot.web.chat.log import turn_log

    await parent.write("exercise")
    turn_log._known.clear()
    assert (await parent.press("/begin_exercise")).status_code == 200


async def test_a_button_that_was_never_offered_is_refused(parent: Parent, channel: FakeChannel) -> None:
    answer = await parent.press("/begin_exercise")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "payload_not_offered"
    assert channel.heard == []
    assert await parent.turns() == []


async def test_a_button_of_another_session_is_refused(browser: httpx.AsyncClient, parent: Parent) -> None:
    await parent.write("exercise")
    other = await Parent(browser).arrive()
    assert (await other.press("/begin_exercise")).status_code == 403


@pytest.mark.parametrize("text", ["/restart", '/request_human{"x": 1}', "/begin_exercise"])
async def test_what_looks_like_a_command_is_passed_on_as_text(parent: Parent, channel: FakeChannel, text: str) -> None:
    assert (await parent.write(text)).status_code == 200
    assert channel.heard[-1]["text"] == text
    assert "payload" not in channel.heard[-1]


@pytest.fixture
def open_all_day(transactional_db: None) -> None:
    """A practice with times on every day."""
    practice = Therapist.objects.create()
    for weekday in range(7):
        WeeklyHours.objects.create(therapist=practice, weekday=weekday, opens=time(9), closes=time(17))


async def test_without_times_to_be_had_the_booking_card_still_comes(
    parent: Parent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OperationalError("no such table")

    monkeypatch.setattr("bot.web.booking.card.next_slots", broken)
    [message] = (await parent.write("book")).json()["messages"]
    assert (message["card"]["slots"], message["card"]["kinds"]) == ([], ["video", "phone", "in_person"])
    assert "cannot be shown just now" in message["card"]["notice"]


async def test_with_booking_off_the_words_come_without_a_card(parent: Parent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.chat.compose.booking_card", lambda **_: {})
    [message] = (await parent.write("book")).json()["messages"]
    assert (message["text"], "card" in message) == ("Here are times.", False)


async def test_the_booking_card_is_filled_with_times_before_it_is_stored(open_all_day: None, parent: Parent) -> None:
    answer = await parent.write("book")
    card = answer.json()["messages"][0]["card"]
    slots = card.pop("slots")
    assert card == {
        "type": "booking",
        "mode": "slots",
        "url": None,
        "kinds": ["video", "phone", "in_person"],
        "time_zone": "America/New_York",
        "notice": "These details go to the practice only. They are not part of this conversation.",
    }
    assert len(slots) == 3
    [turn] = await parent.turns()
    assert turn.replies[0]["card"] == card | {"slots": slots}


def test_the_scripted_rasa_sends_the_booking_card_of_the_action() -> None:
    dispatcher = CollectingDispatcher()
    show_booking(dispatcher, Session(Tracker("a", {}, {}, [], False, None, {}, "action_listen")))
    [message] = dispatcher.messages
    assert message["custom"]["card"] == BOOKING


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
async def test_an_empty_message_gets_a_kind_reply_and_is_not_stored(
    parent: Parent, channel: FakeChannel, text: str
) -> None:
    answer = await parent.write(text)
    assert answer.status_code == 200
    assert "Take your time" in texts(answer)[0]
    assert channel.heard == []
    assert await parent.turns() == []


async def test_an_emoji_is_a_message(parent: Parent) -> None:
    assert texts(await parent.write("😭")) == ["You said: 😭"]


async def test_a_turn_that_was_stored_late_is_shown_where_it_was_said(parent: Parent, channel: FakeChannel) -> None:
    await parent.write("first")
    await parent.write("second")
    early = (await parent.turns())[0].created
    # Another web process had answered this one before both, and could store it only now.
    late = Record("late", "text", "before both", [], "US", created=early - timedelta(seconds=1))
    await turn_log.add(parent.session, late)
    said = [message["text"] for message in await parent.history() if message["from"] == "parent"]
    assert said == ["before both", "first", "second"]
