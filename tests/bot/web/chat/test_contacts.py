"""Phone numbers and addresses that a parent types reach neither Rasa nor the log; the form is offered instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from bot.settings import get_settings
from bot.web.chat import log
from bot.web.chat.contacts import help_first
from bot.web.review.words import REWRITE

from .parent import texts

if TYPE_CHECKING:
    import httpx
    from fake_channel import FakeChannel

    from .parent import Parent

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER, ADDRESS = "07700 900123", "sam@example.org"
SAID = f"please call me on {NUMBER} or write to {ADDRESS}"


def card_types(answer: httpx.Response) -> list[str | None]:
    return [message.get("card", {}).get("type") for message in answer.json()["messages"]]


@sync_to_async
def forget_words_of_other_tests() -> None:
    """The full-text index is no model's table, so that Django does not empty it after a test."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM review_words")
        cursor.execute(REWRITE)


@sync_to_async
def tables_with(*secrets: str) -> list[tuple[str, str]]:
    """Each table that holds a secret somewhere in its rows, with the secret."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  our own tables
            text = repr(cursor.fetchall())
            found += [(table, secret) for secret in secrets if secret in text]
    return found


async def test_neither_rasa_nor_any_table_sees_what_was_typed(
    parent: Parent, channel: FakeChannel, caplog: pytest.LogCaptureFixture
) -> None:
    await forget_words_of_other_tests()
    await parent.write(SAID)
    (turn,) = await parent.turns()
    assert turn.text == "please call me on [phone number] or write to [e-mail address]"
    assert channel.heard[0]["text"] == turn.text
    secrets = (NUMBER, NUMBER.split()[-1], ADDRESS)
    assert await tables_with(*secrets) == []
    for secret in secrets:
        assert secret not in caplog.text
        assert secret not in str(await parent.history())


async def test_the_parent_is_told_and_gets_the_form(parent: Parent) -> None:
    answer = await parent.write(SAID)
    assert "phone number and e-mail address out of this chat" in texts(answer)[-1]
    assert card_types(answer) == [None, "booking"]
    assert answer.json()["messages"][-1]["card"]["kinds"]


async def test_a_message_without_contact_details_is_answered_as_always(parent: Parent) -> None:
    assert card_types(await parent.write("should I ring 988 or 111")) == [None]


async def test_with_a_booking_card_in_the_answer_there_is_no_second(
    parent: Parent, channel: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel.manner = "raw"
    channel.raw = b'{"messages": [{"text": "Times:", "card": {"type": "booking"}}]}'
    answer = await parent.write(NUMBER)
    assert card_types(answer) == ["booking", None]
    assert "phone number" in texts(answer)[-1]


async def test_in_a_crisis_the_helplines_come_first_and_no_form_stands_in_their_way(parent: Parent) -> None:
    answer = await parent.write(f"I want to die, call me {NUMBER}")
    assert card_types(answer) == ["helplines", None]
    assert "nobody will call or write to you from here" in texts(answer)[-1]
    (turn,) = await parent.turns()
    assert NUMBER not in turn.text


async def test_without_rasa_it_is_masked_as_well(parent: Parent, channel: FakeChannel) -> None:
    channel.manner = "error"
    answer = await parent.write(SAID)
    (turn,) = await parent.turns()
    assert "[phone number]" in turn.text
    assert card_types(answer) == ["helplines", "booking"]
    answer = await parent.write(f"I want to die {NUMBER}")
    assert card_types(answer) == ["helplines", None]


async def test_an_oversized_cry_for_help_is_masked_before_it_is_stored(
    parent: Parent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "WRITE_SECONDS", 2.0)  # so large a text takes its time on a busy machine
    await parent.write(f"I want to die {NUMBER} " + "x " * 40_000)
    (turn,) = await parent.turns()
    assert turn.tier == "S"
    assert NUMBER not in turn.text


@pytest.mark.parametrize(("mode", "says"), [("off", "reach out to them directly"), ("link", "on their page")])
async def test_a_practice_that_books_otherwise_is_pointed_to(
    parent: Parent, monkeypatch: pytest.MonkeyPatch, mode: str, says: str
) -> None:
    monkeypatch.setenv("ATTUNE_BOOKING_MODE", mode)
    monkeypatch.setenv("ATTUNE_BOOKING_URL", "https://scheduler.example/")
    get_settings.cache_clear()
    answer = await parent.write(NUMBER)
    assert says in texts(answer)[-1]
    assert card_types(answer)[-1] == (None if mode == "off" else "booking")


def test_a_booking_card_before_the_helplines_is_left_out_in_a_crisis() -> None:
    booking: dict[str, Any] = {"text": "Times", "card": {"type": "booking"}}
    helplines: dict[str, Any] = {"text": "Help", "card": {"type": "helplines"}}
    assert help_first([booking, helplines], "S") == [{"text": "Times"}, helplines]
    assert help_first([helplines, booking], "S") == [helplines, booking]
    assert help_first([booking], None) == [booking]
