"""What staff add to conversations, and the record of what they looked at."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from bot.web.chat.models import Conversation, Turn

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

NOT_A_CRISIS = "none"

LINK_LIFE = timedelta(hours=24)
LOCK_WINDOW = timedelta(minutes=15)
MOST_FAILURES = 5  # of one name from one address within LOCK_WINDOW
MOST_FAILURES_ANYWHERE = 30  # of one name, or from one address


class Review(models.Model):
    """What staff decided about a conversation. It goes when the conversation goes."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="review")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    flagged = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["reviewed_at"], name="review_by_date"),)

    def __str__(self) -> str:
        return f"{self.conversation_id}: {'reviewed' if self.reviewed_at else 'open'}"


class Correction(models.Model):
    """What a turn should have been understood as, in the eyes of staff; empty where they agree.

    It hangs on the turn, so that a parent who erases a conversation erases the notes about it too.
    """

    turn = models.OneToOneField(Turn, models.CASCADE, related_name="correction")
    intent = models.CharField(max_length=100, blank=True)
    crisis_label = models.CharField(max_length=100, blank=True, help_text="A crisis label, or none: not a crisis.")
    note = models.TextField(max_length=2000, blank=True)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now)
    updated = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"turn {self.turn_id}: {self.intent or self.crisis_label or 'note'}"


class ViewRecordQuerySet(models.QuerySet["ViewRecord"]):
    """Queries over the record of views."""

    def record(
        self, staff: AbstractBaseUser | AnonymousUser, what: str, conversation: str = "", detail: str = ""
    ) -> None:
        """Writes down that `staff` did `what` now."""
        self.create(
            staff_id=staff.pk,
            staff_name=staff.get_username(),
            what=what,
            conversation=conversation,
            detail=detail[:200],
        )

    def newest(self) -> ViewRecordQuerySet:
        """The latest first."""
        return self.order_by("-at", "-pk")


class ViewRecord(models.Model):
    """Who looked at or changed what, and when. It outlives both the person's account and the conversation."""

    TRANSCRIPT, SEARCH, REVIEW, CORRECTION, BOOKINGS, SIGN_IN = (
        "transcript",
        "search",
        "review",
        "correction",
        "bookings",
        "sign-in",
    )

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    staff_name = models.CharField(max_length=150)
    what = models.CharField(max_length=20)
    conversation = models.CharField(max_length=32, blank=True, db_index=True)
    detail = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = ViewRecordQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.staff_name} {self.what} {self.conversation}"


class SignInFailureQuerySet(models.QuerySet["SignInFailure"]):
    """The lock-out: counted in the database, so that it holds over a restart."""

    def locked(self, name: str, address: str) -> bool:
        """Whether sign-in with `name` from `address` has to wait."""
        recent = self.filter(at__gt=timezone.now() - LOCK_WINDOW)
        by_name, by_address = recent.filter(name=name.lower()), recent.filter(address=address)
        return (
            by_name.filter(address=address).count() >= MOST_FAILURES
            or by_name.count() >= MOST_FAILURES_ANYWHERE
            or by_address.count() >= MOST_FAILURES_ANYWHERE
        )

    def failed(self, name: str, address: str) -> None:
        """Counts a failure, and drops those that count no longer."""
        self.filter(at__lte=timezone.now() - LOCK_WINDOW).delete()
        self.create(name=name.lower(), address=address)

    def forgive(self, name: str, address: str) -> None:
        """After a good sign-in."""
        self.filter(name=name.lower(), address=address).delete()


class SignInFailure(models.Model):
    """A sign-in that failed in the last LOCK_WINDOW."""

    name = models.CharField(max_length=150)
    address = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = SignInFailureQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.at:%H:%M} {self.address}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class OneTimeLinkQuerySet(models.QuerySet["OneTimeLink"]):
    """Making and finding links; only their digests are stored."""

    def make(self) -> str:
        """The token of a new link; earlier ones end."""
        token = secrets.token_urlsafe(32)
        with transaction.atomic():
            self.filter(used_at__isnull=True).delete()
            self.create(digest=_digest(token))
        return token

    def valid(self, token: str) -> OneTimeLinkQuerySet:
        """The link of `token` while it is good, as a queryset of one or none."""
        since: datetime = timezone.now() - LINK_LIFE
        return self.filter(digest=_digest(token), used_at__isnull=True, created__gt=since)

    def spend(self, token: str) -> bool:
        """Uses the link up; False when it was not good (any more)."""
        return self.valid(token).update(used_at=timezone.now()) == 1


class OneTimeLink(models.Model):
    """A link with which the first administrator is made."""

    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = OneTimeLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return "used" if self.used_at else "open"
