"""What parents are told about how long conversations are kept is what happens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bot.settings import get_settings
from bot.web.chat.models import Conversation
from bot.web.chat.retention import purge
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
    assert purge() == 1
    old.refresh_from_db()
    recent.refresh_from_db()
    assert old.erased
    assert not recent.erased


def test_a_purge_finds_nothing_to_erase_a_second_time() -> None:
    spoken(10_000)
    assert purge() == 1
    assert purge() == 0
