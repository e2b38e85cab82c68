"""The list of bookings, a week of them as a calendar, and one booking. Every view is recorded."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bot.web.booking import wording
from bot.web.booking.console import listing
from bot.web.booking.models import Booking, BusyTime, DayException, Therapist
from bot.web.booking.policy import get_policy
from bot.web.booking.slots import open_slots, slot_id
from bot.web.oncall import alerts
from bot.web.outgoing.models import Parcel
from bot.web.review.access import access
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = 50
MOVES_SHOWN = timedelta(days=30)
DONE = {
    "came": "Marked: the parent came.",
    "no_show": "Marked as a no-show.",
    "booked": "The mark was taken back.",
    "cancelled": "The appointment was cancelled.",
    "restored": "The cancellation was taken back.",
    "moved": "The appointment was moved.",
    "note": "The note was saved.",
    "erased": "The contact details were erased.",
}


@require_safe
@access("staff")
def bookings(request: HttpRequest) -> HttpResponse:
    """The bookings of the filters in the address, 50 a page; without filters, those from a week ago on."""
    now = timezone.now()
    filters = listing.Filters.read(request.GET)
    page = Paginator(filters.bookings(now), PAGE).get_page(request.GET.get("page"))
    ViewRecord.objects.record(request.user, ViewRecord.BOOKINGS, detail=filters.query)
    waiting, failed = Parcel.objects.exclude(kind=alerts.KIND).troubles()
    context = {
        "rows": [listing.row(booking, now) for booking in page],
        "page": page,
        "filters": filters,
        "states": listing.STATES,
        "contacts": listing.CONTACTS,
        "kinds": wording.KIND_WORDS,
        "therapists": Therapist.objects.order_by("name", "pk"),
        "policy": get_policy(),
        "waiting": waiting,
        "failed": failed,
    }
    return render(request, "booking/console/bookings.html", context)


@require_safe
@access("staff")
def calendar(request: HttpRequest) -> HttpResponse:
    """The week of ?day= (else this one), Monday first, with closed days and what therapists' calendars block."""
    policy, now = get_policy(), timezone.now()
    today = now.astimezone(policy.zone).date()
    day = listing.read_day(request.GET.get("day", "")) or today
    monday = day - timedelta(days=day.weekday())
    key = listing.read_key(request.GET.get("therapist", ""))
    ViewRecord.objects.record(request.user, ViewRecord.BOOKINGS, detail=f"week of {monday}")
    days = [_day(monday + timedelta(days=n), today, key, now) for n in range(7)]
    context = {
        "days": days,
        "total": sum(len(one["rows"]) for one in days),
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "previous": monday - timedelta(days=7),
        "following": monday + timedelta(days=7),
        "therapist": key,
        "therapists": Therapist.objects.order_by("name", "pk"),
        "policy": policy,
    }
    return render(request, "booking/console/calendar.html", context)


def _day(day: date, today: date, key: int, now: datetime) -> dict[str, Any]:
    zone = get_policy().zone
    begin, end = listing.midnight(day), listing.midnight(day + timedelta(days=1))
    whose = {"therapist": key} if key else {}
    found = Booking.objects.filter(start__gte=begin, start__lt=end, **whose).exclude(status=Booking.CANCELLED)
    busy = BusyTime.objects.filter(start__lt=end, end__gt=begin, therapist__active=True, **whose)
    closed = DayException.objects.filter(day=day, opens__isnull=True, therapist__active=True, **whose)
    return {
        "day": day,
        "today": day == today,
        "rows": [listing.row(one, now) for one in found.select_related("therapist")],
        "busy": [
            (wording.clock(max(one.start, begin), zone), wording.clock(min(one.end, end), zone), one.therapist)
            for one in busy.select_related("therapist").order_by("start")
        ],
        "closed": [one.therapist for one in closed.select_related("therapist")],
    }


@require_safe
@access("staff")
def booking(request: HttpRequest, key: int) -> HttpResponse:
    """One booking, with what can be done with it."""
    found = get_object_or_404(Booking.objects.select_related("therapist"), pk=key)
    ViewRecord.objects.record(request.user, ViewRecord.BOOKINGS, detail=f"booking {key}")
    return booking_page(request, found, done=DONE.get(request.GET.get("done", ""), ""))


def booking_page(
    request: HttpRequest,
    found: Booking,
    *,
    done: str = "",
    problem: str = "",
    note: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a booking with what was done or went wrong; `note` is what was typed and not stored."""
    now, policy = timezone.now(), get_policy()
    changeable = found.is_live and found.end > now
    context = {
        **listing.row(found, now),
        "done": done,
        "problem": problem,
        "note": found.staff_note if note is None else note,
        "changeable": changeable,
        "same_time": _colleagues(found) if changeable and found.start > now else [],
        "days": _free_times(found, now) if changeable else [],
        "parcels": Parcel.objects.filter(about=found.public_id).defer("recipient", "content").order_by("pk"),
        "policy": policy,
    }
    return render(request, "booking/console/booking.html", context, status=status)


def _colleagues(found: Booking) -> list[dict[str, str]]:
    """The other therapists at the same time, whether or not their hours have it; who is taken is said when chosen."""
    policy = get_policy()
    others = Therapist.objects.bookable().exclude(pk=found.therapist_id)
    return [{"id": slot_id(one.pk, found.start), "name": one.label(policy)} for one in others]


def _free_times(found: Booking, now: datetime) -> list[dict[str, Any]]:
    zone = get_policy().zone
    days: dict[str, list[dict[str, str]]] = {}
    for slot in open_slots(now, MOVES_SHOWN):
        if found.kind in slot.kinds:
            said = {"id": slot.id, "clock": f"{wording.clock(slot.start, zone)}, {slot.therapist}"}
            days.setdefault(wording.day(slot.start, zone), []).append(said)
    return [{"name": name, "times": times} for name, times in days.items()]
