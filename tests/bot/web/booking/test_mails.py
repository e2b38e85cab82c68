"""What the mails say, and to whom they go."""

from __future__ import annotations

import email
import email.policy
import html

import pytest
from icalendar import Calendar

from bot.web.booking import mails
from bot.web.booking.models import Booking
from bot.web.booking.policy import STARTS_LATER
from bot.web.outgoing import postman
from bot.web.outgoing.carriers import Way
from bot.web.outgoing.models import Parcel

pytestmark = pytest.mark.django_db


def message_of(mail: Parcel):
    return email.message_from_bytes(mail.content.encode(), policy=email.policy.default)


def calendar_of(message):
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    return Calendar.from_ical(part.get_content())


def body_of(message, kind):
    part = message.get_body(preferencelist=(kind,))
    assert part is not None
    return part.get_content()


def test_the_confirmation_has_text_html_a_calendar_file_and_the_link(booking):
    message = message_of(Parcel.objects.get())
    assert message["To"] == "sam@example.org"
    assert message["Subject"] == "Your appointment: Thu 11 March, 3:30 pm"
    for kind in ("plain", "html"):
        body = body_of(message, kind)
        assert booking.manage_url in body
        assert "Thursday 11 March 2027, 3:30 pm (London time)" in body
    (event,) = calendar_of(message).walk("VEVENT")
    assert event.decoded("dtstart") == booking.start
    assert event.decoded("dtend") == booking.end
    assert str(event["summary"]) == "Appointment"


def test_the_mail_says_how_it_starts_and_a_cancellation_does_not(booking, clock, told_how_it_starts):
    said = "Open https://video.example/room & wait."
    assert STARTS_LATER in body_of(message_of(Parcel.objects.get()), "plain")  # booked before the practice wrote it
    for what in ("confirmed", "moved", "reminder", "cancelled"):
        message = mails.parent_mail(booking, what, clock.now())
        for kind in ("plain", "html"):
            assert (said in html.unescape(body_of(message, kind))) == (what != "cancelled"), (what, kind)


def test_nothing_in_the_mail_says_what_it_is_about(wish, clock):
    Booking.objects.book(wish(note="I feel so low since the birth"), clock.now())
    text = Parcel.objects.get().content.lower()
    message = message_of(Parcel.objects.get())
    readable = (text + body_of(message, "plain") + body_of(message, "html")).lower()
    for word in ("perinatal", "therap", "low since", "birth", "baby", "mental", "consultation", "depress"):
        assert word not in readable.replace("consultations@practice.example", "")


def test_only_who_asked_for_mail_gets_mail(wish, clock):
    for n, contact in enumerate(("text", "call", "none")):
        Booking.objects.book(wish(n, contact=contact, phone="+1 555 010 0199"), clock.now())
    assert not Parcel.objects.exists()


def test_moving_and_cancelling_update_the_same_calendar_entry(booking, free, clock):
    booking.move(free[5].therapist_id, free[5].start, 0, clock.now())
    booking.cancel(1, clock.now())
    events = []
    for mail in Parcel.objects.order_by("pk"):
        calendar = calendar_of(message_of(mail))
        events.append((str(calendar["method"]), calendar.walk("VEVENT")[0]))
    assert [method for method, _ in events] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert [int(event["sequence"]) for _, event in events] == [0, 1, 2]
    assert len({str(event["uid"]) for _, event in events}) == 1
    assert events[1][1].decoded("dtstart") == free[5].start


def test_staff_learn_of_a_booking_without_reading_who_it_is(wish, clock, environment):
    environment(ATTUNE_STAFF_MAIL="desk@practice.example")
    Booking.objects.book(wish(name="Samantha", contact="none", note="private"), clock.now())
    message = message_of(Parcel.objects.get())
    assert message["To"] == "desk@practice.example"
    assert "Thursday 11 March 2027, 10:30 am (New York time)" in body_of(message, "plain")
    assert "Samantha" not in Parcel.objects.get().content
    assert "/staff/bookings/" in body_of(message, "plain")


def test_a_name_with_markup_stays_text_in_the_html(wish, clock):
    Booking.objects.book(wish(name="<script>alert(1)</script>"), clock.now())
    assert "<script>" not in body_of(message_of(Parcel.objects.get()), "html")


def test_the_mail_arrives_as_it_was_written(booking, tmp_path):
    assert postman.deliver_due(Way.MAIL) == 1
    (file,) = (tmp_path / "mail").glob("*.eml")
    written = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert written["To"] == "sam@example.org"
    assert booking.manage_url in body_of(written, "plain")
    assert [part.get_content_type() for part in written.iter_attachments()] == ["text/calendar"]
