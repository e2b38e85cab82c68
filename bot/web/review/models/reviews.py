"""What staff decide about a conversation and its turns. All of it goes when the conversation goes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bot.web.chat.models import Conversation, Turn

NOT_A_CRISIS = "none"
MOST_NOTE = 2000  # characters


class Review(models.Model):
    """Where a conversation stands with staff.

    `second_wanted`: somebody else shall judge it independently. `disputed`: two did, and differ.
    """

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="review")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    flagged = models.BooleanField(default=False)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    second_wanted = models.BooleanField(default=False)
    disputed = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["reviewed_at"], name="review_by_date"),)

    def __str__(self) -> str:
        return f"{self.conversation_id}: {'reviewed' if self.reviewed_at else 'open'}"


class Correction(models.Model):
    """What a turn should have been understood as, in the eyes of staff; empty where they agree.

    What counts of the judgements of all reviewers (see bot/web/review/opinions.py): while two of them differ and
    nobody has decided, there is none. It hangs on the turn, so that a parent who erases a conversation erases the
    notes about it too.
    """

    turn = models.OneToOneField(Turn, models.CASCADE, related_name="correction")
    intent = models.CharField(max_length=100, blank=True)
    crisis_label = models.CharField(max_length=100, blank=True, help_text="A crisis label, or none: not a crisis.")
    passage = models.CharField(max_length=200, blank=True, help_text="Id of the passage that should have answered.")
    note = models.TextField(max_length=MOST_NOTE, blank=True)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now)
    updated = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"turn {self.turn_id}: {self.intent or self.crisis_label or 'note'}"


class Tag(models.Model):
    """A word that staff put on a conversation to find it again."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=40, db_index=True)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=["conversation", "name"], name="review_tag_once"),)

    def __str__(self) -> str:
        return self.name


class Note(models.Model):
    """What somebody wrote about a conversation as a whole."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="notes")
    text = models.TextField(max_length=MOST_NOTE)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.conversation_id}: note"


class Change(models.Model):
    """How something was before a member of staff changed it, so that the change can be undone."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="changes")
    turn = models.ForeignKey(Turn, models.CASCADE, null=True, blank=True, related_name="+")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    what = models.CharField(max_length=100, help_text="In words: flagged.")
    before = models.JSONField(help_text="What bot/web/review/undoing.py needs to put it back.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=["conversation", "staff"], name="review_changes_of"),)

    def __str__(self) -> str:
        return self.what
