"""Signing in: failures that are counted, and the link of the first administrator."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import datetime

LINK_LIFE = timedelta(hours=24)
LOCK_WINDOW = timedelta(minutes=15)
MOST_FAILURES = 5  # of one name from one address within LOCK_WINDOW
MOST_FAILURES_ANYWHERE = 30  # of one name, or from one address


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
