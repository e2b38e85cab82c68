"""How this practice books, as booking needs it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from bot.web.content import get_content

if TYPE_CHECKING:
    from knowledge.practice import Mode, Practice

STARTS_LATER = (
    "How it starts, and where, the practice tells you before that time. If you have not heard by the day before, "
    "please ask."
)


@dataclass(frozen=True)
class Policy:
    """What booking needs to know of the practice. `zone` is the practice's own time zone."""

    mode: Mode
    url: str | None
    link_is_missing: bool
    practice: Practice
    zone: ZoneInfo

    @property
    def contact(self) -> str:
        """How to reach the practice otherwise, as the end of a sentence; empty when nothing is known."""
        ways = [way for way in (self.practice.phone, self.practice.email) if way]
        return f"You can also reach us at {' or '.join(ways)}." if ways else ""

    def how_it_starts(self, kind: str) -> str:
        """What a parent is told of the start of an appointment of `kind`: the practice's own words, where it has some."""
        return self.practice.booking.how_it_starts.get(kind) or STARTS_LATER


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def get_policy() -> Policy:
    """The policy as it stands now. Raises KnowledgeError if practice.yml could never be read."""
    practice = get_content().practice
    booking = practice.booking
    return Policy(booking.mode, booking.url, booking.link_is_missing, practice, ZoneInfo(practice.time_zone))


def zone_or(name: object, otherwise: ZoneInfo) -> ZoneInfo:
    """The zone called `name`, or `otherwise` when there is none of that name.

    Browsers report names such as Etc/Unknown; times in the practice's zone, said to be so, beat an error.
    """
    return ZoneInfo(name) if isinstance(name, str) and name in _zones() else otherwise
