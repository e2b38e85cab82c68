"""When who is on call is told."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.web.oncall.rule import Alarm, Why, owed

NIGHT = datetime(2027, 3, 10, 3, tzinfo=timezone.utc)


def alarm(tier: str, minute: float, position: int | None = None) -> Alarm:
    return Alarm(tier, NIGHT + timedelta(minutes=minute), int(minute) if position is None else position)


def why(untold: list[Alarm], last: Alarm | None) -> Why | None:
    found = owed(untold, last)
    return found.why if found else None


def test_without_an_alarm_nothing_is_owed() -> None:
    assert owed([], None) is None
    assert owed([], alarm("S", 0)) is None


def test_an_alert_of_a_clock_that_ran_ahead_silences_nothing_after_it_was_set_right() -> None:
    tomorrow = alarm("S", 24 * 60, position=0)
    assert why([alarm("S", 0, position=1)], tomorrow) is Why.AGAIN
    assert why([alarm("S", 24 * 60 - 1, position=1)], tomorrow) is None


@pytest.mark.parametrize("tier", "EPISV")
def test_the_first_alarm_is_told(tier: str) -> None:
    assert why([alarm(tier, 0)], None) is Why.FIRST


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("V", "S", Why.GRAVER),
        ("S", "I", Why.GRAVER),
        ("I", "E", Why.GRAVER),
        ("P", "I", Why.GRAVER),
        ("I", "P", None),
        ("S", "S", None),
        ("I", "S", None),
    ],
)
def test_soon_after_only_what_is_graver_is_told(before: str, now: str, expected: Why | None) -> None:
    assert why([alarm(now, 1)], alarm(before, 0)) is expected


@pytest.mark.parametrize(("minute", "expected"), [(14.9, None), (15, Why.AGAIN), (90, Why.AGAIN)])
def test_while_alarms_go_on_they_are_told_every_quarter_of_an_hour(minute: float, expected: Why | None) -> None:
    assert why([alarm("S", minute, 9)], alarm("S", 0)) is expected


def test_alarms_of_the_quiet_time_are_not_told_later_unless_another_comes() -> None:
    quiet = alarm("S", 5)
    assert why([quiet], alarm("S", 0)) is None
    assert why([quiet, alarm("S", 15)], alarm("S", 0)) is Why.AGAIN


def test_of_several_untold_alarms_the_gravest_is_told_and_all_count_as_heard() -> None:
    found = owed([alarm("V", 0), alarm("I", 1), alarm("I", 2), alarm("S", 3)], None)
    assert found is not None
    assert found.alarm == alarm("I", 2)
    assert found.heard == alarm("S", 3)


def test_who_comes_back_to_a_graver_tier_is_told_of_again() -> None:
    # Told: I, then S a quarter of an hour later.
    assert why([alarm("I", 18)], alarm("S", 16)) is Why.GRAVER


def test_after_what_was_heard_late_the_quiet_time_runs_from_the_last_alarm_that_was_told() -> None:
    last = alarm("S", 20)
    found = owed([alarm("I", 0)], last)
    assert found is not None
    assert (found.why, found.alarm, found.heard) == (Why.GRAVER, alarm("I", 0), last)


def test_an_earlier_alarm_is_no_alarm_that_goes_on() -> None:
    assert why([alarm("S", 0)], alarm("S", 20)) is None
