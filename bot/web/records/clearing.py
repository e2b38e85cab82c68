"""Has exports written anew when something of them is erased, and clears what is older than the retention time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from bot.settings import get_settings
from bot.web.chat.retention import retention_over
from bot.web.records.models import Export, ExportedConversation, RewriteDue
from bot.web.records.taking_out import discard, held, take_out_soon
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from datetime import datetime


@receiver(post_delete, sender=ExportedConversation)
def forget_exported(
    sender: type[ExportedConversation], instance: ExportedConversation, origin: Any = None, **_: Any
) -> None:
    """Note that the file has to be written anew, and have that done once the erasing is certain."""
    if getattr(origin, "model", type(origin)) is Export:
        return  # the file goes with its entry
    export = instance.export_id
    RewriteDue.objects.create(export_id=export)
    transaction.on_commit(lambda: take_out_soon(export), robust=True)


@receiver(retention_over)
def clear(sender: object, before: datetime, **_: Any) -> str:
    """Delete exports and mails in files from before that moment; empty what was searched for. Returns so, in words."""
    exports = sum(map(_cleared, Export.objects.filter(made_at__lt=before)))
    mails = get_settings().var / "mail"
    for path in mails.glob("*.eml") if mails.exists() else ():
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
    searches = ViewRecord.objects.filter(what=ViewRecord.SEARCH, at__lt=before).exclude(detail="")
    emptied = searches.update(detail="")
    return f"{exports} exports deleted, {emptied} searches emptied"


def _cleared(made: Export) -> bool:
    """Whether `made` could be deleted; one that is being written at this moment is left to the next time."""
    try:
        with held(made):
            discard(made)
    except BlockingIOError:
        return False
    return True
