"""GET /api/slots and POST /api/bookings, as the widget and as others ask them."""

from __future__ import annotations

import html
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from bot.web.booking import api
from bot.web.booking.card import booking_card
from bot.web.booking.models import Booking
from bot.web.booking.policy import STARTS_LATER
from bot.web.booking.slots import NotASlotError, read_slot_id, slot_id
from bot.web.chat.limits import RateLimit
from bot.web.chat.tokens import make_token
from bot.web.outgoing.models import Parcel

pytestmark = pytest.mark.django_db


def get_slots(**query):
    return Client().get("/api/slots", query)


def test_slots_come_without_a_token_in_the_zone_that_was_asked_for(free):
    answer = get_slots(tz="Asia/Kolkata", days=3)
    assert answer.status_code == 200
    body = answer.json()
    assert body["time_zone"] == "Asia/Kolkata"
    assert set(body["slots"][0]) == {
        "id",
        "start",
        "end",
        "label",
        "therapist",
        "kinds",
        "languages",
        "specialities",
    }
    assert body["slots"][0]["start"] == "2027-03-11T21:00:00+05:30"
    assert body["slots"][0]["label"] == "Thu 11 March, 9:00 pm"
    assert body["slots"][0]["therapist"] == "Therapist A"


def test_nine_in_new_york_is_one_in_london_for_two_weeks_of_march_only(free):
    slots = get_slots(tz="Europe/London", days=30).json()["slots"]
    new_york = ZoneInfo("America/New_York")
    first = {}
    for slot in slots:
        start = datetime.fromisoformat(slot["start"])
        if start.astimezone(new_york).hour == 9 and start.astimezone(new_york).minute == 0:
            first[start.date().isoformat()] = start.hour
    assert (first["2027-03-12"], first["2027-03-15"], first["2027-03-29"]) == (14, 13, 14)


def test_days_narrow_the_answer(free):
    assert len(get_slots(tz="UTC", days=2).json()["slots"]) < len(get_slots(tz="UTC", days=10).json()["slots"])


@pytest.mark.parametrize("days", ["0", "-1", "x", "1e9", "99999", "²", ""])
def test_days_that_are_no_number_get_a_clear_error(free, days):
    answer = get_slots(tz="UTC", days=days)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "days"


@pytest.mark.parametrize("zone", ["Etc/Unknown", "../../etc/passwd", "", "America", "x" * 10_000, "\x00"])
def test_a_zone_that_does_not_exist_becomes_the_practice_s_own(free, zone):
    assert get_slots(tz=zone).json()["time_zone"] == "America/New_York"


def test_a_slot_keeps_its_id_from_one_day_to_the_next(free, clock):
    before = {slot["start"]: slot["id"] for slot in get_slots(tz="UTC", days=10).json()["slots"]}
    clock.forward(days=1)
    after = {slot["start"]: slot["id"] for slot in get_slots(tz="UTC", days=9).json()["slots"]}
    assert after.items() <= before.items()
    assert after


@pytest.mark.parametrize("text", ["", "x", "MS4", "é", "=" * 20, slot_id(1, datetime(2027, 1, 1)) + "A", "LTEuMA"])
def test_an_altered_slot_id_is_recognised(text):
    with pytest.raises(NotASlotError):
        read_slot_id(text)


def test_booking_answers_with_the_booking_and_its_manage_link(parent, free):
    answer = parent.book(free[0].id)
    assert answer.status_code == 201, answer.content
    booking = answer.json()["booking"]
    assert set(booking) == {"start", "end", "label", "kind", "how_it_starts", "manage_url"}
    assert booking["start"] == "2027-03-11T15:30:00+00:00"
    assert booking["label"] == "Thursday 11 March 2027, 3:30 pm (London time)"
    page = parent.client.get(booking["manage_url"].removeprefix("http://127.0.0.1:8000"))
    assert page.status_code == 200
    assert booking["how_it_starts"] == STARTS_LATER
    assert STARTS_LATER in page.content.decode()


def test_who_has_booked_is_told_how_it_starts_in_the_practice_s_own_words(parent, free, told_how_it_starts):
    booking = parent.book(free[0].id).json()["booking"]
    page = parent.client.get(booking["manage_url"].removeprefix("http://127.0.0.1:8000"))
    for said in (booking["how_it_starts"], html.unescape(page.content.decode())):
        assert "Open https://video.example/room & wait." in said
        assert STARTS_LATER not in said


def test_a_taken_slot_gets_409_and_the_next_three_times(parent, free, wish, clock):
    Booking.objects.book(wish(name="Alex"), clock.now())
    answer = parent.book(free[0].id)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "slot_taken"
    assert [slot["id"] for slot in answer.json()["slots"]] == [slot.id for slot in free[1:4]]


def test_a_slot_whose_time_has_passed_gets_409_and_the_next_three_times(parent, free, clock):
    clock.forward(days=3)
    answer = parent.book(free[0].id)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "slot_passed"
    assert len(answer.json()["slots"]) == 3


