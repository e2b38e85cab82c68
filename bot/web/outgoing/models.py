"""The outbox: whatever leaves the house is written to the database with what it is about, and delivered afterwards.

So a dead mail server costs nothing but time: nobody waits for it, and nothing is lost with it.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Count, F, Q

from bot.web.outgoing.carriers import Way
from bot.web.outgoing.sealed import SealedText
from bot.web.outgoing.waking import wake

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from email.message import EmailMessage

MOST_ATTEMPTS = 14  # with the pauses below: about three days
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=8)
LEASE = timedelta(minutes=2)  # a parcel being sent belongs to its sender this long; then another may try


def pause(attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th failure: 30 s, 1 min, 2 min ... 8 h."""
    doublings: int = 2 ** max(attempts - 1, 0)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


class ParcelQuerySet(models.QuerySet["Parcel"]):
    """Queries over the outbox."""

    def queue_mail(
        self, message: EmailMessage, kind: str, now: datetime, *, urgent: bool = False, about: str = ""
    ) -> Parcel:
        """Stores `message` and wakes the postman once the transaction is through; `about` names what it is about."""
        text = message.as_bytes().decode("ascii")
        fields = {"recipient": str(message["To"]), "content": text, "kind": kind, "urgent": urgent, "about": about}
        return self._queue(Way.MAIL, now, **fields)

    def queue_webhook(
        self, url: str, body: dict[str, Any], kind: str, now: datetime, *, urgent: bool = False
    ) -> Parcel:
        """Stores a call of `url` with `body` as JSON, and wakes the postman once the transaction is through."""
        return self._queue(Way.WEBHOOK, now, recipient=url, content=json.dumps(body), kind=kind, urgent=urgent)

    def _queue(self, way: Way, now: datetime, **fields: Any) -> Parcel:
        parcel = self.create(way=way.value, next_try=now, **fields)
        transaction.on_commit(partial(wake, way))
        return parcel

    def due(self, way: Way, now: datetime) -> ParcelQuerySet:
        """Parcels to be tried now: the urgent ones first, then the oldest.

        One that is to wait longer than any pause was planned by a clock that ran ahead and was set right since.
        """
        in_time = Q(next_try__lte=now) | Q(next_try__gt=now + LONGEST_PAUSE)
        waiting = self.filter(in_time, way=way.value, state=Parcel.PENDING)
        return waiting.order_by("-urgent", "next_try", "pk")

    def claim(self, way: Way, now: datetime) -> Parcel | None:
        """Takes the first due parcel for LEASE, in one statement, so that two processes never send the same.

        What is sealed is not opened yet: one that nobody can open must not stand in the way of the others.
        """
        for pk, next_try in self.due(way, now).values_list("pk", "next_try")[:20]:
            mine = self.filter(pk=pk, state=Parcel.PENDING, next_try=next_try).update(
                next_try=now + LEASE, attempts=F("attempts") + 1
            )
            if mine:
                return self.defer("recipient", "content").get(pk=pk)
        return None

    def next_due(self, way: Way) -> datetime | None:
        """When the next pending parcel is to be tried; None when none is pending."""
        waiting = self.filter(way=way.value, state=Parcel.PENDING).order_by("next_try")
        return waiting.values_list("next_try", flat=True).first()

    def withdraw(self, parcels: Iterable[int]) -> None:
        """Takes back those of the keys `parcels` that have not left yet."""
        self.filter(pk__in=parcels).exclude(state=Parcel.SENT).delete()

    def withdraw_about(self, about: str) -> None:
        """Takes back what is about `about`, unless it has left; of what has left, nothing was kept anyway."""
        self.filter(about=about).exclude(state=Parcel.SENT).delete()

    def purge(self, before: datetime) -> int:
        """Deletes what was sent or given up and is older than `before`; returns how many were given up."""
        old = self.filter(created__lt=before)
        old.filter(state=Parcel.SENT).delete()
        given_up, _ = old.filter(state=Parcel.FAILED).delete()
        return given_up

    def troubles(self) -> tuple[int, int]:
        """How many wait after an attempt that failed, and how many were given up."""
        found = self.aggregate(
            waiting=Count("pk", filter=Q(state=Parcel.PENDING, attempts__gt=0, problem__gt="")),
            failed=Count("pk", filter=Q(state=Parcel.FAILED)),
        )
        return found["waiting"], found["failed"]


class Parcel(models.Model):
    """A mail or a call of a webhook on its way. Recipient and content are encrypted, and erased once it is sent."""

    PENDING, SENT, FAILED = "pending", "sent", "failed"
    STATES = ((PENDING, "pending"), (SENT, "sent"), (FAILED, "failed"))

    way = models.CharField(max_length=7, choices=[(way.value, way.value) for way in Way], default=Way.MAIL.value)
    urgent = models.BooleanField(default=False, help_text="Goes before what is not.")
    recipient = SealedText(blank=True)
    content = SealedText(blank=True)
    kind = models.CharField(max_length=20)
    about = models.CharField(max_length=32, blank=True, db_index=True)
    state = models.CharField(max_length=10, choices=STATES, default=PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField()
    problem = models.CharField(max_length=120, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["way", "state", "next_try"], name="outgoing_due"),)

    def __str__(self) -> str:
        return f"{self.kind}, {self.state} after {self.attempts}"

    @property
    def name(self) -> str:
        """A name that is its own and the same at every attempt."""
        return f"{self.created:%Y%m%dT%H%M%S}-{self.pk:06d}-{self.kind}"

    def sent(self, now: datetime) -> None:
        """Marks it as sent and forgets what it said."""
        self._change(state=self.SENT, sent_at=now, problem="", recipient="", content="")

    def not_sent(self, problem: str, now: datetime, final: bool = False) -> None:
        """Plans the next attempt, or gives up after MOST_ATTEMPTS or where another try cannot help.

        An urgent one is always tried again: the address of who is on call is right more often than a server's word.
        """
        given_up = (final and not self.urgent) or self.attempts >= MOST_ATTEMPTS
        self._change(
            state=self.FAILED if given_up else self.PENDING,
            problem=problem[:120],
            next_try=now + pause(self.attempts),
        )

    def _change(self, **values: Any) -> None:
        # Not save(), which would bring back a parcel that was withdrawn while it was being carried.
        type(self).objects.filter(pk=self.pk).update(**values)
        for name, value in values.items():
            setattr(self, name, value)
