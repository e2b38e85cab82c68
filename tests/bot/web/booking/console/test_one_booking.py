"""What staff do with one booking: marks, notes, moves, cancelling, erasing; and that an old page changes nothing."""

from __future__ import annotations

import pytest

from bot.web.booking.models import Booking, Therapist
from bot.web.booking.slots import open_slots, slot_id
from bot.web.outgoing.models import Parcel
from bot.web.review.models import ViewRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("therapist")]


@pytest.fixture
def act(console, booking):
    """Sends a form of the booking's page, and returns the answer."""

    def send(action, **values):
        page = f"/staff/bookings/{booking.pk}/"
        revision = str(Booking.objects.get(pk=booking.pk).revision)
        return console.send(page, f"{page}change/", **{"action": action, "revision": revision} | values)

    return send


@pytest.fixture
def colleague(therapist) -> Therapist:
    return Therapist.objects.create(name="Therapist B", mail="b@practice.example")


def kinds() -> list[str]:
    return list(Parcel.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("mark", ["came", "no_show"])
def test_whether_they_came_can_be_marked_and_taken_back(act, console, booking, clock, mark):
    clock.time = booking.end
    assert act(mark).status_code == 302
    assert Booking.objects.get().status == mark
    said = {"came": "came", "no_show": "no-show"}[mark]
    assert f"Marked: {said}." in console.text(f"/staff/bookings/{booking.pk}/")
    assert act("booked").status_code == 302
    assert Booking.objects.get().is_live
    assert kinds() == ["confirmed"]


def test_nobody_can_have_failed_to_come_before_it_began(act, booking):
    assert act("no_show").status_code == 409
    assert Booking.objects.get().is_live


def test_a_parent_s_page_does_not_call_a_kept_appointment_cancelled(act, booking, clock, client):
    clock.time = booking.end
    act("came")
    assert "cancelled" not in client.get(booking.manage_path).content.decode()


def test_a_note_is_encrypted_and_shown(act, console, booking):
    assert act("note", note="Call the sister first").status_code == 302
    assert "Call the sister first" in console.text(f"/staff/bookings/{booking.pk}/")
    assert Booking.objects.get().staff_note == "Call the sister first"


def test_a_note_that_is_too_long_is_kept_in_the_form(act):
    answer = act("note", note="x" * 4001)
    assert answer.status_code == 422
    assert "xxx" in answer.content.decode()
    assert Booking.objects.get().staff_note == ""


def test_staff_cancel_at_any_hour_and_the_parent_is_told(act, booking, clock):
    clock.time = booking.start
    assert act("cancel").status_code == 302
    assert Booking.objects.get().is_cancelled
    assert kinds() == ["confirmed", "cancelled"]


def test_a_cancellation_is_taken_back_while_the_time_is_free(act, booking, clock):
    act("cancel")
    assert act("restore").status_code == 302
    assert Booking.objects.get().is_live
    act("cancel")
    other = Booking.objects.create(
        therapist=booking.therapist,
        start=booking.start,
        end=booking.end,
        kind="video",
        name="Alex",
        contact="none",
        time_zone="UTC",
        consented_at=clock.now(),
    )
    answer = act("restore")
    assert answer.status_code == 409
    assert "Somebody else has this time" in answer.content.decode()
    assert list(Booking.objects.live()) == [other]


def test_another_therapist_at_the_same_time_tells_both_and_not_the_parent(act, booking, colleague, therapist):
    therapist.mail = "a@practice.example"
    therapist.save()
    assert act("move", slot=slot_id(colleague.pk, booking.start)).status_code == 302
    assert Booking.objects.get().therapist == colleague
    assert kinds() == ["confirmed", "staff-moved", "staff-moved"]
    told = {parcel.recipient for parcel in Parcel.objects.filter(kind="staff-moved")}
    assert told == {"a@practice.example", "b@practice.example"}


def test_another_time_tells_the_parent(act, booking, free):
    assert act("move", slot=free[5].id).status_code == 302
    assert Booking.objects.get().start == free[5].start
    assert kinds() == ["confirmed", "moved"]


def test_staff_cannot_double_book_either(act, booking, clock, colleague):
    Booking.objects.create(
        therapist=colleague,
        start=booking.start,
        end=booking.end,
        kind="video",
        name="Alex",
        contact="none",
        time_zone="UTC",
        consented_at=clock.now(),
    )
    assert act("move", slot=slot_id(colleague.pk, booking.start)).status_code == 409
    assert Booking.objects.get(pk=booking.pk).therapist != colleague


@pytest.mark.parametrize("slot", ["", "nonsense", "MS4x"])
def test_a_slot_that_is_none_is_refused(act, booking, slot):
    assert act("move", slot=slot).status_code == 409
    assert Booking.objects.get().start == booking.start


@pytest.mark.parametrize("revision", ["", "x", "-1", "7", "9" * 30])
def test_an_old_page_changes_nothing(act, booking, revision):
    answer = act("cancel", revision=revision)
    assert answer.status_code == 409
    assert "changed in the meantime" in answer.content.decode()
    assert Booking.objects.get().is_live


def test_an_action_that_is_none_changes_nothing(act):
    assert act("explode").status_code == 409


def test_erasing_empties_everything_that_says_who_it_is(act, console, booking, clock):
    act("note", note="Call the sister first")
    assert act("erase").status_code == 302
    one = Booking.objects.get()
    assert (one.name, one.email, one.phone, one.note, one.staff_note, one.session) == ("",) * 6
    assert one.contact_erased_at == clock.now()
    assert one.is_cancelled
    assert not Parcel.objects.exists()
    assert booking.start in [slot.start for slot in open_slots(clock.now())]
    page = console.text(f"/staff/bookings/{booking.pk}/")
    assert "erased" in page
    assert "sam@example.org" not in page
    assert act("restore").status_code == 409


def test_erasing_a_past_appointment_keeps_what_became_of_it(act, booking, clock):
    clock.time = booking.end
    act("came")
    act("erase")
    assert Booking.objects.get().status == "came"


def test_what_was_done_is_recorded(act, booking):
    act("note", note="x")
    assert f"booking {booking.pk}: note" in ViewRecord.objects.values_list("detail", flat=True)


def test_a_booking_that_is_none_gets_404(console):
    assert console.open("/staff/bookings/999999/").status_code == 404
    assert console.open(f"/staff/bookings/{'9' * 30}/").status_code == 404
