"""The page behind the signed link: see, move or cancel one booking. Works without JavaScript.

Opening the page changes nothing, since mail scanners open links too. It shows time and kind, never who it is:
a link can be seen by others.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import OperationalError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bot.web.booking import wording
from bot.web.booking.models import Booking
from bot.web.booking.policy import get_policy
from bot.web.booking.slots import NotASlotError, Slot, open_slots, read_slot_id
from bot.web.booking.wishes import (
    BookingError,
    ChangedMeanwhileError,
    NoSuchSlotError,
    OtherKindError,
    SlotPassedError,
    SlotTakenError,
    TooLateError,
)

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from django.http import HttpRequest

    from bot.web.booking.policy import Policy

SHOWN_AHEAD = timedelta(days=14)
DONE = {"moved": "Your appointment was moved.", "cancelled": "Your appointment was cancelled."}
PROBLEMS: dict[type[BookingError], str] = {
    SlotTakenError: "Someone has just taken this time. Please choose another.",
    SlotPassedError: "This time is too soon or already over. Please choose another.",
    NoSuchSlotError: "Please choose one of the times below.",
    OtherKindError: "This time is not offered in this way. Please choose another.",
    TooLateError: "It can no longer be changed here.",
    ChangedMeanwhileError: "The appointment was changed in the meantime. This is how it stands now.",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, signed: str) -> HttpResponse:
    """The page of one booking, or its change. 404 for a link that was altered."""
    try:
        booking = Booking.objects.signed(signed)
    except Booking.DoesNotExist:
        return render(request, "booking/unknown.html", {"practice": get_policy().practice}, status=404)
    if request.method != "POST":
        return _page(request, booking, done=DONE.get(request.GET.get("done", ""), ""))
    try:
        done = _change(request, booking)
    except BookingError as problem:
        booking = Booking.objects.signed(signed)
        return _page(request, booking, problem=PROBLEMS[type(problem)], status=409)
    except OperationalError:
        return _page(request, booking, problem="This could not be saved just now. Please try again.", status=503)
    return HttpResponseRedirect(f"{booking.manage_path}?done={done}")


def _change(request: HttpRequest, booking: Booking) -> str:
    """Does what the form asks and returns what was done. Raises BookingError."""
    raw = request.POST.get("revision", "")
    if not (raw.isascii() and raw.isdigit() and len(raw) < 10):
        raise ChangedMeanwhileError
    now = timezone.now()
    if request.POST.get("action") == "cancel":
        booking.cancel(int(raw), now)
        return "cancelled"
    try:
        therapist, start = read_slot_id(request.POST.get("slot", "")[:100])
    except NotASlotError:
        raise NoSuchSlotError from None
    booking.move(therapist, start, int(raw), now)
    return "moved"


def _days(slots: list[Slot], zone: ZoneInfo) -> list[dict[str, Any]]:
    """The slots by day; of several therapists free at one moment, the first is offered."""
    first: dict[Any, Slot] = {}
    for slot in slots:
        first.setdefault(slot.start, slot)
    grouped = groupby(first.values(), key=lambda slot: wording.day(slot.start, zone))
    return [
        {"name": name, "times": [{"id": slot.id, "clock": wording.clock(slot.start, zone)} for slot in some]}
        for name, some in grouped
    ]


def _times_for(booking: Booking, now: datetime, policy: Policy) -> list[Slot]:
    return [slot for slot in open_slots(now, SHOWN_AHEAD, policy) if booking.kind in slot.kinds]


def _page(request: HttpRequest, booking: Booking, done: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    policy = get_policy()
    now = timezone.now()
    can_change = booking.can_change(now)
    context = {
        "practice": policy.practice,
        "contact": policy.contact,
        "booking": booking,
        "day": wording.day(booking.start, booking.zone),
        "clock": wording.clock(booking.start, booking.zone),
        "how": wording.KIND_WORDS[booking.kind],
        "how_it_starts": policy.how_it_starts(booking.kind) if booking.is_live and booking.end > now else "",
        "minutes": round((booking.end - booking.start) / timedelta(minutes=1)),
        "is_over": booking.end <= now,
        "can_change": can_change,
        "place": wording.place(booking.zone),
        "days": _days(_times_for(booking, now, policy), booking.zone) if can_change else [],
        "done": done,
        "problem": problem,
    }
    return render(request, "booking/manage.html", context, status=status)
