"""The other pages of the console: consultations to come, the state of the articles, and who looked at what."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bot.web.booking import wording
from bot.web.booking.models import Booking
from bot.web.booking.policy import get_policy
from bot.web.content import get_articles
from bot.web.oncall import alerts
from bot.web.outgoing.models import Parcel
from bot.web.review.access import access
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = 50
SHOWN_BACK = timedelta(days=7)


@require_safe
@access("staff")
def bookings(request: HttpRequest) -> HttpResponse:
    """Consultations from a week ago on, with how each parent may safely be reached. Each view is recorded."""
    policy = get_policy()
    now = timezone.now()
    found = Booking.objects.filter(end__gt=now - SHOWN_BACK).select_related("therapist")
    ViewRecord.objects.record(request.user, ViewRecord.BOOKINGS)
    rows: list[dict[str, Any]] = [
        {
            "booking": booking,
            "day": wording.day(booking.start, policy.zone),
            "clock": wording.clock(booking.start, policy.zone),
            "how": wording.KIND_WORDS[booking.kind],
            "therapist": booking.therapist.label(policy),
            "there": "" if booking.zone.key == policy.zone.key else wording.short(booking.start, booking.zone),
            "place": wording.place(booking.zone),
            "over": booking.end <= now,
        }
        for booking in found
    ]
    waiting, failed = Parcel.objects.exclude(kind=alerts.KIND).troubles()
    context = {"rows": rows, "policy": policy, "waiting": waiting, "failed": failed}
    return render(request, "review/bookings.html", context)


@require_safe
@access("staff")
def articles(request: HttpRequest) -> HttpResponse:
    """Every article, with who signed it and how many sources it links to."""
    return render(request, "review/articles.html", {"articles": get_articles()})


@require_safe
@access("administrator")
def views(request: HttpRequest) -> HttpResponse:
    """Who looked at or changed what, newest first."""
    page = Paginator(ViewRecord.objects.newest(), PAGE).get_page(request.GET.get("page"))
    return render(request, "review/views.html", {"page": page})
