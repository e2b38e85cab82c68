"""Who can be booked and when: the list, one therapist with hours and exceptions, and what changes them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Count, F, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bot.settings import get_settings
from bot.web.booking.availability import is_slot
from bot.web.booking.console.forms import ExceptionForm, TherapistForm, WeeklyHoursForm
from bot.web.booking.models import Booking, Therapist
from bot.web.booking.policy import get_policy
from bot.web.booking.slots import open_slots
from bot.web.review.access import access
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from django.forms import BaseForm
    from django.http import HttpRequest

DONE = {
    "saved": "Saved.",
    "made": "Saved. Now add the weekly hours.",
    "hours": "The hours were added.",
    "day": "The days were entered.",
    "active": "Can be booked again.",
    "inactive": "Can no longer be booked. Appointments that are booked stay.",
    "feed": "The feed has a new address; the old one is dead.",
}


@require_safe
@access("staff")
def therapists(request: HttpRequest) -> HttpResponse:
    """Everybody who can or could be booked, with what is to come and the next free time."""
    policy, now = get_policy(), timezone.now()
    to_come = Count("bookings", filter=Q(bookings__status=Booking.BOOKED, bookings__end__gt=now))
    first_free: dict[int, Any] = {}
    for slot in open_slots(now):
        first_free.setdefault(slot.therapist_id, slot.start)
    found = Therapist.objects.prefetch_related("hours").annotate(to_come=to_come).order_by("-active", "name", "pk")
    rows = [
        {"one": one, "name": one.label(policy), "zone": one.zone(policy).key, "next": first_free.get(one.pk)}
        for one in found
    ]
    return render(request, "booking/console/therapists.html", {"rows": rows, "policy": policy})


@require_http_methods(["GET", "HEAD", "POST"])
@access("therapists")
def new(request: HttpRequest) -> HttpResponse:
    """A new therapist, without hours yet."""
    form = TherapistForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        return _done(request, made, "made")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "zones": sorted(available_timezones())}
    return render(request, "booking/console/new_therapist.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@access("therapists")
def therapist(request: HttpRequest, key: int) -> HttpResponse:
    """One therapist: details, weekly hours, exceptions, calendar feed."""
    found = get_object_or_404(Therapist, pk=key)
    if request.method != "POST":
        return _page(request, found)
    form = TherapistForm(request.POST, instance=found)
    if form.is_valid():
        form.save()
        return _done(request, found, "saved")
    return _page(request, Therapist.objects.get(pk=key), form=form)


@require_POST
@access("therapists")
def add_hours(request: HttpRequest, key: int) -> HttpResponse:
    """Adds weekly hours on one or several days; also how a removal is undone."""
    found = get_object_or_404(Therapist, pk=key)
    form = WeeklyHoursForm(found, request.POST)
    if _saved(found, form):
        return _done(request, found, "hours", "hours")
    return _page(request, found, hours_form=form)


@require_POST
@access("therapists")
def remove_hours(request: HttpRequest, key: int, hours_key: int) -> HttpResponse:
    """Removes weekly hours; the page then offers to take that back."""
    found = get_object_or_404(Therapist, pk=key)
    hours = get_object_or_404(found.hours, pk=hours_key)
    hours.delete()
    undo = {"undo": "hours", "days": hours.weekday, "opens": f"{hours.opens:%H:%M}", "closes": f"{hours.closes:%H:%M}"}
    return _done(request, found, "", "hours", undo)


@require_POST
@access("therapists")
def add_exception(request: HttpRequest, key: int) -> HttpResponse:
    """Enters days that differ; also how a removal is undone."""
    found = get_object_or_404(Therapist, pk=key)
    form = ExceptionForm(found, request.POST)
    if _saved(found, form):
        return _done(request, found, "day", "exceptions")
    return _page(request, found, exception_form=form)


@require_POST
@access("therapists")
def remove_exception(request: HttpRequest, key: int, exception_key: int) -> HttpResponse:
    """Removes an exception; the page then offers to take that back."""
    found = get_object_or_404(Therapist, pk=key)
    exception = get_object_or_404(found.exceptions, pk=exception_key)
    exception.delete()
    undo = {"undo": "exceptions", "first": exception.day.isoformat()}
    if exception.opens and exception.closes:
        undo |= {"opens": f"{exception.opens:%H:%M}", "closes": f"{exception.closes:%H:%M}"}
    return _done(request, found, "", "exceptions", undo)


@require_POST
@access("therapists")
def switch(request: HttpRequest, key: int) -> HttpResponse:
    """Makes a therapist bookable or not, or gives their feed a new address."""
    found = get_object_or_404(Therapist, pk=key)
    action = request.POST.get("action", "")
    if action == "feed":
        Therapist.objects.filter(pk=key).update(feed_revision=F("feed_revision") + 1)
        return _done(request, found, "feed", "feed")
    if action in ("active", "inactive"):
        Therapist.objects.filter(pk=key).update(active=action == "active")
        return _done(request, found, action)
    return _page(request, found, problem="There is no such action.")


def _saved(found: Therapist, form: WeeklyHoursForm | ExceptionForm) -> bool:
    """Whether the form was good and is stored; of two that are sent at once, the second sees the first."""
    with transaction.atomic():
        Therapist.objects.select_for_update().get(pk=found.pk)
        if not form.is_valid():
            return False
        form.save()
        return True


def _done(
    request: HttpRequest, found: Therapist, done: str, anchor: str = "", more: dict[str, Any] | None = None
) -> HttpResponse:
    what = done or f"removed {(more or {}).get('undo', '')}"
    ViewRecord.objects.record(request.user, ViewRecord.BOOKINGS, detail=f"therapist {found.pk}: {what}")
    query = urlencode(({"done": done} if done else {}) | (more or {}))
    anchored = f"#{anchor}" if anchor else ""
    return HttpResponseRedirect(f"{reverse('desk:therapist', args=[found.pk])}?{query}{anchored}")


def outside_hours(found: Therapist) -> int:
    """How many appointments to come are no longer within the hours; they stay until somebody moves them."""
    policy, now = get_policy(), timezone.now()
    rules = found.rules(policy)
    starts = Booking.objects.live().filter(therapist=found, start__gt=now).values_list("start", flat=True)
    return sum(not is_slot(start, rules) for start in starts)


def _page(
    request: HttpRequest,
    found: Therapist,
    *,
    form: BaseForm | None = None,
    hours_form: BaseForm | None = None,
    exception_form: BaseForm | None = None,
    problem: str = "",
) -> HttpResponse:
    policy, now = get_policy(), timezone.now()
    wrong = bool(form or hours_form or exception_form or problem)
    undo = request.GET.get("undo", "")
    settings = get_settings()
    context = {
        "therapist": found,
        "name": found.label(policy),
        "zone": found.zone(policy).key,
        "form": form or TherapistForm(instance=found),
        "zones": sorted(available_timezones()),
        "hours": found.hours.order_by("weekday", "opens"),
        "hours_form": hours_form or WeeklyHoursForm(found),
        "exceptions": found.exceptions.filter(day__gte=now.date() - timedelta(days=7)).order_by("day", "opens"),
        "exception_form": exception_form or ExceptionForm(found),
        "to_come": Booking.objects.live().filter(therapist=found, end__gt=now).count(),
        "outside": outside_hours(found),
        "done": DONE.get(request.GET.get("done", ""), ""),
        "undo": undo if undo in ("hours", "exceptions") and not wrong else "",
        "undone": {name: request.GET.get(name, "")[:10] for name in ("days", "opens", "closes", "first")},
        "problem": problem or ("Nothing was changed. Please look at the fields that are marked." if wrong else ""),
        "caldav": settings.caldav_url,
    }
    return render(request, "booking/console/therapist.html", context, status=422 if wrong else 200)