def test_the_same_post_twice_books_once(parent, free):
    first, second = parent.book(free[0].id), parent.book(free[0].id)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Booking.objects.count() == 1
    assert Parcel.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": None}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": "Sam\nBcc: all@example.org"}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": ["Sam"]}, "name"),
        ({"email": None}, "email"),
        ({"email": "sam@example.org\nBcc: all@example.org"}, "email"),
        ({"email": "sam@example.org\r\n"}, None),
        ({"email": "sam"}, "email"),
        ({"email": "x" * 10_000 + "@example.org"}, "email"),
        ({"contact": "text"}, "phone"),
        ({"contact": "call", "phone": "call me"}, "phone"),
        ({"contact": "pigeon"}, "contact"),
        ({"contact": None}, "contact"),
        ({"kind": "letter"}, "kind"),
        ({"kind": {"a": 1}}, "kind"),
        ({"note": "x" * 10_000}, "note"),
        ({"note": "two\nlines"}, None),
        ({"consent": False}, "consent"),
        ({"consent": "yes"}, "consent"),
        ({"slot": "x"}, "slot"),
        ({"slot": 7}, "slot"),
        ({"slot": None}, "slot"),
        ({"time_zone": "Nowhere"}, None),
        ({"contact": "none", "email": None}, None),
        ({"contact": "text", "email": None, "phone": "+44 7700 900123"}, None),
        ({"email": "sam@bücher.example"}, None),
    ],
)
def test_each_field_is_checked_and_its_problem_is_named(parent, free, changes, field):
    answer = parent.book(free[0].id, **changes) if "slot" not in changes else parent.post(parent.form("") | changes)
    if field is None:
        assert answer.status_code == 201, answer.content
    else:
        assert answer.status_code == 422
        assert list(answer.json()["fields"]) == [field]
        assert answer.json()["error"]["text"]
        assert not Booking.objects.exists()


def test_a_lone_surrogate_is_a_problem_of_its_field(parent, free):
    answer = parent.post(json.dumps(parent.form(free[0].id, name="SURROGATE")).replace("SURROGATE", "\\ud800"))
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == ["name"]


def test_a_slot_out_of_hours_is_a_problem_of_the_slot_and_comes_with_others(parent, therapist, clock):
    night = clock.now().replace(hour=4, minute=0) + timedelta(days=2)
    answer = parent.book(slot_id(therapist.pk, night))
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == ["slot"]
    assert len(answer.json()["slots"]) == 3


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', b"\xff\xfe", "[" * 100_000, "NaN"])
def test_a_body_that_is_no_object_gets_400(parent, body):
    answer = parent.post(body)
    assert answer.status_code == (413 if len(body) > 65536 else 400)
    assert answer.json()["error"]["text"]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é"])
def test_without_a_good_token_nothing_is_booked(parent, free, token):
    answer = parent.post(parent.form(free[0].id), token=token)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "token_invalid"
    assert not Booking.objects.exists()


def test_the_token_of_an_erased_or_unknown_conversation_is_refused(parent, free):
    assert parent.post(parent.form(free[0].id), token=make_token("0" * 32)).status_code == 401
    parent.conversation.erase()
    assert parent.book(free[0].id).status_code == 401


def test_a_flood_from_one_address_is_held_back(parent, free, monkeypatch):
    monkeypatch.setattr(api, "_limit", RateLimit(1))
    parent.book("x")
    answer = parent.book(free[0].id)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_other_methods_are_refused_in_json(parent, free):
    assert parent.client.get("/api/bookings").json()["error"]["code"] == "method_not_allowed"
    assert parent.client.post("/api/slots").status_code == 405


def test_nothing_of_the_conversation_is_stored_with_the_booking(parent, free):
    parent.book(free[0].id)
    assert parent.conversation.id not in Booking.objects.get().session


def test_the_card_has_the_first_three_times_in_the_practice_s_zone(free):
    card = booking_card()
    assert (card["type"], card["mode"], card["time_zone"]) == ("booking", "slots", "America/New_York")
    assert [slot["id"] for slot in card["slots"]] == [slot.id for slot in free[:3]]
    assert card["slots"][0]["label"] == "Thu 11 March, 10:30 am"


def test_without_free_times_the_card_says_so(therapist, clock):
    therapist.hours.all().delete()
    card = booking_card()
    assert card["slots"] == []
    assert "no free time" in card["notice"]


def test_the_practice_s_own_scheduler_takes_the_place_of_times(parent, free, environment):
    environment(ATTUNE_BOOKING_URL="https://scheduler.example/practice")
    card = booking_card()
    assert (card["mode"], card["url"], card["slots"]) == ("link", "https://scheduler.example/practice", [])
    assert get_slots(tz="UTC").json()["slots"] == []
    assert parent.book(free[0].id).json()["error"]["code"] == "booking_off"


def test_booking_can_be_off(parent, free, environment):
    environment(ATTUNE_BOOKING_MODE="off")
    assert booking_card() == {}
    assert parent.book(free[0].id).status_code == 409
