"""The record of who looked at or changed what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class ViewRecordQuerySet(models.QuerySet["ViewRecord"]):
    """Queries over the record of views."""

    def record(
        self, staff: AbstractBaseUser | AnonymousUser, what: str, conversation: str = "", detail: str = ""
    ) -> ViewRecord:
        """Writes down that `staff` did `what` now; the line."""
        return self.create(
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

    TRANSCRIPT, SEARCH, REVIEW, CORRECTION, BOOKINGS, SIGN_IN, PRINT, TEST_SAVED, METRICS = (
        "transcript",
        "search",
        "review",
        "correction",
        "bookings",
        "sign-in",
        "print",
        "test saved",
        "metrics export",
    )
    INBOX, REVEAL, ACCOUNT, SIGN_OUT, RECORD = "inbox", "reveal", "account", "sign-out", "record"
    EXPORT, ERASURE = "export", "erasure"
    KINDS = (
        *(ACCOUNT, BOOKINGS, CORRECTION, ERASURE, EXPORT, INBOX, METRICS, PRINT),
        *(RECORD, REVEAL, REVIEW, SEARCH, SIGN_IN, SIGN_OUT, TEST_SAVED, TRANSCRIPT),
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
