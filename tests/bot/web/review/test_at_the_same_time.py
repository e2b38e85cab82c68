"""Two people, or a parent and staff, change the same conversation at the same moment."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from bot.web.accounts.signed_in import signed_in
from bot.web.chat import tables
from bot.web.chat.models import Turn
from bot.web.chat.record import Record
from bot.web.review import changes, saved_tests
from bot.web.review.models import Change, Correction, Judgement, Note, Review, Summary, Tag, ViewRecord
from tests.beside import beside, until_it_waits

from . import factory
from .conftest import member

pytestmark = pytest.mark.django_db(transaction=True)
RECORD = Record(client_id="late", kind="text", text="and now she sleeps", replies=[], region="US")


@pytest.fixture
def conversation(db):
    return factory.play(factory.babysitter(), timezone.now())


@pytest.fixture
def staff(db):
    return signed_in(member("kim", "supervisor"))


def posts(staff, conversation):
    """Every kind of change, as the forms send it."""
    page = f"/staff/conversations/{conversation.pk}/review/"
    for values in ({"action": "note", "text": "Call them."}, {"action": "tag", "tag": "sleep"}, {"action": "test"},
                   {"action": "flag"}, {"action": "reviewed"}):  # fmt: skip
        yield lambda values=values: staff.post(page, values)
    turn = Turn.objects.filter(conversation=conversation).first()
    yield lambda: staff.post(f"/staff/turns/{turn.pk}/correct/", {"intent": "feel_numb"})


def nothing_is_left_of(conversation) -> bool:
    kinds = (Note, Tag, Review, Change, Judgement, Correction)
    written = ViewRecord.objects.filter(what__in=(ViewRecord.REVIEW, ViewRecord.CORRECTION))
    return not any(kind.objects.exists() for kind in kinds) and not written and not saved_tests.read(conversation.pk)


@pytest.mark.parametrize("which", range(6), ids=["note", "tag", "test", "flag", "reviewed", "correct"])
def test_nothing_is_written_about_a_conversation_that_is_erased_as_the_form_arrives(
    conversation, staff, monkeypatch, which
):
    def begin() -> Any:
        conversation.erase()
        return transaction.atomic()

    post = list(posts(staff, conversation))[which]
    monkeypatch.setattr(changes, "transaction", SimpleNamespace(atomic=begin))
    assert post().status_code == 404
    assert nothing_is_left_of(conversation)


@pytest.mark.parametrize("which", [0, 5], ids=["note", "correct"])
def test_a_change_waits_for_erasing_and_is_then_refused(conversation, staff, which):
    post = list(posts(staff, conversation))[which]
    answers = []
    with transaction.atomic():
        tables.erase(conversation.pk)
        posting = beside(lambda: answers.append(post().status_code))
        until_it_waits(posting)
    posting.join()
    assert answers == [404]
    assert nothing_is_left_of(conversation)


@transaction.atomic
def tag(conversation) -> None:
    Tag.objects.create(conversation=conversation, name="sleep")


def test_a_turn_and_a_tag_at_once_are_both_in_the_inbox(conversation, staff):
    before = Summary.objects.get(conversation=conversation).turns
    with transaction.atomic():
        tables.append(conversation.pk, {"region": "US"}, [RECORD], alert=False)
        tagging = beside(lambda: tag(conversation))
        until_it_waits(tagging)
    tagging.join()
    summary = Summary.objects.get(conversation=conversation)
    assert (summary.turns, summary.tags.split()) == (before + 1, ["sleep"])


def test_a_review_and_a_turn_at_once_are_both_in_the_inbox(conversation, staff):
    before = Summary.objects.get(conversation=conversation).turns
    with transaction.atomic():
        Review.objects.create(conversation=conversation, flagged=True)
        storing = beside(lambda: tables.append(conversation.pk, {"region": "US"}, [RECORD], alert=False))
        until_it_waits(storing)
    storing.join()
    summary = Summary.objects.get(conversation=conversation)
    assert (summary.turns, summary.flagged, summary.rank) == (before + 1, True, Summary.FLAGGED)
