"""Erases a conversation because somebody asked for it, and writes a receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from bot.web.chat.models import Conversation
from bot.web.learning.models import Learnt
from bot.web.oncall.models import Alert
from bot.web.records.models import Erasure, ExportedConversation
from bot.web.review.models import Correction, ViewRecord

if TYPE_CHECKING:
    from datetime import datetime


class NotThereError(LookupError):
    """There is no such conversation, or it was erased before; the message says which."""


def erase(conversation_id: str, by: str, reason: str = "") -> Erasure:
    """Erase the conversation from tables, outbox and exports, mark what was learnt from it, and return the receipt.

    Rasa is asked to forget it by the running web process, within ten minutes. Raises NotThereError.
    """
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().filter(pk=conversation_id).first()
        if erased_at := conversation.erased_at if conversation else _erased_long_ago(conversation_id):
            raise NotThereError(f"{conversation_id} was erased on {erased_at:%Y-%m-%d %H:%M} UTC.")
        if conversation is None:
            raise NotThereError(f"There is no conversation {conversation_id}.")
        of = {"turn__conversation": conversation}
        counts = {
            "turns": conversation.turns.count(),
            "corrections": Correction.objects.filter(**of).count(),
            "alerts": Alert.objects.filter(conversation=conversation).count(),
            "exports": ExportedConversation.objects.filter(conversation=conversation).count(),
            "learnt phrasings to be taken out": Learnt.objects.filter(**of, undone=False).count(),
        }
        conversation.erase()
        receipt = Erasure.objects.create(conversation=conversation_id, by=by[:150], reason=reason[:300], counts=counts)
        detail = f"receipt {receipt.number}"
        ViewRecord.objects.create(
            staff_name=by[:150], what=ViewRecord.ERASURE, conversation=conversation_id, detail=detail
        )
    return receipt


def _erased_long_ago(conversation_id: str) -> datetime | None:
    """When it was erased at somebody's request, where its empty row is gone as well."""
    return Erasure.objects.filter(conversation=conversation_id).values_list("at", flat=True).first()
