"""The outbox: whatever leaves the house is written to the database with what it is about, and delivered afterwards.

So a dead mail server costs nothing but time: nobody waits for it, and nothing is lost with it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import F

from bot.web.outgoing import postman
from bot.web.outgoing.sealed import SealedText

if TYPE_CHECKING:
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

    def queue(self, message: EmailMessage, kind: str, now: datetime) -> Parcel:
        """Stores `message` and wakes the postman once the transaction is through."""
        text = message.as_bytes().decode("ascii")
        parcel = self.create(recipient=str(message["To"]), content=text, kind=kind, next_try=now)
        transaction.on_commit(postman.wake)
        return parcel

    def due(self, now: datetime) -> ParcelQuerySet:
        """Parcels to be tried now, oldest first."""
        return self.filter(state=Parcel.PENDING, next_try__lte=now).order_by("next_try", "pk")

    def claim(self, now: datetime) -> Parcel | None:
        """Takes the first due parcel for LEASE, in one statement, so that two processes never send the same.

        What is sealed is not opened yet: one that nobody can open must not stand in the way of the others.
        """
        for pk, next_try in self.due(now).values_list("pk", "next_try")[:20]:
            mine = self.filter(pk=pk, state=Parcel.PENDING, next_try=next_try).update(
                next_try=now + LEASE, attempts=F("attempts") + 1
            )
            if mine:
                return self.defer("recipient", "content").get(pk=pk)
        return None

    def next_due(self) -> datetime | None:
        """When the next pending parcel is to be tried; None when none is pending."""
        first = self.filter(state=Parcel.PENDING).order_by("next_try").values_list("next_try", flat=True).first()
        return first


class Parcel(models.Model):
    """A mail on its way. Recipient and content are encrypted, and erased once it is sent."""

    PENDING, SENT, FAILED = "pending", "sent", "failed"
    STATES = ((PENDING, "pending"), (SENT, "sent"), (FAILED, "failed"))

    recipient = SealedText(blank=True)
    content = SealedText(blank=True)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=STATES, default=PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField()
    problem = models.CharField(max_length=120, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["state", "next_try"], name="outgoing_due"),)

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
        """Plans the next attempt, or gives up after MOST_ATTEMPTS or where another try cannot help."""
        given_up = final or self.attempts >= MOST_ATTEMPTS
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
