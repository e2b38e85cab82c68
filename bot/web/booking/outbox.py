"""The outbox: every mail is written to the database with what it is about, and delivered afterwards.

So a dead mail server costs nothing but time: no booking waits for it, and no mail is lost with it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import F

from bot.web.booking import postman
from bot.web.booking.sealed import SealedText

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import EmailMessage

MOST_ATTEMPTS = 14  # with the pauses below: about three days
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=8)
LEASE = timedelta(minutes=2)  # a mail being sent belongs to its sender this long; then another may try


def pause(attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th failure: 30 s, 1 min, 2 min ... 8 h."""
    doublings: int = 2 ** max(attempts - 1, 0)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


class OutboxQuerySet(models.QuerySet["OutboxMail"]):
    """Queries over the outbox."""

    def queue(self, message: EmailMessage, kind: str, now: datetime) -> OutboxMail:
        """Stores `message` and wakes the postman once the transaction is through."""
        text = message.as_bytes().decode("ascii")
        mail = self.create(recipient=str(message["To"]), content=text, kind=kind, next_try=now)
        transaction.on_commit(postman.wake)
        return mail

    def due(self, now: datetime) -> OutboxQuerySet:
        """Mails to be tried now, oldest first."""
        return self.filter(state=OutboxMail.PENDING, next_try__lte=now).order_by("next_try", "pk")

    def claim(self, now: datetime) -> OutboxMail | None:
        """Takes the first due mail for LEASE, in one statement, so that two processes never send the same."""
        for mail in self.due(now)[:20]:
            mine = self.filter(pk=mail.pk, state=OutboxMail.PENDING, next_try=mail.next_try).update(
                next_try=now + LEASE, attempts=F("attempts") + 1
            )
            if mine:
                mail.refresh_from_db()
                return mail
        return None

    def next_due(self) -> datetime | None:
        """When the next pending mail is to be tried; None when none is pending."""
        first = self.filter(state=OutboxMail.PENDING).order_by("next_try").values_list("next_try", flat=True).first()
        return first


class OutboxMail(models.Model):
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

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["state", "next_try"]),)

    def __str__(self) -> str:
        return f"{self.kind}, {self.state} after {self.attempts}"

    def sent(self, now: datetime) -> None:
        """Marks it as sent and forgets what it said."""
        self.state, self.sent_at, self.problem = self.SENT, now, ""
        self.recipient = self.content = ""
        self.save()

    def not_sent(self, problem: str, now: datetime, final: bool = False) -> None:
        """Plans the next attempt, or gives up after MOST_ATTEMPTS or where another try cannot help."""
        self.problem = problem[:120]
        if final or self.attempts >= MOST_ATTEMPTS:
            self.state = self.FAILED
        self.next_try = now + pause(self.attempts)
        self.save()
