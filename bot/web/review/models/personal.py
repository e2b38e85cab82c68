"""What belongs to one member of staff: saved filters, and the conversation that they have open."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bot.web.chat.models import Conversation


class SavedFilter(models.Model):
    """A narrowed inbox under a name."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, help_text="The query of the inbox's address.")

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=["staff", "name"], name="review_filter_once"),)

    def __str__(self) -> str:
        return self.name


class Presence(models.Model):
    """That somebody has a conversation open, as their browser said at `at`."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="present")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["conversation", "staff"], name="review_present_once"),)

    def __str__(self) -> str:
        return f"{self.conversation_id}: open"
