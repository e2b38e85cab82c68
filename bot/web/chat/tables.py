"""Conversations and turns in the tables: what a message needs to be answered, storing, reading back, erasing.

Each function is one piece of database work, for a thread of bot.web.database; each may be done twice.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction

from bot.safety.tiers import ALARM
from bot.web.chat.models import Conversation, Turn
from bot.web.chat.record import Answer, Record, Situation, as_asked
from bot.web.chat.tokens import invalid_token
from bot.web.oncall import alerts


def region_of(session: str) -> str | None:
    """The region of the session, None where it has none or is not stored."""
    return Conversation.objects.filter(pk=session).values_list("region", flat=True).first() or None


def load(session: str, client_id: str, payload: str | None, label: str | None) -> Situation:
    """The situation as it is stored; `label` is the one of `payload`, if known already. Raises ApiError 401."""
    conversation = Conversation.objects.filter(pk=session).first()
    if conversation is None:
        return Situation(None, None, label)
    if conversation.erased:
        raise invalid_token()
    turn = conversation.turns.filter(client_id=client_id).first()
    if payload and label is None:
        label = conversation.offered().get(payload)
    answer = Answer(client_id, turn.replies, turn.region or None) if turn else None
    risk = conversation.highest_tier if conversation.highest_tier in ALARM else None
    # What was answered without Rasa asked nothing, and left open what was asked before.
    asked = (
        conversation.turns.filter(failed=False).order_by("-position").values_list("understood__asks", flat=True).first()
    )
    return Situation(conversation.region, answer, label, risk, as_asked(asked))


def store(session: str, first: dict[str, Any], records: list[Record]) -> dict[str, Answer]:
    """Append what is not stored yet, with the alert that it owes; `first` is the row of a conversation that is new.

    Returns the answers that another process has stored already, by client id. Raises ApiError 401 when it is erased.
    """
    try:
        return append(session, first, records, alert=True)
    except alerts.TransactionLostError:
        # Better the turn alone than neither; the watch of oncall makes up for the alert.
        return append(session, first, records, alert=False)


def _locked(session: str, first: dict[str, Any] | None = None) -> Conversation:
    """The session's row, made with `first` where there is none, and locked until the transaction ends.

    So two processes append, or append and erase, one after the other. SQLite has locked the whole file already.
    """
    rows = Conversation.objects.select_for_update().filter(pk=session)
    conversation = rows.first()
    if conversation is None:
        Conversation.objects.get_or_create(pk=session, defaults=first or {})
        conversation = rows.get()  # another process may have made it, and holds no lock of ours
    return conversation


def append(session: str, first: dict[str, Any], records: list[Record], *, alert: bool) -> dict[str, Answer]:
    """As `store`, with or without the alert. Raises TransactionLostError where that took the turns along."""
    answers = {}
    if records:  # a conversation that is stored late began, and is kept for a time from, when it was held
        first = first | {"created": records[0].created, "updated": records[0].created}
    with transaction.atomic():
        conversation = _locked(session, first)
        if conversation.erased:
            raise invalid_token()
        stored = {
            turn.client_id: turn for turn in conversation.turns.filter(client_id__in=[r.client_id for r in records])
        }
        for record in records:
            turn = stored.get(record.client_id)
            if turn is None:
                conversation.append(Turn(**asdict(record)))
            else:
                answers[record.client_id] = Answer(turn.client_id, turn.replies, turn.region or None)
        if alert and any(record.tier in ALARM for record in records):
            alerts.tell(conversation)
    return answers


def history(session: str) -> list[dict[str, Any]] | None:
    """The messages as the parent saw them, None where nothing is stored. Raises ApiError 401 when it is erased."""
    conversation = Conversation.objects.filter(pk=session).first()
    if conversation and conversation.erased:
        raise invalid_token()
    return conversation.messages() if conversation else None


def erase(session: str) -> None:
    """Erase the conversation. Raises ApiError 401 when it is erased already."""
    with transaction.atomic():
        conversation = _locked(session)
        if conversation.erased:
            raise invalid_token()
        conversation.erase()
