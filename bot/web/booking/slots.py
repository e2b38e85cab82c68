"""Free times of all therapists, as parents are offered them; and what a slot's id stands for."""

from __future__ import annotations

import base64
import binascii
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.web.booking import wording
from bot.web.booking.availability import Period, free_slots
from bot.web.booking.models import Booking, BusyTime, Therapist
from bot.web.booking.policy import Policy, get_policy

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MOST_DAYS = 60
NEAR = timedelta(days=7)


class NotASlotError(ValueError):
    """An id that this server never gave out."""


class Slot(NamedTuple):
    """A free time, and what can be known of whom it is with. A tuple, since a calendar has thousands."""

    start: datetime
    end: datetime
    therapist: str
    therapist_id: int
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    specialities: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Opaque, and the same for the same therapist and time at any later moment."""
        return slot_id(self.therapist_id, self.start)

    def as_json(self, zone: ZoneInfo) -> dict[str, Any]:
        """The slot of the contract, its times in `zone`."""
        return {
            "id": self.id,
            **_said(self.start, self.end, zone),
            "therapist": self.therapist,
            "kinds": self.kinds,
            "languages": self.languages,
            "specialities": self.specialities,
        }


# The times of several therapists are the same moments, and the next request asks for nearly all of them again.
@lru_cache(maxsize=16384)
def _said(start: datetime, end: datetime, zone: ZoneInfo) -> dict[str, str]:
    return {
        "start": start.astimezone(zone).isoformat(),
        "end": end.astimezone(zone).isoformat(),
        "label": wording.short(start, zone),
    }


@lru_cache(maxsize=16384)
def slot_id(therapist: int, start: datetime) -> str:
    """The id of the slot of `therapist` at `start`."""
    return base64.urlsafe_b64encode(f"{therapist}.{int(start.timestamp())}".encode()).decode().rstrip("=")


def read_slot_id(text: str) -> tuple[int, datetime]:
    """The therapist's key and the start. Raises NotASlotError."""
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
        therapist, seconds = plain.split(".")
        start = datetime.fromtimestamp(int(seconds), timezone.utc)
        key = int(therapist)
    except (ValueError, binascii.Error, OverflowError, OSError):
        raise NotASlotError(text[:40]) from None
    if not 0 < key < 2**63 or slot_id(key, start) != text:
        raise NotASlotError(text[:40])
    return key, start


def open_slots(now: datetime, within: timedelta | None = None, policy: Policy | None = None) -> list[Slot]:
    """All times that can be booked at `now`, in order, up to `within` from now; none unless the practice books here."""
    policy = policy or get_policy()
    if policy.mode != "slots":
        return []
    busy: dict[int, list[Period]] = defaultdict(list)
    for key, start, end in Booking.objects.live().filter(end__gte=now).values_list("therapist_id", "start", "end"):
        busy[key].append(Period(start, end))
    away: dict[int, list[Period]] = defaultdict(list)
    for key, start, end in BusyTime.objects.filter(end__gte=now).values_list("therapist_id", "start", "end"):
        away[key].append(Period(start, end))
    found: list[Slot] = []
    for therapist in Therapist.objects.bookable():
        rules = therapist.rules(policy)
        kinds = tuple(therapist.offers(policy))
        if not kinds:
            continue
        key, label = therapist.pk, therapist.label(policy)
        known = (kinds, tuple(therapist.languages), tuple(therapist.specialities))
        # Who is away is away from all of their seats.
        taken = busy[key] + away[key] * rules.capacity
        found += [Slot(start, end, label, key, *known) for start, end in free_slots(rules, taken, now, within)]
    # By time; of one time, in the order of the therapists, since the sort is stable.
    return sorted(found, key=attrgetter("start"))


def next_slots(now: datetime, count: int = 3, policy: Policy | None = None) -> list[Slot]:
    """The first `count` free times, each at another moment where there are several therapists."""
    # Mostly they are near; the whole calendar is looked through where they are not.
    return _first(open_slots(now, NEAR, policy), count) or _first(open_slots(now, policy=policy), count, enough=False)


def _first(slots: list[Slot], count: int, enough: bool = True) -> list[Slot]:
    """The first `count` moments of `slots`; with `enough`, none unless there are so many."""
    first: dict[datetime, Slot] = {}
    for slot in slots:
        first.setdefault(slot.start, slot)
        if len(first) == count:
            return list(first.values())
    return [] if enough else list(first.values())
