"""What may be booked, moved and cancelled; and that one slot is never two parents'."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, connection, connections, transaction

from bot.web.booking.models import MOST_PER_SESSION, Booking, Therapist
from bot.web.booking.slots import open_slots
from bot.web.booking.wishes import (
    ChangedMeanwhileError,
    NoSuchSlotError,
    SlotPassedError,
    SlotTakenError,
    TooLateError,
    TooManyBookingsError,
)
from bot.web.outgoing.models import Parcel

pytestmark = pytest.mark.django_db


def test_a_booked_slot_is_no_longer_offered(booking, free, clock):
    left = open_slots(clock.now())
    assert len(left) == len(free) - 1
    assert free[0] not in left


def test_a_taken_slot_cannot_be_booked_again(booking, wish, clock):
    with pytest.raises(SlotTakenError):
        Booking.objects.book(wish(name="Alex"), clock.now())
    assert Booking.objects.count() == 1


def test_the_database_itself_refuses_two_live_bookings_of_a_slot(booking):
    fields = {field.name: getattr(booking, field.name) for field in Booking._meta.fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.create(**fields | {"id": None, "public_id": "0" * 32})
    Booking.objects.create(**fields | {"id": None, "public_id": "1" * 32, "status": Booking.CANCELLED})


def test_a_cancelled_slot_is_free_again(booking, wish, clock, free):
    booking.cancel(booking.revision, clock.now())
    assert open_slots(clock.now()) == free
    assert Booking.objects.book(wish(name="Alex"), clock.now()).pk != booking.pk


def test_a_slot_that_has_passed_or_is_too_soon_is_refused(wish, clock):
    wanted = wish()
    clock.time = wanted.start - timedelta(hours=23)
    with pytest.raises(SlotPassedError):
        Booking.objects.book(wanted, clock.now())
    clock.time = wanted.start + timedelta(days=2)
    with pytest.raises(SlotPassedError):
        Booking.objects.book(wanted, clock.now())
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    "start",
    [
        datetime(2027, 3, 12, 3, tzinfo=timezone.utc),  # at night
        datetime(2027, 3, 12, 14, 7, tzinfo=timezone.utc),  # between two slots
        datetime(2027, 3, 14, 7, 30, tzinfo=timezone.utc),  # 2:30 in New York, an hour that is skipped
        datetime(2027, 6, 1, 14, tzinfo=timezone.utc),  # beyond the horizon
    ],
)
def test_a_time_that_the_hours_do_not_have_is_refused(wish, clock, start):
    with pytest.raises(NoSuchSlotError):
        Booking.objects.book(wish(start=start), clock.now())
    assert not Booking.objects.exists()


def test_a_therapist_who_no_longer_works_cannot_be_booked(wish, clock):
    wanted = wish()
    Therapist.objects.update(active=False)
    with pytest.raises(NoSuchSlotError):
        Booking.objects.book(wanted, clock.now())


def test_other_lengths_of_slot_cannot_overlap_an_old_booking(booking, wish, clock, therapist):
    therapist.minutes, therapist.notice_hours = 50, 1
    therapist.save()
    with pytest.raises(SlotTakenError):
        Booking.objects.book(wish(start=booking.start - timedelta(minutes=30)), clock.now())


def test_the_same_wish_of_one_session_again_gives_the_same_booking(wish, clock):
    first = Booking.objects.book(wish(session="s"), clock.now())
    assert Booking.objects.book(wish(session="s"), clock.now()) == first
    with pytest.raises(SlotTakenError):
        Booking.objects.book(wish(session="other"), clock.now())


def test_one_session_cannot_fill_the_calendar(wish, clock):
    for n in range(MOST_PER_SESSION):
        Booking.objects.book(wish(n, session="s"), clock.now())
    with pytest.raises(TooManyBookingsError):
        Booking.objects.book(wish(MOST_PER_SESSION, session="s"), clock.now())


def test_contact_details_are_encrypted_in_the_database(wish, clock):
    Booking.objects.book(wish(name="Samantha", phone="+1 555 010 0199", note="with my sister"), clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, email, phone, note FROM booking_booking")
        stored = " ".join(cursor.fetchone())
        cursor.execute("SELECT recipient, content FROM outgoing_parcel")
        stored += " ".join(cursor.fetchone())
    for secret in ("Samantha", "sam@example.org", "0199", "sister", "BEGIN:VCALENDAR"):
        assert secret not in stored
    assert Booking.objects.get().note == "with my sister"


def test_a_move_takes_the_new_slot_and_frees_the_old_one(booking, free, clock):
    booking.move(free[4].therapist_id, free[4].start, booking.revision, clock.now())
    booking.refresh_from_db()
    assert (booking.start, booking.end, booking.revision) == (free[4].start, free[4].end, 1)
    left = open_slots(clock.now())
    assert free[0] in left
    assert free[4] not in left


def test_a_move_to_a_taken_slot_changes_nothing(booking, wish, free, clock):
    Booking.objects.book(wish(1, name="Alex"), clock.now())
    with pytest.raises(SlotTakenError):
        booking.move(free[1].therapist_id, free[1].start, booking.revision, clock.now())
    assert Booking.objects.get(pk=booking.pk).start == free[0].start


def test_twelve_hours_before_the_start_changes_end(booking, free, clock):
    clock.time = booking.start - timedelta(hours=12)
    assert booking.can_change(clock.now())
    clock.forward(seconds=1)
    with pytest.raises(TooLateError):
        booking.cancel(booking.revision, clock.now())
    with pytest.raises(TooLateError):
        booking.move(free[40].therapist_id, free[40].start, booking.revision, clock.now())
    assert Booking.objects.get().is_live


def test_a_change_from_an_old_page_changes_nothing(booking, free, clock):
    booking.move(free[4].therapist_id, free[4].start, 0, clock.now())
    with pytest.raises(ChangedMeanwhileError):
        booking.cancel(0, clock.now())
    assert Booking.objects.get().is_live


def test_a_booking_that_fails_leaves_no_mail(booking, wish, clock):
    mails = Parcel.objects.count()
    with pytest.raises(SlotTakenError):
        Booking.objects.book(wish(name="Alex"), clock.now())
    assert Parcel.objects.count() == mails


@pytest.mark.django_db(transaction=True)
def test_of_fifty_parents_racing_for_one_slot_one_gets_it(wish, clock):
    wanted = wish()
    gate = threading.Barrier(50)
    outcomes: list[str] = []

    def race(n: int) -> None:
        gate.wait()
        try:
            Booking.objects.book(wish(session=f"session {n}"), clock.now())
            outcomes.append("booked")
        except SlotTakenError:
            outcomes.append("taken")
        except Exception as problem:  # noqa: BLE001  (told below, as what it is)
            outcomes.append(repr(problem))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=race, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["booked"] + ["taken"] * 49
    assert Booking.objects.live().filter(start=wanted.start).count() == 1
    assert Parcel.objects.count() == 1
