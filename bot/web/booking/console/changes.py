"""What staff change about one booking. A form of an older page changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import OperationalError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from bot.web.booking import desk
from bot.web.booking.console.bookings import booking_page
from bot.web.booking.models import Booking
from bot.web.booking.slots import NotASlotError, read_slot_id
from bot.web.booking.wishes import (
    BookingError,
    ChangedMeanwhileError,
    NoSuchSlotError,
    NotNowError,
    SlotPassedError,
    SlotTakenError,
)
from bot.web.review.access import access
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from django.http import HttpRequest

PROBLEMS: dict[type[BookingError], str] = {
    SlotTakenError: "Somebody else has this time, or the therapist is busy then. Please choose another.",
    SlotPassedError: "This time is over. Please choose another.",
    NoSuchSlotError: "Please choose one of the times or therapists on this page.",
    NotNowError: "This cannot be done with the appointment as it stands.",
    ChangedMeanwhileError: "The appointment was changed in the meantime. This is how it stands now.",
}


class UnknownActionError(BookingError):
    """The form asks for something that is not offered."""


PROBLEMS[UnknownActionError] = "There is no such action."


@require_POST
@access("staff")
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Does what the form's button says, records it, and leads back to the booking."""
    found = get_object_or_404(Booking.objects.select_related("therapist"), pk=key)
    note = request.POST.get("note", "").replace("\r\n", "\n").replace("\x00", "").strip()
    if len(note) > desk.MOST_NOTE:
        problem = f"Please keep the note under {desk.MOST_NOTE} characters."
        return booking_page(request, found, problem=problem, note=note[: desk.MOST_NOTE], status=422)
    try:
        done = _change(request, found, note)
    except BookingError as problem:
        fresh = Booking.objects.select_related("therapist").get(pk=key)
        kept = note if request.POST.get("action") == "note" else None
        return booking_page(request, fresh, problem=PROBLEMS[type(problem)], note=kept, status=409)
    except OperationalError:
        return booking_page(
            request, found, problem="This could not be saved just now. Please try again.", note=note or None, status=503
        )
    ViewRecord.objects.record(request.user, ViewRecord.BOOKINGS, detail=f"booking {key}: {done}")
    return HttpResponseRedirect(f"{reverse('desk:booking', args=[key])}?done={done}")


def _change(request: HttpRequest, found: Booking, note: str) -> str:
    """What was done. Raises BookingError."""
    now, action = timezone.now(), request.POST.get("action", "")
    raw = request.POST.get("revision", "")
    if not (raw.isascii() and raw.isdigit() and len(raw) < 10):
        raise ChangedMeanwhileError
    revision = int(raw)
    if action in (Booking.CAME, Booking.NO_SHOW, Booking.BOOKED):
        desk.mark(found, action, revision, now)
        return action
    if action == "cancel":
        desk.cancel(found, revision, now)
        return "cancelled"
    if action == "restore":
        desk.restore(found, revision, now)
        return "restored"
    if action == "note":
        desk.write_note(found, note, revision)
        return "note"
    if action == "erase":
        desk.erase_contact(found, now)
        return "erased"
    if action == "move":
        try:
            therapist, start = read_slot_id(request.POST.get("slot", "")[:100])
        except NotASlotError:
            raise NoSuchSlotError from None
        desk.reassign(found, therapist, start, revision, now)
        return "moved"
    raise UnknownActionError
