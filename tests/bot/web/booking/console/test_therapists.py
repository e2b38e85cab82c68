"""Who can be booked and when: forms with errors, undo, and what parents are then offered."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.http import QueryDict
from review.conftest import Console

from bot.web.booking.models import Booking, Therapist
from bot.web.booking.slots import open_slots

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("therapist")]

DETAILS = {
    "name": "Therapist A",
    "time_zone": "America/New_York",
    "buffer_minutes": "10",
    "notice_hours": "24",
    "horizon_days": "30",
    "capacity": "1",
}


@pytest.fixture
def console(administrator):
    return Console(administrator)


@pytest.fixture
def page(therapist):
    return f"/staff/therapists/{therapist.pk}/"


def test_the_list_shows_hours_next_free_time_and_what_is_to_come(console, booking):
    text = console.text("/staff/therapists/")
    for said in ("Therapist A", "Mon 09:00–17:00", "Thu 11 Mar, 11:00", "state=booked"):
        assert said in text


def test_a_new_therapist_can_be_booked_once_hours_are_there(console, clock):
    made = console.send("/staff/therapists/new/", "/staff/therapists/new/", **DETAILS | {"name": "Therapist B"})
    assert made.status_code == 302
    one = Therapist.objects.get(name="Therapist B")
    assert "nothing can be booked" in console.text(f"/staff/therapists/{one.pk}/")
    path = f"/staff/therapists/{one.pk}/"
    assert console.send(path, f"{path}hours/", days="4", opens="09:00", closes="09:30").status_code == 302
    starts = {slot.start.isoweekday() for slot in open_slots(clock.now()) if slot.therapist == "Therapist B"}
    assert starts == {5}


def test_what_is_typed_is_what_parents_are_offered(console, page, therapist, clock):
    values = {
        "minutes": "50",
        "languages": "English,  Spanish , English",
        "specialities": "birth trauma",
        "kinds": "phone",
    }
    assert console.send(page, page, **DETAILS | values).status_code == 302
    slot = open_slots(clock.now())[0]
    assert slot.end - slot.start == timedelta(minutes=50)
    assert (slot.kinds, slot.languages, slot.specialities) == (("phone",), ("English", "Spanish"), ("birth trauma",))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("time_zone", "Mars/Olympus", "is not a time zone"),
        ("minutes", "0", "greater than or equal to 5"),
        ("minutes", "many", "whole number"),
        ("horizon_days", "0", "greater than or equal to 1"),
        ("horizon_days", "10000", "less than or equal to 365"),
        ("capacity", "0", "greater than or equal to 1"),
        ("mail", "a@b\nBcc: c@d.org", "valid email"),
        ("kinds", "carrier_pigeon", "not one of the available choices"),
        ("languages", "x" * 41, "at most 40 letters"),
        ("specialities", ",".join(f"s{n}" for n in range(13)), "at most 12"),
        ("name", "x" * 81, "at most 80 characters"),
    ],
)
def test_a_field_that_cannot_be_is_named_and_changes_nothing(console, page, field, value, said):
    before = Therapist.objects.values().get()
    answer = console.send(page, page, **DETAILS | {field: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Therapist.objects.values().get() == before


def test_hours_can_be_added_to_several_days_and_removed_and_brought_back(console, page, therapist):
    therapist.hours.all().delete()
    token = console.client.get(page).context["csrf_token"]
    values = QueryDict(mutable=True)
    values.update({"csrfmiddlewaretoken": str(token), "opens": "09:00", "closes": "12:00"})
    values.setlist("days", ["0", "2"])
    answer = console.client.post(f"{page}hours/", values.urlencode(), "application/x-www-form-urlencoded")
    assert answer.status_code == 302
    assert [str(one) for one in therapist.hours.order_by("weekday")] == ["Monday 09:00-12:00", "Wednesday 09:00-12:00"]
    first = therapist.hours.order_by("weekday")[0]
    removed = console.send(page, f"{page}hours/{first.pk}/remove/")
    assert therapist.hours.count() == 1
    shown = console.client.get(removed["Location"])
    assert "Undo" in shown.content.decode()
    undone = {name: value for name, value in shown.context["undone"].items() if value}
    assert console.send(page, f"{page}hours/", **undone).status_code == 302
    assert therapist.hours.order_by("weekday")[0].weekday == 0
    assert therapist.hours.count() == 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"days": "0", "opens": "16:00", "closes": "18:00"}, "overlaps Monday 09:00-17:00"),
        ({"days": "0", "opens": "18:00", "closes": "17:30"}, "has to be after From"),
        ({"days": "0", "opens": "18:00", "closes": "18:00"}, "has to be after From"),
        ({"days": "9", "opens": "18:00", "closes": "19:00"}, "not one of the available choices"),
        ({"opens": "18:00", "closes": "19:00"}, "Choose one day or more"),
        ({"days": "0", "opens": "late", "closes": "19:00"}, "valid time"),
        ({"days": "0"}, "required"),
    ],
)
def test_hours_that_cannot_be_are_refused_beside_their_field(console, page, therapist, values, said):
    answer = console.send(page, f"{page}hours/", **values)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert therapist.hours.count() == 7


def test_an_absence_of_several_days_closes_them_and_can_be_undone(console, page, therapist, clock):
    values = {"first": "2027-03-15", "last": "2027-03-19"}
    assert console.send(page, f"{page}exceptions/", **values).status_code == 302
    days = {slot.start.date() for slot in open_slots(clock.now())}
    assert not days & {date(2027, 3, day) for day in range(15, 20)}
    one = therapist.exceptions.get(day=date(2027, 3, 17))
    removed = console.send(page, f"{page}exceptions/{one.pk}/remove/")
    assert date(2027, 3, 17) in {slot.start.date() for slot in open_slots(clock.now())}
    undone = {name: value for name, value in console.client.get(removed["Location"]).context["undone"].items() if value}
    console.send(page, f"{page}exceptions/", **undone)
    assert therapist.exceptions.count() == 5


def test_other_hours_take_the_place_of_a_closed_day(console, page, therapist):
    console.send(page, f"{page}exceptions/", first="2027-03-15")
    console.send(page, f"{page}exceptions/", first="2027-03-15", opens="18:00", closes="20:00")
    one = therapist.exceptions.get()
    assert (one.opens, one.closes) == (time(18), time(20))
    console.send(page, f"{page}exceptions/", first="2027-03-15")
    assert therapist.exceptions.get().opens is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"first": "2027-03-15", "last": "2027-03-14"}, "comes after the first"),
        ({"first": "2027-03-15", "last": "2029-03-14"}, "at most 120 days"),
        ({"first": "2027-03-15", "opens": "10:00"}, "Give both times"),
        ({"first": "2027-03-15", "opens": "10:00", "closes": "09:00"}, "has to be after From"),
        ({"first": "2027-02-30"}, "valid date"),
        ({}, "required"),
    ],
)
def test_days_that_cannot_be_are_refused_beside_their_field(console, page, therapist, values, said):
    answer = console.send(page, f"{page}exceptions/", **values)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not therapist.exceptions.exists()


def test_appointments_outside_new_hours_stay_and_are_pointed_out(console, page, therapist, booking):
    therapist.hours.all().delete()
    assert "1 appointment to come lies outside these hours" in console.text(page)
    assert Booking.objects.get().is_live


def test_a_therapist_is_switched_off_and_on_again(console, page, therapist, clock):
    assert console.send(page, f"{page}switch/", action="inactive").status_code == 302
    assert open_slots(clock.now()) == []
    assert console.send(page, f"{page}switch/", action="active").status_code == 302
    assert open_slots(clock.now())
    assert console.send(page, f"{page}switch/", action="explode").status_code == 422


def test_a_calendar_elsewhere_is_refused_since_the_password_would_go_there(console, page, therapist, environment):
    environment(ATTUNE_CALDAV_URL="https://calendar.practice.example/dav/")
    for url in (
        "https://evil.example/dav/a/",
        "http://calendar.practice.example/dav/a/",
        "https://calendar.practice.example/other/",
        "https://calendar.practice.example/dav/../x/",
        "https://calendar.practice.example:444/dav/a/",
        "https://me@calendar.practice.example/dav/a/",
    ):
        answer = console.send(page, page, **DETAILS | {"calendar_url": url})
        assert answer.status_code == 422, url
    good = DETAILS | {"calendar_url": "https://calendar.practice.example/dav/a/"}
    assert console.send(page, page, **good).status_code == 302
    assert Therapist.objects.get().calendar_url == good["calendar_url"]


def test_without_a_calendar_server_no_calendar_can_be_typed(console, page):
    assert "calendar_url" not in console.text(page)


def test_others_see_who_can_be_booked_and_change_nothing(reviewer, page):
    text = Console(reviewer).text("/staff/therapists/")
    assert "Therapist A" in text
    assert "Add a therapist" not in text
    assert page not in text
