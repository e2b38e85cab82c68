"""A conversation and its turns: the log that the parent reads back and that staff review."""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, models, transaction
from django.utils import timezone

from bot.safety.tiers import ALARM, TIERS, gravest
from bot.web.chat.signals import turn_heard, turn_stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

# In what was understood of a turn: who has not read it yet, and will do so (see chat/unheard.py).
UNHEARD = "unheard"
TIER_CHOICES = [(tier, tier) for tier in TIERS]


def new_session_id() -> str:
    """128 random bits as 32 hex digits: names a session to the outside and to Rasa."""
    return secrets.token_hex(16)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Named queries about conversations."""

    def kept(self) -> ConversationQuerySet:
        """Conversations that have not been erased."""
        return self.filter(erased_at__isnull=True)

    def before(self, moment: datetime) -> ConversationQuerySet:
        """Kept conversations in which nothing was said since `moment`."""
        return self.kept().filter(updated__lt=moment)

    def to_be_forgotten(self) -> ConversationQuerySet:
        """Erased conversations of which Rasa may still hold the dialogue state."""
        return self.filter(forget_pending=True)

    def emptied_before(self, moment: datetime) -> ConversationQuerySet:
        """Conversations that were erased before `moment`, and that Rasa has forgotten."""
        return self.filter(erased_at__lt=moment, forget_pending=False)


class Conversation(models.Model):
    """One session of one parent. Erasing it leaves an empty row for a time (see chat/retention.py)."""

    id = models.CharField(primary_key=True, max_length=32, default=new_session_id, editable=False)
    region = models.CharField(max_length=2, blank=True)
    page = models.CharField(max_length=300, blank=True, help_text="Path of the page the chat was opened on.")
    opening = models.JSONField(default=list, blank=True, help_text="Messages shown before the first one.")
    model = models.CharField(max_length=100, blank=True)
    highest_tier = models.CharField(max_length=1, null=True, blank=True, choices=TIER_CHOICES)
    crisis = models.BooleanField(default=False)
    failed = models.BooleanField(default=False, help_text="A turn was answered without Rasa.")
    demo = models.BooleanField(default=False, help_text="Made by attune demo; no parent wrote it.")
    created = models.DateTimeField(default=timezone.now)
    updated = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)
    forget_pending = models.BooleanField(default=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        """The console's orders; and what Rasa has to forget, which is asked for every few minutes."""

        indexes = (
            models.Index(fields=["-crisis", "-updated"], name="chat_crisis_first"),
            models.Index(fields=["-updated"], name="chat_newest"),
            models.Index(fields=["id"], condition=models.Q(forget_pending=True), name="chat_to_be_forgotten"),
        )

    def __str__(self) -> str:
        return self.id

    @property
    def erased(self) -> bool:
        """Whether the parent had it erased, or its time was over."""
        return self.erased_at is not None

    def messages(self) -> list[dict[str, Any]]:
        """The conversation as the parent saw it: the opening, then what was said and answered.

        By time: a turn that one process could not store at once may be stored after the next one of another process.
        """
        shown = list(self.opening)
        for turn in self.turns.order_by("created", "position"):
            shown.append(turn.parent_message())
            shown.extend(turn.replies)
        return shown

    def offered(self) -> dict[str, str]:
        """Every payload that was offered in this session, with the label of its button."""
        offers: dict[str, str] = {}
        replies: Iterator[list[dict[str, Any]]] = self.turns.values_list("replies", flat=True).iterator()
        for messages in (self.opening, *replies):
            offers |= offers_of(messages)
        return offers

    def append(self, turn: Turn) -> None:
        """Store `turn` as the last one and keep the summary for the console in step.

        Raises IntegrityError when the turn's client id is already answered, DatabaseError when the database gave
        the whole transaction up.
        """
        with transaction.atomic(savepoint=False):
            last = self.turns.order_by("-position").values_list("position", flat=True).first()
            turn.conversation = self
            turn.position = 0 if last is None else last + 1
            turn.save(force_insert=True)
            self.region = turn.region or self.region
            self.model = str(turn.understood.get("model") or self.model)[:100]
            self.highest_tier = gravest(self.highest_tier, turn.tier)
            self.crisis = self.crisis or turn.tier in ALARM
            self.failed = self.failed or turn.failed
            self.updated = max(self.updated, turn.created)
            self.save(update_fields=["region", "model", "highest_tier", "crisis", "failed", "updated"])
            turn_stored.send_robust(sender=type(self), conversation=self, turn=turn)
            if transaction.get_rollback():
                raise DatabaseError("The transaction of the turn was lost.")

    def erase(self) -> None:
        """Delete everything that was said; what stays is an id, its dates, and a note for Rasa to forget."""
        with transaction.atomic():
            # Turns, and whatever other apps (review) hang on the conversation to go when it goes.
            for relation in self._meta.related_objects:
                if relation.on_delete is models.CASCADE:
                    owner: Any = relation.related_model
                    owner._default_manager.filter(**{relation.field.name: self}).delete()
            self.opening = []
            self.page = self.region = self.model = ""
            self.highest_tier = None
            self.crisis = self.failed = False
            self.erased_at = timezone.now()
            self.forget_pending = True
            self.save()


