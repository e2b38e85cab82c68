"""Takes out of exports what is erased, and clears what is older than the retention time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from bot.settings import get_settings
from bot.web.chat.retention import retention_over
from bot.web.records.exporting import take_out
from bot.web.records.models import Export, ExportedConversation
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from datetime import datetime


@receiver(post_delete, sender=ExportedConversation)
def forget_exported(sender: type[ExportedConversation], instance: ExportedConversation, **_: Any) -> None:
    """Take the conversation out of the file once its erasing is certain."""
    transaction.on_commit(partial(_take_out, instance.export_id, instance.conversation_id))


def _take_out(export: int, conversation: str) -> None:
    made = Export.objects.filter(pk=export).first()
    if made is not None:
        take_out(made, {conversation})


@receiver(retention_over)
def clear(sender: object, before: datetime, **_: Any) -> str:
    """Delete exports and mails in files from before that moment; empty what was searched for. Returns so, in words."""
    exports = 0
    for made in Export.objects.filter(made_at__lt=before):
        made.path.unlink(missing_ok=True)
        made.delete()
        exports += 1
    mails = get_settings().var / "mail"
    for path in mails.glob("*.eml") if mails.exists() else ():
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
    searches = ViewRecord.objects.filter(what=ViewRecord.SEARCH, at__lt=before).exclude(detail="")
    emptied = searches.update(detail="")
    return f"{exports} exports deleted, {emptied} searches emptied"
