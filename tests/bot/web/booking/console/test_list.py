"""The consultations page: who comes, and how they may safely be reached."""

from __future__ import annotations

import pytest
from django.utils import timezone

from bot.web.booking.models import Booking
from bot.web.booking.slots import open_slots
from bot.web.booking.wishes import Wish
from bot.web.outgoing.models import Parcel
from bot.web.review.models import ViewRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("therapist_hours")]


def book(n=0, **changes):
    now = timezone.now()
    slot = open_slots(now)[n]
    fields = {
        "therapist": slot.therapist_id,
        "start": slot.start,
        "kind": "video",
        "name": "Samantha",
        "contact": "text",
        "email": "",
        "phone": "+1 555 010 0199",
        "note": "",
        "time_zone": "Europe/London",
        "session": "",
    }
    return Booking.objects.book(Wish(**fields | changes), now)


def test_without_bookings_the_page_says_so(console):
    assert "No consultations" in console.text("/staff/bookings/")


def test_staff_see_who_comes_and_how_to_reach_them_safely(console):
    book()
    book(1, name="R.", contact="none", phone="")
    page = console.text("/staff/bookings/")
    for said in (
        "Samantha",
        "By text message",
        "+1 555 010 0199",
        "Do not contact without asking first",
        "London time",
    ):
        assert said in page


def test_looking_at_consultations_is_recorded(console):
    console.text("/staff/bookings/")
    assert ViewRecord.objects.get().what == "bookings"


def test_a_cancelled_consultation_is_shown_as_such(console):
    book().cancel(0, timezone.now())
    assert "cancelled" in console.text("/staff/bookings/")


def test_what_a_parent_writes_into_the_form_is_never_markup(console):
    book(name="<script>alert(1)</script>", note="<img src=x onerror=alert(1)>")
    page = console.text("/staff/bookings/")
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_mail_that_could_not_be_delivered_is_said_aloud(console):
    book(contact="email", email="sam@example.org")
    Parcel.objects.update(state=Parcel.PENDING, attempts=1, problem="down")
    assert "1 mail waits for the mail server" in console.text("/staff/bookings/")
    Parcel.objects.update(state=Parcel.FAILED)
    assert "1 mail could not be delivered" in console.text("/staff/bookings/")


def test_an_alert_that_could_not_be_delivered_is_no_parent_s_mail(console):
    book(contact="email", email="sam@example.org")
    Parcel.objects.update(state=Parcel.FAILED, kind="alert")
    assert "could not be delivered" not in console.text("/staff/bookings/")


def test_a_practice_with_its_own_scheduler_is_told_where_bookings_are(console, monkeypatch):
    from bot.settings import get_settings

    monkeypatch.setenv("ATTUNE_BOOKING_URL", "https://scheduler.example/practice")
    get_settings.cache_clear()
    try:
        assert "https://scheduler.example/practice" in console.text("/staff/bookings/")
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
