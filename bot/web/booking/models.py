"""Bookings. The rules of what may be booked, moved and cancelled live here; views only ask."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.db import IntegrityError, models, transaction

from bot.settings import get_settings
from bot.web.booking.availability import Period, clashes, in_window, is_slot
from bot.web.booking.mails import queue_mails
from bot.web.booking.policy import get_policy, zone_or
from bot.web.booking.queueing import in_turn
from bot.web.booking.therapists import BusyTime, DayException, Therapist, WeeklyHours
from bot.web.booking.waking import wake_calendars
from bot.web.booking.wishes import (
    ChangedMeanwhileError,
    NoSuchSlotError,
    OtherKindError,
    SlotPassedError,
    SlotTakenError,
    TooLateError,
    TooManyBookingsError,
    Wish,
)
from bot.web.outgoing.sealed import SealedText

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["Booking", "BusyTime", "CalendarCopy", "DayException", "Therapist", "WeeklyHours"]

# The confirmation of a booking that is made this shortly before its reminder takes the place of it.
REMINDER_GAP = timedelta(hours=12)
CHANGE_UNTIL = timedelta(hours=12)  # before the start; later than this the practice is called instead
MOST_PER_SESSION = 5  # live bookings to come: room for a family, too little to fill a calendar

_manage = signing.Signer(salt="attune.booking.manage", sep=".")


class BookingQuerySet(models.QuerySet["Booking"]):
    """Queries over bookings, and the one way to make one."""

    def live(self) -> BookingQuerySet:
        """Bookings that hold their slot."""
        return self.filter(status=Booking.BOOKED)

    def signed(self, signed: str) -> Booking:
        """The booking of a manage link. Raises Booking.DoesNotExist for an altered or unknown one."""
        try:
            return self.select_related("therapist").get(public_id=_manage.unsign(signed))
        except signing.BadSignature:
            raise Booking.DoesNotExist from None

    def book(self, wish: Wish, now: datetime) -> Booking:
        """Books and queues the mails, all or nothing. Raises BookingError.

        The same wish of the same session again gives the booking that it already has: an answer that was lost
        on the way must not look like someone else's luck.
        """
        try:
            with in_turn(), transaction.atomic():
                claimed = claim(wish.therapist, wish.start, now, wish)
                if isinstance(claimed, Booking):
                    return claimed
                if wish.session and self.live().filter(session=wish.session, start__gt=now).count() >= MOST_PER_SESSION:
                    raise TooManyBookingsError
                booking = self.create(
                    therapist_id=wish.therapist,
                    start=wish.start,
                    end=claimed.end,
                    seat=claimed.seat,
                    kind=wish.kind,
                    name=wish.name,
                    email=wish.email,
                    phone=wish.phone,
                    note=wish.note,
                    contact=wish.contact,
                    time_zone=wish.time_zone,
                    session=wish.session,
                    consented_at=now,
                    reminded_at=reminded_already(wish.start, now),
                )
                queue_mails(booking, "confirmed", now)
                wake_calendars()
        except IntegrityError:
            raise SlotTakenError from None
        return booking


@dataclass(frozen=True)
class Claim:
    """A slot that was free: when it ends, and which of the therapist's seats (0 to capacity - 1) it takes."""

    end: datetime
    seat: int


def claim(
    therapist_id: int, start: datetime, now: datetime, by: Wish | Booking, *, by_staff: bool = False
) -> Claim | Booking:
    """The slot, which is free; or the booking of the slot, when the wish `by` already holds it.

    Called inside a transaction. The therapist's row is locked where the database can (PostgreSQL; SQLite lets one
    writer in at a time), so that two lengths of slot cannot overlap either. Staff may leave the hours, the notice and
    the horizon; nobody may leave what is taken. Raises BookingError.
    """
    policy = get_policy()
    # The lock alone first: what is read after it is what others have finished.
    if not Therapist.objects.select_for_update().filter(pk=therapist_id, active=True).first():
        raise NoSuchSlotError
    therapist = Therapist.objects.bookable().get(pk=therapist_id)
    rules = therapist.rules(policy)
    around = {"start__lt": start + timedelta(days=1), "end__gt": start - timedelta(days=1)}
    near = Booking.objects.live().filter(therapist=therapist, **around)
    if isinstance(by, Booking):
        near = near.exclude(pk=by.pk)
    else:
        same = next((one for one in near if one.start == start and one.is_wish(by)), None)
        if same:
            return same
    if not by_staff and by.kind not in therapist.offers(policy):
        raise OtherKindError
    if by_staff:
        if start < now:
            raise SlotPassedError
    elif not is_slot(start, rules):
        raise NoSuchSlotError
    elif not in_window(start, rules, now):
        raise SlotPassedError if start < now + rules.notice else NoSuchSlotError
    end = start + rules.length
    slot = Period(start, end)
    away = [Period(*one) for one in therapist.busy_times.filter(**around).values_list("start", "end")]
    taken = [one for one in near if clashes(slot, [Period(one.start, one.end)], rules.buffer)]
    if len(taken) >= rules.capacity or clashes(slot, away, rules.buffer):
        raise SlotTakenError
    return Claim(end, min(set(range(rules.capacity)) - {one.seat for one in taken}))


def reminded_already(start: datetime, now: datetime) -> datetime | None:
    """`now`, where the mail of a booking that is made or moved now makes its reminder needless; else None."""
    hours = get_policy().practice.booking.reminder_hours
    return now if start - timedelta(hours=hours) - now < REMINDER_GAP else None


