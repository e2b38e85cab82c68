"""How times and kinds are said, in pages, mails and answers."""

from __future__ import annotations

from datetime import timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

KIND_WORDS = {"video": "by video", "phone": "by phone", "in_person": "in person"}


def _clock(moment: datetime) -> str:
    """10:00 am; in an hour that comes twice, with the zone's short name: 1:30 am EST."""
    said = f"{moment.hour % 12 or 12}:{moment:%M} {'am' if moment.hour < 12 else 'pm'}"
    twice = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    return f"{said} {moment.tzname()}" if twice else said


def short(moment: datetime, zone: ZoneInfo) -> str:
    """A button's label: Tue 2 March, 10:00 am."""
    there = moment.astimezone(timezone.utc).astimezone(zone)
    return f"{there:%a} {there.day} {there:%B}, {_clock(there)}"


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """The time of day: 10:00 am."""
    return _clock(moment.astimezone(timezone.utc).astimezone(zone))


def day(moment: datetime, zone: ZoneInfo) -> str:
    """A heading: Tuesday 2 March 2027."""
    there = moment.astimezone(zone)
    return f"{there:%A} {there.day} {there:%B %Y}"


def place(zone: ZoneInfo) -> str:
    """Whose time it is: New York time, UTC."""
    city = zone.key.rpartition("/")[2].replace("_", " ")
    return city if city.isupper() else f"{city} time"


def full(moment: datetime, zone: ZoneInfo) -> str:
    """A sentence's worth: Tuesday 2 March 2027, 10:00 am (New York time)."""
    return f"{day(moment, zone)}, {clock(moment, zone)} ({place(zone)})"
