"""What parents are told about how long conversations are kept is what happens."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from bot.settings import get_settings
from bot.web.chat import retention, tables
from bot.web.chat.models import Conversation
from bot.web.chat.record import Record
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


def erased(days_ago: float, *, pending: bool = False) -> Conversation:
    conversation = Conversation.objects.create()
    conversation.erase()
    moment = timezone.now() - timedelta(days=days_ago)
    Conversation.objects.filter(pk=conversation.pk).update(erased_at=moment, forget_pending=pending)
    return conversation


def test_the_empty_row_of_an_erased_conversation_goes_after_another_retention_time_and_the_life_of_its_token() -> None:
    days = load_practice(get_settings().knowledge).retention_days
    life = settings.CHAT_TOKEN_SECONDS / 86_400
    over, recent = erased(days + life + 0.1), erased(days + life - 0.1)
    unforgotten, kept = erased(days + life + 0.1, pending=True), spoken(0)
    assert purge()[1] == "1 empty rows of erased conversations deleted"
    assert set(Conversation.objects.all()) == {recent, unforgotten, kept}
    assert not Conversation.objects.filter(pk=over.pk).exists()


def test_empty_rows_go_portion_by_portion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PORTION", 2)
    for _ in range(5):
        erased(10_000)
    assert purge()[1] == "5 empty rows of erased conversations deleted"
    assert not Conversation.objects.exists()


def test_a_turn_that_was_left_on_a_disk_brings_nothing_back_for_longer_than_it_may_be_kept() -> None:
    gone = erased(10_000)
    purge()
    said_at = timezone.now() - timedelta(days=10_001)
    left = Record(client_id="m", kind="text", text="hello", replies=[], region="GB", created=said_at)
    tables.store(gone.pk, {"region": "GB"}, [left])
    assert purge()[0] == "1 conversations erased"


def test_what_rasa_has_to_forget_is_found_without_reading_every_conversation() -> None:
    waiting = Conversation.objects.to_be_forgotten()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # it reads a table as small as this one as a whole
        assert "chat_to_be_forgotten" in waiting.explain()


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
