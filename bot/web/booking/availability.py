"""Which times can be booked: opening hours in, free slots in UTC out. Plain typed code, no database, no clock.

Hours are wall-clock times of the therapist's zone; all stepping is done in UTC. So a day on which the clocks
change is shorter or longer by itself, no slot ever begins in an hour that is skipped, and the hour that comes
twice is two different hours.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

UTC = timezone.utc


class Span(NamedTuple):
    """Wall-clock hours of one day, `opens` before `closes`."""

    opens: time
    closes: time


class Period(NamedTuple):
    """A stretch of time in UTC; `end` is not part of it."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Rules:
    """When one therapist can be booked.

    `week` maps a weekday (Monday is 0) to its hours; `exceptions` replaces the hours of single days, an empty
    tuple closing the day. `buffer` is kept free after and before each appointment; `notice` is the least time
    between booking and appointment; `horizon` is how far ahead the calendar is open; `capacity` is how many
    appointments may be at one time.
    """

    zone: ZoneInfo
    week: Mapping[int, Sequence[Span]]
    exceptions: Mapping[date, Sequence[Span]] = field(default_factory=dict)
    length: timedelta = timedelta(minutes=20)
    buffer: timedelta = timedelta(minutes=10)
    notice: timedelta = timedelta(hours=24)
    horizon: timedelta = timedelta(days=30)
    capacity: int = 1

    def __post_init__(self) -> None:
        if self.length <= timedelta(0) or self.buffer < timedelta(0):
            raise ValueError("A slot needs a length above zero and a buffer of zero or more.")
        if self.capacity < 1:
            raise ValueError("A slot needs room for one appointment or more.")


@lru_cache(maxsize=4096)
def _steady_offset(day: date, zone: ZoneInfo) -> timedelta | None:
    """How far `zone` is from UTC on `day`; None on a day on which that changes.

    Reckoning with it takes a tenth of the time, on all days of a year but two.
    """
    at_first, at_last = (datetime.combine(one, time(), zone).utcoffset() for one in (day, day + timedelta(days=1)))
    return at_first if at_first == at_last else None


def _opening(day: date, span: Span, zone: ZoneInfo) -> Period:
    """The hours of `span` on `day`, in UTC.

    An opening in a skipped hour counts from the offset before the change, as in RFC 5545; a closing in a skipped
    or doubled hour is taken at its earlier reading, so that nobody is booked beyond the hours they gave.
    """
    offset = _steady_offset(day, zone)
    if offset is not None:
        return Period(*(datetime.combine(day, one, UTC) - offset for one in span))
    opens = datetime.combine(day, span.opens, zone).astimezone(UTC)
    closes = min(datetime.combine(day, span.closes.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    return Period(opens, closes)


def slots_on(day: date, rules: Rules) -> Sequence[Period]:
    """All slots of the local day `day`, taken or not, in order."""
    spans = rules.exceptions.get(day)
    if spans is None:
        spans = rules.week.get(day.weekday(), ())
    return _slots_of(day, tuple(sorted(spans)), rules.zone, rules.length, rules.length + rules.buffer)


@lru_cache(maxsize=4096)  # the same days are asked for all day long, and colleagues keep the same hours
def _slots_of(
    day: date, spans: tuple[Span, ...], zone: ZoneInfo, length: timedelta, step: timedelta
) -> tuple[Period, ...]:
    found: list[Period] = []
    for span in spans:
        start, closing = _opening(day, span, zone)
        while (end := start + length) <= closing:
            found.append(Period(start, end))
            start += step
    return tuple(found)


def is_slot(start: datetime, rules: Rules) -> bool:
    """Whether the hours have a slot that begins at `start`, whether or not it is still free."""
    day = start.astimezone(rules.zone).date()
    return any(slot.start == start for slot in slots_on(day, rules))


def in_window(start: datetime, rules: Rules, now: datetime) -> bool:
    """Whether `start` is neither too soon (`notice`) nor too far ahead (`horizon`)."""
    return now + rules.notice <= start <= now + rules.horizon


def clashes(slot: Period, busy: Iterable[Period], buffer: timedelta, capacity: int = 1) -> bool:
    """Whether `capacity` or more of `busy` overlap `slot`, or come closer to it than `buffer`."""
    from_, until = slot.start - buffer, slot.end + buffer
    return sum(end > from_ and start < until for start, end in busy) >= capacity


def free_slots(rules: Rules, busy: Iterable[Period], now: datetime, within: timedelta | None = None) -> list[Period]:
    """The slots that can be booked at `now`, in order, up to `within` (or the horizon) from now.

    A period that closes a slot whatever the capacity stands `rules.capacity` times in `busy`.
    """
    first, last = now + rules.notice, now + min(within or rules.horizon, rules.horizon)
    day, last_day = first.astimezone(rules.zone).date(), last.astimezone(rules.zone).date()
    taken = sorted(busy)
    longest = max((period.end - period.start for period in taken), default=timedelta(0))
    starts = [period.start for period in taken]
    free: list[Period] = []
    buffer = rules.buffer
    # Only appointments that begin near the slot can touch it.
    before = longest + buffer
    while day <= last_day:
        for slot in slots_on(day, rules):
            start, end = slot
            if not first <= start <= last:
                continue
            low = bisect_left(starts, start - before)
            high = bisect_left(starts, end + buffer, low)
            if low == high or not clashes(slot, taken[low:high], buffer, rules.capacity):
                free.append(slot)
        day += timedelta(days=1)
    return free
