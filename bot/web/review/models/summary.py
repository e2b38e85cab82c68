"""One narrow row for each conversation: what the inbox lists, filters and counts, and what the metrics add up.

A conversation's own rows are wide (all that was said and understood). A hundred thousand of these narrow ones are
read in tens of milliseconds, so that any mixture of filters is one short scan, and none needs an index of its own.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from bot.web.chat.models import Conversation


class Summary(models.Model):
    """Kept in step by bot/web/review/summarising.py. Lists are packed between spaces: " feel_low ask_why "."""

    OPEN_CRISIS, FLAGGED, OPEN, DONE = range(4)  # rank: the inbox's order
    NOBODY, SECOND, THIRD = range(3)  # waits_for
    NONE, STARTED, FINISHED = range(3)  # exercise

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="summary")
    created = models.DateTimeField()
    updated = models.DateTimeField(db_index=True)
    hour = models.SmallIntegerField(help_text="Hour of the first message where the practice is, 0 to 23.")
    turns = models.PositiveIntegerField(default=0)
    position = models.IntegerField(default=-1, help_text="Of the last turn that is in here.")

    tiers = models.CharField(max_length=20, blank=True, default=" ")
    crisis = models.BooleanField(default=False)
    alarmed_at = models.DateTimeField(null=True, help_text="The latest alarm.")
    labels = models.CharField(max_length=300, blank=True, default=" ", help_text="Labels of the safety layer.")
    intents = models.TextField(blank=True, default=" ")
    topic = models.CharField(max_length=100, blank=True, help_text="The first intent that is a matter of its own.")
    certainty = models.FloatField(null=True, help_text="Lowest confidence in an intent of what was written, 0 to 1.")
    answered = models.PositiveIntegerField(default=0, help_text="Turns that were answered with a passage.")
    fallbacks = models.PositiveIntegerField(default=0)
    not_helpful = models.PositiveIntegerField(default=0)
    failed = models.BooleanField(default=False)
    exercise = models.SmallIntegerField(default=NONE)
    exercises_started = models.PositiveIntegerField(default=0)
    exercises_finished = models.PositiveIntegerField(default=0)
    rating = models.CharField(max_length=6, blank=True, help_text="before or after: which distress was just asked for.")
    distress_before = models.SmallIntegerField(null=True)
    distress_after = models.SmallIntegerField(null=True)
    booking = models.BooleanField(default=False, help_text="Free times were shown.")
    region = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=12, blank=True)
    model = models.CharField(max_length=100, blank=True)

    rank = models.SmallIntegerField(default=OPEN)
    flagged = models.BooleanField(default=False)
    reviewed = models.BooleanField(default=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    waits_for = models.SmallIntegerField(default=NOBODY)
    tags = models.TextField(blank=True, default=" ")
    demo = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index("rank", models.F("updated").desc(), models.F("id").desc(), name="review_inbox"),
            models.Index(fields=["rank", "flagged", "reviewed", "crisis"], name="review_counts"),
            models.Index(fields=["certainty", "reviewed"], name="review_uncertain"),
            # With the inbox's order: of what nearly all conversations have, the first fifty are read and not all sorted.
            *(
                models.Index(
                    column, "rank", models.F("updated").desc(), models.F("id").desc(), name=f"review_{column}s"
                )
                for column in ("model", "region", "language")
            ),
        )

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.turns} turns"
