"""An answer to a question about safety counts while Rasa, which asked it, is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.web.chat import screening, unheard
from bot.web.chat.log import turn_log
from bot.web.chat.models import UNHEARD, Conversation

from .parent import shows_helplines

if TYPE_CHECKING:
    from fake_channel import FakeChannel
    from pytest_django.fixtures import SettingsWrapper

    from .parent import Parent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def asked(parent: Parent, channel: FakeChannel) -> Parent:
    """A parent who was asked the direct question before Rasa went away."""
    await screening.warm_up()  # as the process does: nobody waits for what is read for the first time
    await parent.write("nothing left in me")
    channel.manner = "error"
    return parent


async def test_a_pressed_yes_is_danger(asked: Parent) -> None:
    assert shows_helplines(await asked.press("/affirm"), "crisis")
    assert [turn.tier for turn in await asked.turns()] == ["R", "S"]
    assert (await asked.conversation()).crisis


@pytest.mark.parametrize("text", ["yes", "I'm not sure", "not today"])
async def test_a_typed_yes_is_danger(asked: Parent, text: str) -> None:
    await asked.write(text)
    assert (await asked.turns())[-1].tier == "S"


async def test_a_no_is_none(asked: Parent) -> None:
    await asked.press("/deny")
    assert [turn.tier for turn in await asked.turns()] == ["R", None]
    assert not (await asked.conversation()).crisis


async def test_the_question_is_known_after_a_restart_of_the_web_process(asked: Parent) -> None:
    turn_log._known.clear()
    await asked.press("/affirm")
    assert (await asked.conversation()).crisis


async def test_the_question_is_known_while_the_database_is_away(asked: Parent, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        from django.db import OperationalError

        raise OperationalError("gone")

    with monkeypatch.context() as away:
        away.setattr("bot.web.chat.tables.load", broken)
        await asked.write("yes")
    assert (await asked.conversation()).crisis


async def test_a_question_stays_open_while_nothing_else_is_asked(asked: Parent) -> None:
    await asked.write("hello")
    await asked.write("yes")
    assert [turn.tier for turn in await asked.turns()] == ["R", None, "S"]


async def test_a_question_that_was_answered_is_closed(asked: Parent, channel: FakeChannel) -> None:
    channel.manner = "well"
    await asked.press("/deny")
    channel.manner = "error"
    await asked.write("yes")
    assert (await asked.turns())[-1].tier is None


async def test_an_answer_that_was_not_read_in_time_is_read_later_with_its_question(
    asked: Parent, channel: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken rules")

    with monkeypatch.context() as breaking:
        breaking.setattr("bot.web.chat.screening._answer", broken)
        await asked.write("yes")
        await asked.press("/affirm")
    assert [turn.understood.get(UNHEARD) for turn in (await asked.turns())[1:]] == ["rules", "rules"]
    assert await unheard.listen() == 2
    assert [turn.tier for turn in await asked.turns()] == ["R", "S", "S"]


async def test_an_open_risk_chooses_the_card_of_an_answer_in_the_last_moment(
    parent: Parent, channel: FakeChannel, settings: SettingsWrapper
) -> None:
    await Conversation.objects.filter(pk=parent.session).aupdate(highest_tier="V", crisis=True)
    settings.CHAT_ANSWER_SECONDS = 0.4
    channel.freeze()
    answer = await parent.write("hello")
    channel.thaw()
    assert shows_helplines(answer, "domestic_abuse")


@pytest.mark.parametrize(
    ("risk", "kind"), [("V", "domestic_abuse"), ("E", "emergency"), ("P", "emergency"), ("I", "emergency")]
)
async def test_an_open_risk_chooses_the_card(parent: Parent, channel: FakeChannel, risk: str, kind: str) -> None:
    await Conversation.objects.filter(pk=parent.session).aupdate(highest_tier=risk, crisis=True)
    channel.manner = "error"
    assert shows_helplines(await parent.write("hello"), kind)
