"""What each reviewer thinks, kept apart from what the others think."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bot.web.chat.models import Conversation, Turn
from bot.web.review.models.reviews import MOST_NOTE


class Judgement(models.Model):
    """One reviewer's view of one turn; where there is none, that reviewer agrees with what was understood."""

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="judgements")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    intent = models.CharField(max_length=100, blank=True)
    crisis_label = models.CharField(max_length=100, blank=True)
    passage = models.CharField(max_length=200, blank=True)
    note = models.TextField(max_length=MOST_NOTE, blank=True)
    created = models.DateTimeField(default=timezone.now)
    updated = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("updated", "pk")
        constraints = (models.UniqueConstraint(fields=["turn", "staff"], name="review_judged_once"),)

    def __str__(self) -> str:
        return f"turn {self.turn_id}: {self.intent or self.crisis_label or self.passage or 'note'}"


class Completion(models.Model):
    """That somebody has been through a conversation. The first two are independent; a third decides."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="completions")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "pk")
        constraints = (models.UniqueConstraint(fields=["conversation", "staff"], name="review_completed_once"),)

    def __str__(self) -> str:
        return f"{self.conversation_id}: done"
