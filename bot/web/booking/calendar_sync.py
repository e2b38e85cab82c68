"""Keeps therapists' own calendars in step: bookings appear there, and what is busy there blocks slots here.

A thread of its own does it, after every change and at least once a minute. Booking never waits for it: with the
server down, bookings go on with the busy times that were last read, and the calendar catches up later.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from bot.settings import get_settings
from bot.web.booking.availability import Period
from bot.web.booking.calendar_server import CalendarError, CalendarServer, is_on_the_server
from bot.web.booking.feed import calendar_of
from bot.web.booking.models import Booking, BusyTime, CalendarCopy, Therapist
from bot.web.booking.policy import get_policy
from bot.web.booking.waking import changed

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger(__name__)

EVERY = 60.0  # seconds between two rounds
LONGEST_PAUSE = 900.0  # seconds, after several rounds that failed

_thread: threading.Thread | None = None


async def begin() -> None:
    """Background work: starts the thread, where a calendar server is set."""
    global _thread
    if get_settings().caldav_url and not (_thread and _thread.is_alive()):
        _thread = threading.Thread(target=work, name="calendar-sync", daemon=True)
        _thread.start()


def work(stop: threading.Event | None = None) -> None:
    """Round after round, until `stop` is set and the thread is woken."""
    pause = EVERY
    while not (stop and stop.is_set()):
        changed.clear()
        try:
            close_old_connections()
            good = sync(timezone.now())
            pause = EVERY if good else min(pause * 2, LONGEST_PAUSE)
        except Exception:  # a thread that dies would leave every later change out of step
            logger.exception("the calendars could not be kept in step; next in %.0f s", pause)
        finally:
            connection.close()
        changed.wait(pause)


def sync(now: datetime) -> bool:
    """One round over all therapists; whether all went well. What went wrong stands at the therapist, for staff."""
    server = CalendarServer()
    good = _remove_stale(server, now)
    for therapist in Therapist.objects.exclude(calendar_url=""):
        try:
            if not is_on_the_server(therapist.calendar_url):
                raise CalendarError("the address is not below ATTUNE_CALDAV_URL")
            _put_bookings(server, therapist, now)
            _read_busy(server, therapist, now)
        except CalendarError as problem:
            logger.warning("calendar of therapist %s: %s", therapist.pk, problem)
            Therapist.objects.filter(pk=therapist.pk).update(calendar_problem=str(problem)[:120])
            good = False
        else:
            Therapist.objects.filter(pk=therapist.pk).update(calendar_problem="", calendar_synced=now)
    BusyTime.objects.filter(Q(therapist__calendar_url="") | Q(end__lt=now - timedelta(days=1))).delete()
    return good


def _remove_stale(server: CalendarServer, now: datetime) -> bool:
    """Deletes events whose booking is cancelled, purged, or another calendar's now; whether all went well."""
    elsewhere = ~Q(calendar_url=F("booking__therapist__calendar_url")) & Q(booking__end__gt=now)
    stale = CalendarCopy.objects.filter(Q(booking=None) | Q(booking__status=Booking.CANCELLED) | elsewhere)
    good = True
    for copy in list(stale):
        try:
            if is_on_the_server(copy.calendar_url):
                server.delete(copy.calendar_url, copy.event)
        except CalendarError as problem:
            logger.warning("an event could not be deleted: %s", problem)
            good = False
        else:
            CalendarCopy.objects.filter(pk=copy.pk, calendar_url=copy.calendar_url).delete()
    return good


def _put_bookings(server: CalendarServer, therapist: Therapist, now: datetime) -> None:
    in_step = Q(calendar_copy__calendar_url=therapist.calendar_url, calendar_copy__revision=F("revision"))
    # With a copy in another calendar it waits until that one is deleted: one booking, one event.
    elsewhere = Q(calendar_copy__isnull=False) & ~Q(calendar_copy__calendar_url=therapist.calendar_url)
    missing = Booking.objects.live().filter(therapist=therapist, end__gt=now).exclude(in_step).exclude(elsewhere)
    for booking in list(missing):
        server.put(therapist.calendar_url, booking.public_id, calendar_of([booking]))
        values = {"calendar_url": therapist.calendar_url, "revision": booking.revision, "booking": booking}
        CalendarCopy.objects.update_or_create(event=booking.public_id, defaults=values)


def _read_busy(server: CalendarServer, therapist: Therapist, now: datetime) -> None:
    policy = get_policy()
    until = now + timedelta(days=therapist.horizon_days + 1)
    found = server.busy(therapist.calendar_url, therapist.zone(policy), now - timedelta(hours=1), until)
    known = [Period(*one) for one in therapist.busy_times.order_by("start", "end").values_list("start", "end")]
    if found == known:
        return
    with transaction.atomic():
        # Whoever is booking this therapist right now finishes first.
        Therapist.objects.select_for_update().get(pk=therapist.pk)
        therapist.busy_times.all().delete()
        BusyTime.objects.bulk_create(BusyTime(therapist=therapist, start=start, end=end) for start, end in found)