def _new_id() -> str:
    return secrets.token_hex(16)


class Booking(models.Model):
    """One consultation. Contact details are encrypted at rest; the conversation it came from is not recorded."""

    BOOKED, CANCELLED, CAME, NO_SHOW = "booked", "cancelled", "came", "no_show"
    STATUSES = ((BOOKED, "booked"), (CANCELLED, "cancelled"), (CAME, "came"), (NO_SHOW, "no-show"))
    KINDS = (("video", "video"), ("phone", "phone"), ("in_person", "in person"))
    CONTACTS = (("email", "e-mail"), ("text", "text message"), ("call", "call"), ("none", "no contact without asking"))

    public_id = models.CharField(max_length=32, unique=True, default=_new_id, editable=False)
    therapist = models.ForeignKey(Therapist, models.PROTECT, related_name="bookings")
    start = models.DateTimeField()
    end = models.DateTimeField()
    seat = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=KINDS)
    status = models.CharField(max_length=10, choices=STATUSES, default=BOOKED)
    name = SealedText()
    email = SealedText(blank=True)
    phone = SealedText(blank=True)
    note = SealedText(blank=True)
    staff_note = SealedText(blank=True)
    contact = models.CharField(max_length=5, choices=CONTACTS)
    time_zone = models.CharField(max_length=64)
    session = models.CharField(max_length=64, blank=True, db_index=True)
    revision = models.PositiveIntegerField(default=0)
    consented_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    contact_erased_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ("start",)
        indexes = (models.Index(fields=["status", "end"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["therapist", "start", "seat"], condition=models.Q(status="booked"), name="booking_seat_once"
            ),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="booking_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} UTC, {self.kind}, {self.status}"

    @property
    def zone(self) -> ZoneInfo:
        """The parent's zone."""
        return zone_or(self.time_zone, get_policy().zone)

    @property
    def manage_path(self) -> str:
        """The signed path of the page to move or cancel; whoever has it can do both."""
        return f"/booking/{_manage.sign(self.public_id)}/"

    @property
    def manage_url(self) -> str:
        """The same as a full address, for mails and answers."""
        return f"{get_settings().public_url}{self.manage_path}"

    @property
    def is_live(self) -> bool:
        """Whether it holds its slot."""
        return self.status == self.BOOKED

    @property
    def is_cancelled(self) -> bool:
        """Whether parent or staff gave the slot back."""
        return self.status == self.CANCELLED

    @property
    def gets_mail(self) -> bool:
        """Whether the parent named e-mail as the safe way; an address alone is not that."""
        return self.contact == "email" and bool(self.email)

    def can_change(self, now: datetime) -> bool:
        """Whether the parent may still move or cancel it without the practice."""
        return self.is_live and now <= self.start - CHANGE_UNTIL

    def is_wish(self, wish: Wish) -> bool:
        """Whether this booking is what `wish` asks for, asked by the same session."""
        same = (self.name, self.kind, self.contact) == (wish.name, wish.kind, wish.contact)
        return bool(wish.session) and self.session == wish.session and same

    def cancel(self, revision: int, now: datetime) -> None:
        """Gives the slot back and queues the mails. Raises TooLateError, ChangedMeanwhileError."""
        with transaction.atomic():
            self.lock(revision)
            if not self.can_change(now):
                raise TooLateError
            self.status = self.CANCELLED
            self.changed("status")
            queue_mails(self, "cancelled", now)

    def move(self, therapist: int, start: datetime, revision: int, now: datetime) -> None:
        """Takes another slot and gives this one back, and queues the mails. Raises BookingError."""
        try:
            with transaction.atomic():
                self.lock(revision)
                if not self.can_change(now):
                    raise TooLateError
                if (therapist, start) == (self.therapist_id, self.start):
                    return
                before = self.therapist
                self.take(therapist, start, now)
                queue_mails(self, "moved", now, before)
        except IntegrityError:
            raise SlotTakenError from None

    def take(self, therapist: int, start: datetime, now: datetime, *, by_staff: bool = False) -> None:
        """Takes another slot, inside a transaction in which the row is locked. Raises BookingError."""
        claimed = claim(therapist, start, now, self, by_staff=by_staff)
        assert isinstance(claimed, Claim)  # noqa: S101  only a Wish is given its own booking
        if start != self.start:
            self.reminded_at = reminded_already(start, now)
        self.therapist_id, self.start, self.end, self.seat = therapist, start, claimed.end, claimed.seat
        self.changed("therapist", "start", "end", "seat", "reminded_at")

    def changed(self, *fields: str) -> None:
        """Saves `fields`; every other page that shows the booking is then out of date."""
        self.revision += 1
        self.save(update_fields=[*fields, "revision", "updated"])
        wake_calendars()

    def lock(self, revision: int) -> None:
        """Reads the row again, for update. Raises ChangedMeanwhileError when it is not as the page that asks shows it."""
        self.refresh_from_db(from_queryset=Booking.objects.select_for_update())
        if self.revision != revision:
            raise ChangedMeanwhileError


class CalendarCopy(models.Model):
    """The event that stands for a booking in a therapist's own calendar: where it lies, and how old it is."""

    booking = models.OneToOneField(Booking, models.SET_NULL, null=True, related_name="calendar_copy")
    event = models.CharField(max_length=40, unique=True, help_text="The booking's public id, which outlives it.")
    calendar_url = models.URLField(max_length=500)
    revision = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.event} in {self.calendar_url}"
