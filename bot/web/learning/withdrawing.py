"""When a parent has a conversation erased, what was learnt from it is taken out with the next learning.

When its time is over, only the link goes: the line is masked, was seen by a person, and belongs to nobody any more.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils import timezone

from bot.settings import get_settings
from bot.web.learning.models import Learnt, Withdrawal
from knowledge.practice import load_practice


@receiver(pre_delete, sender=Learnt)
def withdraw(sender: type[Learnt], instance: Learnt, **_: Any) -> None:
    """Note the line for removal, unless the conversation is old enough to be purged."""
    days = load_practice(get_settings().knowledge).retention_days
    over = instance.turn.conversation.updated < timezone.now() - timedelta(days=days)
    if not (over or instance.undone):
        Withdrawal.objects.get_or_create(digest=instance.digest)
