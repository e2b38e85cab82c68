"""The reminder before an appointment: once, in time, and only where e-mail is safe."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.web.booking import desk, reminders
from bot.web.booking.models import Booking
from bot.web.booking.policy import get_policy
from bot.web.booking.reminders import remind_due
from bot.web.outgoing.models import Parcel

from .test_mails import body_of, message_of

pytestmark = pytest.mark.django_db

LATER = 60  # the slot of some days ahead


@pytest.fixture
def later(wish, clock):
    return Booking.objects.book(wish(LATER), clock.now())


def test_a_day_before_the_parent_is_reminded_once(later, clock):
    clock.time = later.start - timedelta(hours=24, seconds=1)
    assert remind_due(clock.now()) == 0
    clock.forward(seconds=1)
    assert remind_due(clock.now()) == 1
    assert remind_due(clock.now()) == 0
    message = message_of(Parcel.objects.get(kind="reminder"))
    assert message["Subject"].startswith("A reminder of your appointment: ")
    assert later.manage_url in body_of(message, "plain")
    assert "this is a reminder" in body_of(message, "html")


def test_a_reminder_that_was_missed_goes_out_late_rather_than_never(later, clock):
    clock.time = later.start - timedelta(hours=2)
    assert remind_due(clock.now()) == 1
    text = body_of(message_of(Parcel.objects.get(kind="reminder")), "plain")
    assert later.manage_url not in text, "nothing can be changed any more"


def test_nobody_is_reminded_of_what_has_begun(later, clock):
    clock.time = later.start
    assert remind_due(clock.now()) == 0


def test_who_booked_shortly_before_gets_no_second_mail(booking, clock):
    clock.time = booking.start - timedelta(hours=20)
    assert remind_due(clock.now()) == 0


@pytest.mark.parametrize("contact", ["text", "call", "none"])
def test_who_did_not_name_mail_as_safe_gets_none_at_any_point(wish, clock, free, contact):
    one = Booking.objects.book(wish(LATER, contact=contact, phone="+1 555 010 0199"), clock.now())
    one.move(free[LATER + 2].therapist_id, free[LATER + 2].start, one.revision, clock.now())
    desk.reassign(one, free[LATER].therapist_id, free[LATER].start, one.revision, clock.now())
    clock.time = one.start - timedelta(hours=20)
    remind_due(clock.now())
    desk.cancel(one, one.revision, clock.now())
    desk.restore(one, one.revision, clock.now())
    desk.erase_contact(one, clock.now())
    assert not Parcel.objects.exists()


def test_what_was_cancelled_is_not_reminded_of(later, clock):
    later.cancel(later.revision, clock.now())
    clock.time = later.start - timedelta(hours=20)
    assert remind_due(clock.now()) == 0


def test_a_move_to_another_day_is_reminded_of_again(later, free, clock):
    clock.time = later.start - timedelta(hours=20)
    assert remind_due(clock.now()) == 1
    later.refresh_from_db()
    there = free[LATER + 60]
    later.move(there.therapist_id, there.start, later.revision, clock.now())
    clock.time = there.start - timedelta(hours=20)
    assert remind_due(clock.now()) == 1


def test_a_practice_can_do_without(later, clock, monkeypatch):
    policy = get_policy()
    booking = replace(policy.practice.booking, reminder_hours=0)
    without = replace(policy, practice=replace(policy.practice, booking=booking))
    monkeypatch.setattr(reminders, "get_policy", lambda: without)
    clock.time = later.start - timedelta(hours=20)
    assert remind_due(clock.now()) == 0
