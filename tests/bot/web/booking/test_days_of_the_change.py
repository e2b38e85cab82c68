"""Free times over HTTP on the days on which the clocks change in 2027, and what is refused on them."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.web.booking.models import Booking, WeeklyHours
from bot.web.booking.slots import slot_id

pytestmark = pytest.mark.django_db

CHANGES = [
    # zone, the change, the hour that is skipped or doubled, hours of the night from midnight to five
    ("America/New_York", datetime(2027, 3, 14, 7, tzinfo=timezone.utc), 2, 4),
    ("America/New_York", datetime(2027, 11, 7, 6, tzinfo=timezone.utc), 1, 6),
    ("Europe/London", datetime(2027, 3, 28, 1, tzinfo=timezone.utc), 1, 4),
    ("Europe/London", datetime(2027, 10, 31, 1, tzinfo=timezone.utc), 1, 6),
]


@pytest.fixture
def night(therapist, clock):
    """A therapist who works at night, from midnight to five, and a clock two days before the change."""

    def open_at(zone: str, change: datetime) -> None:
        therapist.time_zone = zone
        therapist.save()
        WeeklyHours.objects.update(opens=time(0), closes=time(5))
        clock.time = change - timedelta(days=2)

    return open_at


def times(client, zone: str, day) -> list[datetime]:
    body = client.get("/api/slots", {"tz": zone, "days": "5"}).json()
    found = [datetime.fromisoformat(slot["start"]) for slot in body["slots"]]
    return [one for one in found if one.date() == day]


@pytest.mark.parametrize(("zone", "change", "hour", "hours"), CHANGES)
def test_the_night_of_the_change_has_as_many_slots_as_it_has_hours(client, night, zone, change, hour, hours):
    night(zone, change)
    day = change.astimezone(ZoneInfo(zone)).date()
    starts = times(client, zone, day)
    assert len(starts) == hours * 2
    in_the_hour = [one for one in starts if one.hour == hour]
    assert len(in_the_hour) == (0 if hours == 4 else 4)
    assert len({one.timestamp() for one in starts}) == len(starts)
    moments = [one.astimezone(timezone.utc) for one in starts]
    assert {after - before for before, after in pairwise(moments)} == {timedelta(minutes=30)}


@pytest.mark.parametrize(("zone", "change", "hour", "hours"), CHANGES)
def test_a_zone_with_half_hours_sees_the_same_moments(client, night, zone, change, hour, hours):
    night(zone, change)
    day = change.astimezone(ZoneInfo(zone)).date()
    there = times(client, zone, day)
    body = client.get("/api/slots", {"tz": "Asia/Kolkata", "days": "5"}).json()
    kolkata = [datetime.fromisoformat(slot["start"]) for slot in body["slots"]]
    assert {one.utcoffset() for one in kolkata} == {timedelta(hours=5, minutes=30)}
    assert {one.timestamp() for one in there} <= {one.timestamp() for one in kolkata}


@pytest.mark.parametrize(("zone", "change", "hour", "hours"), [one for one in CHANGES if one[3] == 6])
def test_both_halves_of_the_doubled_hour_can_be_booked_and_are_told_apart(
    parent, night, client, zone, change, hour, hours
):
    night(zone, change)
    body = client.get("/api/slots", {"tz": zone, "days": "5"}).json()
    day = change.astimezone(ZoneInfo(zone)).date().isoformat()
    twice = [slot for slot in body["slots"] if slot["start"].startswith(f"{day}T0{hour}:30")]
    assert len(twice) == 2
    answers = [parent.book(slot["id"], time_zone=zone).json()["booking"] for slot in twice]
    assert len({answer["label"] for answer in answers}) == 2
    first, second = Booking.objects.order_by("start")
    assert second.start - first.start == timedelta(hours=1)


@pytest.mark.parametrize(("zone", "change", "hour", "hours"), [one for one in CHANGES if one[3] == 4])
def test_a_time_that_the_clock_jumps_over_cannot_be_booked(parent, night, therapist, zone, change, hour, hours):
    """What a program gets that reckons with the wall clock: 2:15 with the offset before the change."""
    night(zone, change)
    skipped = datetime.combine(change.astimezone(ZoneInfo(zone)).date(), time(hour, 15), ZoneInfo(zone))
    answer = parent.book(slot_id(therapist.pk, skipped.astimezone(timezone.utc)))
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == ["slot"]
    assert not Booking.objects.exists()
