"""The secret calendar feed, and that every .ics is one that another program can read."""

from __future__ import annotations

import pytest
import vobject

from bot.web.booking import desk
from bot.web.booking.mails import calendar_file
from bot.web.booking.models import Booking, Therapist

pytestmark = pytest.mark.django_db


def path_of(therapist: Therapist) -> str:
    return "/" + Therapist.objects.get(pk=therapist.pk).feed_url.split("/", 3)[3]


def events(answer):
    calendar = vobject.readOne(answer.content.decode())
    calendar.validate(raiseException=True)
    return list(calendar.contents.get("vevent", []))


def test_the_feed_has_the_times_and_nobody_s_name(client, therapist, booking):
    answer = client.get(path_of(therapist))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = events(answer)
    assert (event.dtstart.value, event.dtend.value) == (booking.start, booking.end)
    assert event.summary.value == "Consultation (by video)"
    for private in (b"Sam", b"example.org\r"):
        assert private not in answer.content
    assert "no-store" in answer["Cache-Control"]


def test_a_cancelled_booking_leaves_the_feed_and_another_s_is_not_in_it(client, therapist, booking, clock):
    other = Therapist.objects.create(name="Therapist B")
    assert events(client.get(path_of(other))) == []
    desk.cancel(booking, booking.revision, clock.now())
    assert events(client.get(path_of(therapist))) == []


def test_a_new_address_ends_the_old_one(client, therapist):
    old = path_of(therapist)
    Therapist.objects.update(feed_revision=1)
    assert client.get(old).status_code == 404
    assert client.get(path_of(therapist)).status_code == 200


@pytest.mark.parametrize("address", ["/calendar/1-0.ics", "/calendar/x.y.ics", "/calendar/.ics"])
def test_an_address_that_was_guessed_or_altered_leads_nowhere(client, therapist, booking, address):
    assert client.get(address).status_code == 404
    assert client.get(path_of(therapist).replace("-0", "-1")).status_code == 404
    assert client.post(path_of(therapist)).status_code == 405


@pytest.mark.parametrize(("method", "status"), [("PUBLISH", "CONFIRMED"), ("CANCEL", "CANCELLED")])
def test_the_file_of_a_mail_is_read_by_another_parser(booking, clock, method, status):
    calendar = vobject.readOne(calendar_file(booking, method, clock.now()).decode())
    calendar.validate(raiseException=True)
    event = calendar.vevent
    assert calendar.method.value == method
    assert event.status.value == status
    assert (event.dtstart.value, event.dtend.value) == (booking.start, booking.end)
    assert event.uid.value == f"{booking.public_id}@attune"


def test_lines_of_a_file_are_as_long_as_the_standard_lets_them_be(client, therapist, booking):
    therapist.name = "Therapist with a name that is as long as names may be, and that does not end, never"[:80]
    therapist.save()
    content = client.get(path_of(therapist)).content
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert Booking.objects.count() == 1
