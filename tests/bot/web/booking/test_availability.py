"""Which times can be booked, above all on the days when the clocks change."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.web.booking.availability import Period, Rules, Span, clashes, free_slots, in_window, is_slot, slots_on

NEW_YORK = ZoneInfo("America/New_York")
LONDON = ZoneInfo("Europe/London")
KOLKATA = ZoneInfo("Asia/Kolkata")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # moves its clocks by half an hour
OFFICE = {weekday: [Span(time(9), time(17))] for weekday in range(5)}
NIGHT = {weekday: [Span(time(0), time(5))] for weekday in range(7)}


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)


def local(day: date, rules: Rules) -> list[str]:
    return [slot.start.astimezone(rules.zone).strftime("%H:%M") for slot in slots_on(day, rules)]


def test_a_day_is_cut_into_slots_with_a_buffer_between():
    rules = Rules(NEW_YORK, {0: [Span(time(9), time(10, 30))]})
    assert local(date(2027, 1, 4), rules) == ["09:00", "09:30", "10:00"]


def test_a_slot_that_would_end_after_closing_is_not_offered():
    rules = Rules(NEW_YORK, {0: [Span(time(9), time(9, 49))]})
    assert local(date(2027, 1, 4), rules) == ["09:00"]


def test_two_spans_of_a_day_leave_the_break_free():
    rules = Rules(NEW_YORK, {0: [Span(time(13), time(13, 30)), Span(time(9), time(9, 30))]})
    assert local(date(2027, 1, 4), rules) == ["09:00", "13:00"]


@pytest.mark.parametrize(
    ("zone", "day", "first"),
    [
        (NEW_YORK, date(2027, 3, 12), utc(2027, 3, 12, 14)),
        (NEW_YORK, date(2027, 3, 15), utc(2027, 3, 15, 13)),
        (NEW_YORK, date(2027, 11, 5), utc(2027, 11, 5, 13)),
        (NEW_YORK, date(2027, 11, 8), utc(2027, 11, 8, 14)),
        (LONDON, date(2027, 3, 26), utc(2027, 3, 26, 9)),
        (LONDON, date(2027, 3, 29), utc(2027, 3, 29, 8)),
        (LONDON, date(2027, 10, 29), utc(2027, 10, 29, 8)),
        (LONDON, date(2027, 11, 1), utc(2027, 11, 1, 9)),
        (KOLKATA, date(2027, 3, 15), utc(2027, 3, 15, 3, 30)),
    ],
)
def test_nine_o_clock_stays_nine_o_clock_across_the_change(zone, day, first):
    slot = slots_on(day, Rules(zone, OFFICE))[0]
    assert slot.start == first
    assert slot.start.astimezone(zone).time() == time(9)


@pytest.mark.parametrize(
    ("zone", "day", "missing"),
    [(NEW_YORK, date(2027, 3, 14), "02"), (LONDON, date(2027, 3, 28), "01")],
)
def test_the_skipped_hour_has_no_slots_and_the_day_is_an_hour_shorter(zone, day, missing):
    rules = Rules(zone, NIGHT)
    times = local(day, rules)
    assert not [one for one in times if one.startswith(missing)]
    assert len(times) == 8
    assert len(times) == len(set(times))


@pytest.mark.parametrize(
    ("zone", "day", "doubled"),
    [(NEW_YORK, date(2027, 11, 7), "01"), (LONDON, date(2027, 10, 31), "01")],
)
def test_the_doubled_hour_is_two_hours_with_slots_an_hour_apart(zone, day, doubled):
    rules = Rules(zone, NIGHT)
    twice = [slot for slot in slots_on(day, rules) if slot.start.astimezone(zone).strftime("%H") == doubled]
    assert len(twice) == 4
    assert twice[2].start - twice[0].start == timedelta(hours=1)
    assert [one.start.astimezone(zone).fold for one in twice] == [0, 0, 1, 1]
    assert len(local(day, rules)) == 12


def test_a_change_of_half_an_hour_costs_half_an_hour():
    assert len(local(date(2027, 10, 3), Rules(LORD_HOWE, NIGHT))) == 9


def test_hours_that_open_and_close_in_the_skipped_hour_give_nothing():
    rules = Rules(NEW_YORK, {6: [Span(time(2), time(2, 50))]})
    assert local(date(2027, 3, 14), rules) == []
    assert local(date(2027, 3, 21), rules) == ["02:00", "02:30"]


def test_closing_in_the_doubled_hour_means_the_first_time_round():
    rules = Rules(NEW_YORK, {6: [Span(time(0), time(1, 30))]})
    assert local(date(2027, 11, 7), rules) == ["00:00", "00:30", "01:00"]


def test_an_instant_that_naive_arithmetic_would_put_into_the_skipped_hour_is_no_slot():
    rules = Rules(NEW_YORK, {6: [Span(time(1), time(3))]})
    naive = datetime(2027, 3, 14, 2, 30, tzinfo=NEW_YORK).astimezone(timezone.utc)
    assert not is_slot(naive, rules)


def test_exceptions_close_a_day_or_give_it_other_hours():
    rules = Rules(LONDON, OFFICE, {date(2027, 1, 4): [], date(2027, 1, 9): [Span(time(10), time(10, 30))]})
    assert local(date(2027, 1, 4), rules) == []
    assert local(date(2027, 1, 9), rules) == ["10:00"]


def test_free_slots_keep_the_notice_and_the_horizon():
    rules = Rules(LONDON, OFFICE)
    now = utc(2027, 1, 4, 9, 1)
    free = free_slots(rules, [], now)
    assert free[0].start == utc(2027, 1, 5, 9, 30)
    assert free[-1].start <= now + timedelta(days=30)
    assert all(in_window(slot.start, rules, now) for slot in free)


def test_within_narrows_the_window_but_never_widens_it():
    rules = Rules(LONDON, OFFICE)
    now = utc(2027, 1, 4, 8)
    assert {slot.start.date() for slot in free_slots(rules, [], now, timedelta(days=2))} == {date(2027, 1, 5)}
    assert free_slots(rules, [], now, timedelta(days=300)) == free_slots(rules, [], now)


def test_a_booking_takes_its_slot_and_only_its_slot():
    rules = Rules(LONDON, OFFICE)
    now = utc(2027, 1, 4, 8)
    everything = free_slots(rules, [], now)
    assert free_slots(rules, [everything[3]], now) == everything[:3] + everything[4:]


def test_a_longer_booking_of_old_hours_blocks_every_slot_it_touches_with_its_buffer():
    rules = Rules(LONDON, OFFICE)
    busy = [Period(utc(2027, 1, 5, 9, 15), utc(2027, 1, 5, 10, 15))]
    free = free_slots(rules, busy, utc(2027, 1, 4, 8))
    assert free[0].start == utc(2027, 1, 5, 10, 30)
    assert not clashes(free[0], busy, rules.buffer)


def test_a_length_of_zero_is_refused_instead_of_looping_for_ever():
    with pytest.raises(ValueError, match="length above zero"):
        Rules(LONDON, OFFICE, length=timedelta(0))


ZONES = st.sampled_from(["America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"])


@settings(max_examples=150, deadline=None)
@given(
    zone=ZONES,
    now=st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)),
    length=st.integers(5, 90),
    buffer=st.integers(0, 30),
    busy=st.lists(st.tuples(st.integers(0, 30 * 24 * 60), st.integers(5, 200)), max_size=8),
)
def test_free_slots_never_clash_and_always_stand_on_the_grid(zone, now, length, buffer, busy):
    now = now.replace(second=0, microsecond=0, tzinfo=timezone.utc)
    rules = Rules(ZoneInfo(zone), NIGHT, length=timedelta(minutes=length), buffer=timedelta(minutes=buffer))
    taken = [
        Period(now + timedelta(minutes=start), now + timedelta(minutes=start + minutes)) for start, minutes in busy
    ]
    free = free_slots(rules, taken, now)
    assert free == sorted(set(free))
    for slot in free:
        assert is_slot(slot.start, rules)
        assert not clashes(slot, taken, rules.buffer)
        assert datetime.min.time() <= slot.start.astimezone(rules.zone).time() < time(5)
