"""The index of exports, and the receipts of erasures. No words of a parent are stored here."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from bot.settings import get_settings
from bot.web.chat.models import Conversation

if TYPE_CHECKING:
    from pathlib import Path


def folder() -> Path:
    """Where exports lie; only their owner may look into it."""
    path = get_settings().var / "exports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def receipt_number() -> str:
    """What a parent can be given, and what says nothing by itself."""
    return secrets.token_hex(8)


class Export(models.Model):
    """A file of conversations: who made it, with which filters, masked or not and why."""

    name = models.CharField(max_length=100, unique=True)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    by = models.CharField(max_length=150)
    masked = models.BooleanField(default=True)
    reason = models.CharField(max_length=300, blank=True)
    filters = models.JSONField(default=dict)
    conversations = models.PositiveIntegerField(default=0)
    being_made = models.BooleanField(default=False, help_text="Its file is not whole, and shown to nobody.")

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return folder() / self.name


class ExportedConversation(models.Model):
    """That a conversation is in an export. When it goes, its lines go out of the file (see taking_out)."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="contents")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="exports")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["export", "conversation"], name="records_exported_once"),)

    def __str__(self) -> str:
        return f"{self.conversation_id} in export {self.export_id}"


class RewriteDue(models.Model):
    """That something of an export was erased: until its file was written anew, it may still hold that."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="due")

    def __str__(self) -> str:
        return f"{self.export_id} has to be written anew"


class Erasure(models.Model):
    """The receipt of an erasure that somebody asked staff for: when, by whom, and how much went from each store."""

    number = models.CharField(max_length=16, primary_key=True, default=receipt_number, editable=False)
    conversation = models.CharField(max_length=32, db_index=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=300, blank=True)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.number}: {self.conversation}"
