"""What staff do with a booking. Unlike a parent they may act at any hour, and mails go out as for a parent's change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from bot.web.booking.mails import queue_mails, queue_staff_mails
from bot.web.booking.models import Booking
from bot.web.booking.wishes import NotNowError, SlotTakenError
from bot.web.outgoing.models import Parcel

if TYPE_CHECKING:
    from datetime import datetime

MOST_NOTE = 4000


def mark(booking: Booking, status: str, revision: int, now: datetime) -> None:
    """Writes down whether the parent came, or takes that back. Raises NotNowError before it began, BookingError."""
    with transaction.atomic():
        booking.lock(revision)
        if booking.is_cancelled or booking.start > now or status not in (booking.BOOKED, booking.CAME, booking.NO_SHOW):
            raise NotNowError
        booking.status = status
        booking.changed("status")


def cancel(booking: Booking, revision: int, now: datetime) -> None:
    """Gives the slot back, until the end of the appointment, and queues the mails. Raises BookingError."""
    with transaction.atomic():
        booking.lock(revision)
        if not booking.is_live or booking.end <= now:
            raise NotNowError
        booking.status = booking.CANCELLED
        booking.changed("status")
        queue_mails(booking, "cancelled", now)


def restore(booking: Booking, revision: int, now: datetime) -> None:
    """Takes a cancellation back where the slot is still free, and queues the mails. Raises BookingError."""
    try:
        with transaction.atomic():
            booking.lock(revision)
            if not booking.is_cancelled or booking.start <= now or booking.contact_erased_at:
                raise NotNowError
            booking.take(booking.therapist_id, booking.start, now, by_staff=True)
            booking.status = booking.BOOKED
            booking.changed("status")
            queue_mails(booking, "confirmed", now)
    except IntegrityError:
        raise SlotTakenError from None


def reassign(booking: Booking, therapist: int, start: datetime, revision: int, now: datetime) -> None:
    """Gives the booking to another therapist, another time, or both. Raises BookingError.

    The parent hears of it only when the time is another one: who it is with is in none of their mails.
    """
    try:
        with transaction.atomic():
            booking.lock(revision)
            if not booking.is_live or booking.end <= now:
                raise NotNowError
            if (therapist, start) == (booking.therapist_id, booking.start):
                return
            before, moved = booking.therapist, start != booking.start
            booking.take(therapist, start, now, by_staff=True)
            tell = queue_mails if moved else queue_staff_mails
            tell(booking, "moved", now, before)
    except IntegrityError:
        raise SlotTakenError from None


def write_note(booking: Booking, note: str, revision: int) -> None:
    """Stores the note of staff, encrypted like the parent's own. Raises ChangedMeanwhileError."""
    with transaction.atomic():
        booking.lock(revision)
        booking.staff_note = note
        booking.changed("staff_note")


def erase_contact(booking: Booking, now: datetime) -> None:
    """Empties everything that says who it is; an appointment to come is cancelled, since nobody could be reached.

    Mails that have not left are taken back, and the parent gets none. Time, kind and what became of it stay.
    """
    with transaction.atomic():
        booking.refresh_from_db(from_queryset=Booking.objects.select_for_update())
        Parcel.objects.withdraw_about(booking.public_id)
        booking.name = booking.email = booking.phone = booking.note = booking.staff_note = booking.session = ""
        booking.contact = "none"
        booking.contact_erased_at = now
        cancelled = booking.is_live and booking.end > now
        if cancelled:
            booking.status = booking.CANCELLED
        fields = ("name", "email", "phone", "note", "staff_note", "session", "contact", "contact_erased_at", "status")
        booking.changed(*fields)
        if cancelled:
            queue_staff_mails(booking, "cancelled", now)
