"""Erasing and answering at the same time, in two processes: the row is locked by the one that comes first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from bot.web.chat import tables, unheard
from bot.web.chat.models import UNHEARD, Conversation, Turn, new_session_id
from bot.web.chat.record import Record
from tests.beside import beside, until_it_waits

pytestmark = pytest.mark.django_db(transaction=True)
RECORD = Record(client_id="m", kind="text", text="hello", replies=[], region="GB")
FIRST = {"region": "GB"}
UNHEARD_BY_RULES = {UNHEARD: "rules"}


def test_a_turn_that_is_being_stored_is_erased_too() -> None:
    session = new_session_id()
    Conversation.objects.create(pk=session)
    with transaction.atomic():
        tables.append(session, FIRST, [RECORD], alert=False)
        erasing = beside(lambda: tables.erase(session))
        until_it_waits(erasing)
    erasing.join()
    assert Turn.objects.filter(conversation_id=session).count() == 0
    assert Conversation.objects.get(pk=session).erased


def test_a_turn_that_is_erased_while_it_is_read_afterwards_is_no_fault() -> None:
    session = new_session_id()
    tables.store(session, FIRST, [replace(RECORD, failed=True, understood=UNHEARD_BY_RULES)])
    turn = Turn.objects.get(conversation_id=session)
    faults: list[DatabaseError] = []

    def note() -> None:
        try:
            unheard._note(turn.pk, "S", "")
        except DatabaseError as fault:
            faults.append(fault)

    with transaction.atomic():
        tables.erase(session)
        noting = beside(note)
        until_it_waits(noting)
    noting.join()
    assert faults == []
    conversation = Conversation.objects.get(pk=session)
    assert (conversation.erased, conversation.crisis, conversation.highest_tier) == (True, False, None)


def test_a_turn_of_a_conversation_that_is_being_erased_is_not_stored() -> None:
    session = new_session_id()
    with transaction.atomic():
        tables.erase(session)  # of which the tables have no row yet
        storing = beside(lambda: tables.append(session, FIRST, [RECORD], alert=False))
        until_it_waits(storing)
    storing.join()
    assert Turn.objects.filter(conversation_id=session).count() == 0
