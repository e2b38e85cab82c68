"""Events for the calendars of staff, and the secret feed of one therapist: times and kinds, and nobody's name.

Calendars of staff lie on phones and with other companies; who comes is read in the console, behind its login.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from bot.settings import get_settings
from bot.web.booking import wording
from bot.web.booking.models import Booking, Therapist
from bot.web.booking.policy import get_policy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

SHOWN_BACK = timedelta(days=30)
UID_DOMAIN = "attune"


def calendar_of(bookings: Iterable[Booking], name: str = "") -> bytes:
    """The .ics of `bookings`, one event each in UTC; the same bookings give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Attune//consultations//EN")
    calendar.add("version", "2.0")
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT15M")
    for booking in bookings:
        event = Event()
        event.add("uid", f"{booking.public_id}@{UID_DOMAIN}")
        event.add("sequence", booking.revision)
        event.add("dtstamp", booking.updated)
        event.add("dtstart", booking.start)
        event.add("dtend", booking.end)
        event.add("summary", f"Consultation ({wording.KIND_WORDS[booking.kind]})")
        event.add("description", f"Who it is: {get_settings().public_url}/staff/bookings/{booking.pk}/")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


@never_cache
@require_safe
def feed(request: HttpRequest, signed: str) -> HttpResponse:
    """The therapist's appointments from a month ago on. 404 for an address that was altered or replaced."""
    try:
        therapist = Therapist.objects.of_feed(signed)
    except Therapist.DoesNotExist:
        raise Http404 from None
    kept = (Booking.BOOKED, Booking.CAME)
    shown = therapist.bookings.filter(status__in=kept, end__gt=timezone.now() - SHOWN_BACK)
    content = calendar_of(shown.order_by("start"), f"Consultations, {therapist.label(get_policy())}")
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")