class Turn(models.Model):
    """What the parent said or pressed, and what was answered and why."""

    class Kind(models.TextChoices):
        """Whether the parent wrote or pressed a button."""

        TEXT = "text"
        PAYLOAD = "payload"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    position = models.PositiveIntegerField()
    client_id = models.CharField(max_length=64, help_text="The message id that the parent's browser chose.")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    text = models.TextField(help_text="What the parent wrote, or the label of the button they pressed.")
    payload = models.CharField(max_length=500, blank=True)
    replies = models.JSONField(default=list)
    understood = models.JSONField(default=dict, help_text="What the channel returned beside its messages.")
    tier = models.CharField(max_length=1, null=True, blank=True, choices=TIER_CHOICES)
    intent = models.CharField(max_length=100, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    actions = models.JSONField(default=list)
    region = models.CharField(max_length=2, blank=True)
    milliseconds = models.FloatField(null=True, blank=True)
    failed = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        """Turns come in order, and an id is answered once."""

        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["conversation", "client_id"], name="chat_message_answered_once"),
            models.UniqueConstraint(fields=["conversation", "position"], name="chat_turns_in_order"),
        )
        indexes = (
            models.Index(fields=["tier", "created"], name="chat_by_tier"),
            models.Index(fields=["intent"], name="chat_by_intent"),
            models.Index(fields=["created", "milliseconds"], name="chat_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.position}"

    def note_late_screening(self, tier: str | None, left: str = "") -> None:
        """Store what was found in it after it was answered; `left` says who still has to read it (chat/unheard.py)."""
        with transaction.atomic():
            self.tier = tier = gravest(self.tier, tier)
            self.understood = {name: found for name, found in self.understood.items() if name != UNHEARD}
            if left:
                self.understood[UNHEARD] = left
            self.save(update_fields=["tier", "understood"])
            conversation = self.conversation
            conversation.highest_tier = gravest(conversation.highest_tier, tier)
            conversation.crisis = conversation.crisis or tier in ALARM
            conversation.save(update_fields=["highest_tier", "crisis"])
            turn_heard.send_robust(sender=type(self), conversation=conversation, turn=self)

    def parent_message(self) -> dict[str, Any]:
        """What the parent said, in the form of the chat protocol."""
        return {"id": self.client_id, "from": "parent", "text": self.text}


def offers_of(messages: list[dict[str, Any]]) -> dict[str, str]:
    """The payloads that `messages` offer, with the labels of their buttons."""
    # Thousands of conversations are offered the same: one copy of each in memory.
    return {
        sys.intern(str(choice["payload"])): sys.intern(str(choice["label"]))
        for message in messages
        for choice in message.get("choices", ())
    }
