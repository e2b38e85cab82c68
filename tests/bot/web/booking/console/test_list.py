"""The list of consultations: who comes, how they may safely be reached, and the filters."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.web.booking.models import Booking
from bot.web.outgoing.models import Parcel
from bot.web.review.models import ViewRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("therapist")]


@pytest.fixture
def book(wish, clock):
    def make(n=0, **changes):
        fields = {"contact": "text", "email": "", "phone": "+1 555 010 0199", "name": "Samantha"}
        return Booking.objects.book(wish(n, **fields | changes), clock.now())

    return make


def test_without_bookings_the_page_says_so(console):
    assert "No consultations" in console.text("/staff/bookings/")


def test_staff_see_who_comes_and_how_to_reach_them_safely(console, book):
    book()
    book(1, name="R.", contact="none", email="r@example.org", phone="")
    page = console.text("/staff/bookings/")
    for said in (
        "Samantha",
        "By text message",
        "+1 555 010 0199",
        "Do not contact without asking first",
        "(not named as safe)",
        "London time",
    ):
        assert said in page


def test_looking_at_consultations_is_recorded(console):
    console.text("/staff/bookings/")
    assert ViewRecord.objects.get().what == "bookings"


def test_a_cancelled_consultation_is_shown_as_such(console, book, clock):
    book().cancel(0, clock.now())
    assert "s-cancelled" in console.text("/staff/bookings/")


def test_what_a_parent_writes_into_the_form_is_never_markup(console, book):
    one = book(name="<script>alert(1)</script>", note="<img src=x onerror=alert(1)>")
    for path in (
        "/staff/bookings/",
        f"/staff/bookings/{one.pk}/",
        f"/staff/bookings/calendar/?day={one.start:%Y-%m-%d}",
    ):
        page = console.text(path)
        assert "<script>alert" not in page
        assert "<img" not in page


def test_a_mail_that_could_not_be_delivered_is_said_aloud(console, book):
    book(contact="email", email="sam@example.org")
    Parcel.objects.update(state=Parcel.PENDING, attempts=1, problem="down")
    assert "1 mail waits for the mail server" in console.text("/staff/bookings/")
    Parcel.objects.update(state=Parcel.FAILED)
    assert "1 mail could not be delivered" in console.text("/staff/bookings/")


def test_an_alert_that_could_not_be_delivered_is_no_parent_s_mail(console, book):
    book(contact="email", email="sam@example.org")
    Parcel.objects.update(state=Parcel.FAILED, kind="alert")
    assert "could not be delivered" not in console.text("/staff/bookings/")


def test_a_practice_with_its_own_scheduler_is_told_where_bookings_are(console, environment):
    environment(ATTUNE_BOOKING_URL="https://scheduler.example/practice")
    assert "https://scheduler.example/practice" in console.text("/staff/bookings/")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"state": "booked"}, "Ann Bea Cat"),
        ({"state": "cancelled"}, "Dot"),
        ({"kind": "phone"}, "Bea"),
        ({"contact": "none"}, "Cat"),
        ({"since": "2027-03-12"}, "Cat Dot"),
        ({"until": "2027-03-11"}, "Ann Bea"),
        ({"therapist": "999999"}, ""),
        ({"state": "nonsense", "kind": "'; --", "since": "yesterday", "therapist": "-1"}, "Ann Bea Cat Dot"),
    ],
)
def test_filters_narrow_the_list(console, book, free, clock, query, shown):
    next_day = next(n for n, slot in enumerate(free) if slot.start.day == 12)
    book(0, name="Ann")
    book(1, name="Bea", kind="phone")
    book(next_day, name="Cat", contact="none")
    book(next_day + 1, name="Dot").cancel(0, clock.now())
    page = console.text("/staff/bookings/", **query)
    assert [name for name in ("Ann", "Bea", "Cat", "Dot") if f"<td>{name}</td>" in page] == shown.split()


def test_past_appointments_that_nobody_marked_can_be_found(console, book, clock):
    book(name="Ann")
    clock.forward(days=3)
    assert "Ann" in console.text("/staff/bookings/", state="open")
    clock.forward(days=10)
    assert "Ann" not in console.text("/staff/bookings/")
    assert "Ann" in console.text("/staff/bookings/", since="2027-03-01")


def test_the_week_shows_appointments_closed_days_and_busy_times(console, book, therapist, clock):
    one = book()
    therapist.exceptions.create(day=one.start.date() + timedelta(days=1))
    therapist.busy_times.create(start=one.start + timedelta(hours=3), end=one.start + timedelta(hours=5))
    page = console.text("/staff/bookings/calendar/", day=f"{one.start:%Y-%m-%d}")
    for said in (
        "8 March",
        "14 March 2027",
        "Samantha",
        "Therapist A: closed",
        "1:30 pm to 3:30 pm",
        "1 consultation ",
    ):
        assert said in page
    assert "No consultations this week" in console.text("/staff/bookings/calendar/", day="2027-06-01")
    assert console.open("/staff/bookings/calendar/", day="2027-99-01", therapist="x").status_code == 200


def test_more_than_a_page_is_paged(console, therapist, clock):
    start = clock.now() + timedelta(days=2)
    Booking.objects.bulk_create(
        Booking(
            therapist=therapist,
            start=start + timedelta(hours=n),
            end=start + timedelta(hours=n, minutes=20),
            kind="video",
            name=f"Parent {n:03}",
            contact="none",
            time_zone="UTC",
            consented_at=start,
            public_id=f"{n:032x}",
        )
        for n in range(60)
    )
    assert "page 1 of 2" in console.text("/staff/bookings/")
    second = console.text("/staff/bookings/", page="2")
    assert "Parent 059" in second
    assert "Parent 000" not in second
