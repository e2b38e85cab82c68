"""Which bookings the list, the export and the calendar show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils import timezone

from bot.web.booking import wording
from bot.web.booking.models import Booking
from bot.web.booking.policy import get_policy

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

SHOWN_BACK = timedelta(days=7)
STATES = {**dict(Booking.STATUSES), "open": "over, not marked"}
CONTACTS = dict(Booking.CONTACTS)


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty fields narrow nothing, except that the past beyond a week is left out."""

    state: str = ""
    therapist: int = 0
    kind: str = ""
    contact: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Filters:
        """The filters of an address; what cannot be read narrows nothing."""
        state, kind, contact = query.get("state", ""), query.get("kind", ""), query.get("contact", "")
        return cls(
            state=state if state in STATES else "",
            therapist=read_key(query.get("therapist", "")),
            kind=kind if kind in wording.KIND_WORDS else "",
            contact=contact if contact in CONTACTS else "",
            since=read_day(query.get("since", "")),
            until=read_day(query.get("until", "")),
        )

    @property
    def query(self) -> str:
        """The filters as the query of an address; empty when there are none."""
        return urlencode({name: str(value) for name, value in vars(self).items() if value})

    def bookings(self, now: datetime) -> QuerySet[Booking]:
        """The bookings that fit, by time, with their therapists."""
        found = Booking.objects.select_related("therapist").order_by("start", "pk")
        if self.state == "open":
            found = found.filter(status=Booking.BOOKED, end__lte=now)
        elif self.state:
            found = found.filter(status=self.state)
        for name in ("therapist", "kind", "contact"):
            if value := getattr(self, name):
                found = found.filter(**{name: value})
        if self.since:
            found = found.filter(start__gte=midnight(self.since))
        elif not self.until:
            found = found.filter(end__gt=now - SHOWN_BACK)
        return found.filter(start__lt=midnight(self.until + timedelta(days=1))) if self.until else found


def read_key(text: str) -> int:
    """A row's key from an address; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def read_day(text: str) -> date | None:
    """A day of this century; None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def midnight(day: date) -> datetime:
    """The begin of `day` where the practice is (see access)."""
    return datetime.combine(day, time(), timezone.get_current_timezone())


def row(booking: Booking, now: datetime) -> dict[str, Any]:
    """A booking as a page shows it, in the practice's zone."""
    policy = get_policy()
    return {
        "booking": booking,
        "day": wording.day(booking.start, policy.zone),
        "clock": wording.clock(booking.start, policy.zone),
        "ends": wording.clock(booking.end, policy.zone),
        "how": wording.KIND_WORDS[booking.kind],
        "therapist": booking.therapist.label(policy),
        "there": "" if booking.zone.key == policy.zone.key else wording.short(booking.start, booking.zone),
        "place": wording.place(booking.zone),
        "over": booking.end <= now,
        "begun": booking.start <= now,
        "standing": "over" if booking.is_live and booking.end <= now else booking.get_status_display(),
    }
