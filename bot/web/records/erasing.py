"""Erases a conversation because somebody asked for it, and writes a receipt."""

from __future__ import annotations

from django.db import transaction

from bot.web.chat.models import Conversation
from bot.web.learning.models import Learnt
from bot.web.oncall.models import Alert
from bot.web.records.models import Erasure, ExportedConversation
from bot.web.review.models import Correction, ViewRecord


class NotThereError(LookupError):
    """There is no such conversation, or it was erased before; the message says which."""


def erase(conversation_id: str, by: str, reason: str = "") -> Erasure:
    """Erase the conversation from tables, outbox and exports, mark what was learnt from it, and return the receipt.

    Rasa is asked to forget it by the running web process, within ten minutes. Raises NotThereError.
    """
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().filter(pk=conversation_id).first()
        if conversation is None:
            raise NotThereError(f"There is no conversation {conversation_id}.")
        if conversation.erased_at:
            raise NotThereError(f"{conversation_id} was erased on {conversation.erased_at:%Y-%m-%d %H:%M} UTC.")
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
