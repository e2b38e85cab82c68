"""What parents are told about how long conversations are kept is what happens."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from bot.settings import get_settings
from bot.web.chat.models import Conversation
from bot.web.chat.retention import purge, retention_over
from knowledge.practice import load_practice

pytestmark = pytest.mark.django_db


def spoken(days_ago: float) -> Conversation:
    conversation = Conversation.objects.create()
    moment = timezone.now() - timedelta(days=days_ago)
    Conversation.objects.filter(pk=conversation.pk).update(updated=moment)
    return conversation


def test_a_conversation_is_erased_when_the_practices_days_are_over() -> None:
    days = load_practice(get_settings().knowledge).retention_days
    old, recent = spoken(days + 1), spoken(days - 1)
    assert purge()[0] == "1 conversations erased"
    old.refresh_from_db()
    recent.refresh_from_db()
    assert old.erased
    assert not recent.erased


def test_a_purge_finds_nothing_to_erase_a_second_time() -> None:
    spoken(10_000)
    assert purge()[0] == "1 conversations erased"
    assert purge()[0] == "0 conversations erased"


def test_every_app_that_keeps_something_for_a_time_says_what_went() -> None:
    said = "\n".join(purge())
    assert re.search(r"bookings and \d+ undeliverable mails erased", said)
    assert "lines of the record deleted" in said
    assert "exports deleted" in said


def test_what_fails_in_one_app_keeps_no_other_from_its_turn() -> None:
    heard = []

    def fails(**_: object) -> None:
        raise RuntimeError("this one is broken")

    def hears(**_: object) -> None:
        heard.append(True)

    retention_over.connect(fails)
    retention_over.connect(hears)
    spoken(10_000)
    try:
        with pytest.raises(RuntimeError, match="this one is broken"):
            purge()
    finally:
        retention_over.disconnect(fails)
        retention_over.disconnect(hears)
    assert heard
    assert Conversation.objects.get().erased
