"""How many conversations fit: fresh where a person can work them off, remembered for a while where they are many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.utils import timezone

from bot.web.review import inbox
from bot.web.review.filters import Filters

from . import factory

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
IRISH = Filters.read(QueryDict("region=IE"))


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def write() -> str:
    script = factory.Script([factory.Said("I am so tired", "feel_exhausted")], region="IE")
    return factory.play(script, timezone.now()).pk


def test_a_count_that_can_be_worked_off_is_fresh():
    write()
    assert inbox.Pages(IRISH).count == 1
    write()
    assert inbox.Pages(IRISH).count == 2


def test_a_count_of_many_is_remembered_and_the_list_is_not(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inbox, "MANY", 2)
    write()
    write()
    assert inbox.Pages(IRISH).count == 2
    latest = write()
    pages = inbox.Pages(IRISH)
    assert pages.count == 2
    assert pages.page(1).object_list[0].conversation_id == latest


def test_other_filters_have_a_count_of_their_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inbox, "MANY", 1)
    write()
    assert inbox.Pages(IRISH).count == 1
    assert inbox.Pages(Filters.read(QueryDict("region=GB"))).count == 0
