"""When a parent has a conversation erased, or staff take a correction back, the next learning takes its line out.

When its time is over, only the link goes: the line is masked, was seen by a person, and belongs to nobody any more.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.utils import timezone

from bot.settings import get_settings
from bot.web.learning.models import Learnt, Withdrawal
from bot.web.review.models import Correction
from knowledge.errors import KnowledgeError
from knowledge.practice import current_practice

if TYPE_CHECKING:
    from bot.web.chat.models import Conversation


@receiver(pre_delete, sender=Learnt)
def withdraw(sender: type[Learnt], instance: Learnt, **_: Any) -> None:
    """Note the line for removal, unless the conversation is old enough to be purged."""
    if not (instance.undone or _over(instance.turn.conversation)):
        Withdrawal.objects.get_or_create(digest=instance.digest)


def _over(conversation: Conversation) -> bool:
    """Whether its time is over; no, where practice.yml cannot say: a broken file must not keep a parent from erasing."""
    try:
        days = current_practice(get_settings().knowledge).retention_days
    except (KnowledgeError, OSError):
        return False
    return conversation.updated < timezone.now() - timedelta(days=days)


@receiver(post_delete, sender=Correction)
def taken_back(sender: type[Correction], instance: Correction, origin: Any = None, **_: Any) -> None:
    """Note the line of a correction that no longer counts. Where the turn itself goes, `withdraw` decides."""
    if getattr(origin, "model", type(origin)) is Correction:
        _not_learnt_any_more(instance)


@receiver(post_save, sender=Correction)
def emptied(sender: type[Correction], instance: Correction, **_: Any) -> None:
    """The same where nothing is left of a correction but its note or its passage."""
    if not (instance.intent or instance.crisis_label):
        _not_learnt_any_more(instance)


def _not_learnt_any_more(correction: Correction) -> None:
    for learnt in Learnt.objects.filter(turn=correction.turn_id):
        if not learnt.undone:
            Withdrawal.objects.get_or_create(digest=learnt.digest)
        learnt.delete()
