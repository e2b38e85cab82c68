"""What the inbox can be narrowed to, read from an address and written back into one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone

from bot.safety.tiers import TIERS
from bot.web.chat.models import Conversation
from bot.web.review import words
from bot.web.review.models import Summary
from bot.web.review.unopened import unopened

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

STATES = {
    "unopened": "crisis not opened",
    "open": "not reviewed",
    "reviewed": "reviewed",
    "flagged": "flagged",
    "second": "needs a second reviewer",
    "disputed": "reviewers differ",
    "failed": "answered without Rasa",
}
SIGNS = {
    "fallback": "not understood",
    "not_helpful": "not helpful",
    "exercise": "exercise begun",
    "finished": "exercise finished",
    "booking": "free times shown",
    "demo": "demo",
}
ORDERS = {"": "what is urgent first", "newest": "newest first", "uncertain": "least certain first"}
MOST_SEARCHED = 100  # characters
_PACKED = {"label": "labels", "intent": "intents", "tag": "tags"}
_SAME = {"region": "region", "language": "language", "model": "model"}


@dataclass(frozen=True)
class Filters:
    """What the inbox is narrowed to and how it is ordered; empty fields narrow nothing."""

    tier: str = ""
    label: str = ""
    intent: str = ""
    text: str = ""
    state: str = ""
    sign: str = ""
    below: int | None = None  # percent
    since: date | None = None
    until: date | None = None
    hour_from: int | None = None
    hour_to: int | None = None
    least_turns: int | None = None
    most_turns: int | None = None
    region: str = ""
    language: str = ""
    model: str = ""
    tag: str = ""
    reviewer: int | None = None
    assigned: int | None = None
    order: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Filters:
        """The filters of an address; what cannot be read narrows nothing."""

        def text(name: str, most: int = 100) -> str:
            return query.get(name, "").strip()[:most].replace("\x00", "")

        def one_of(name: str, known: object) -> str:
            value = query.get(name, "")
            return value if value in known else ""  # type: ignore[operator]  # a dict or a tuple

        return cls(
            tier=one_of("tier", (*TIERS, "any")),
            label=text("label"),
            intent=text("intent"),
            text=text("text", MOST_SEARCHED),
            state=one_of("state", STATES),
            sign=one_of("sign", SIGNS),
            below=_number(query.get("below", ""), 1, 100),
            since=_date(query.get("since", "")),
            until=_date(query.get("until", "")),
            hour_from=_number(query.get("hour_from", ""), 0, 23),
            hour_to=_number(query.get("hour_to", ""), 0, 23),
            least_turns=_number(query.get("least_turns", ""), 1, 10_000),
            most_turns=_number(query.get("most_turns", ""), 1, 10_000),
            region=text("region", 2).upper(),
            language=text("language", 12),
            model=text("model"),
            tag=text("tag", 40),
            reviewer=_number(query.get("reviewer", ""), 1, 2**31),
            assigned=_number(query.get("assigned", ""), 1, 2**31),
            order=one_of("order", ORDERS),
        )

    @property
    def query(self) -> str:
        """The filters as the query of an address; empty when there are none."""
        return urlencode({name: str(value) for name, value in vars(self).items() if value or value == 0})

    @property
    def unusual(self) -> bool:
        """Whether something is set that stands below "More filters"."""
        usual = replace(self, tier="", intent="", text="", state="", since=None, until=None, order="")
        return usual != Filters()

    def narrow(self, summaries: QuerySet[Summary]) -> QuerySet[Summary]:
        """Those of `summaries` that fit."""
        wanted = self._marks() & self._numbers() & self._times()
        for name, column in _PACKED.items():
            if value := getattr(self, name):
                wanted &= Q(**{f"{column}__contains": f" {value} "})
        for name, column in _SAME.items():
            if value := getattr(self, name):
                wanted &= Q(**{column: value})
        if self.text:
            documents = words.found(self.text)
            if documents is None:
                return summaries.none()
            wanted &= Q(pk__in=documents)
        return summaries.filter(wanted)

    def _marks(self) -> Q:
        wanted = Q()
        if self.tier == "any":
            wanted &= Q(crisis=True)
        elif self.tier:
            wanted &= Q(tiers__contains=f" {self.tier} ")
        if self.state == "unopened":
            wanted &= Q(conversation__in=Conversation.objects.kept().filter(unopened()))
        states = {
            "open": Q(reviewed=False),
            "reviewed": Q(reviewed=True),
            "flagged": Q(flagged=True),
            "second": Q(waits_for=Summary.SECOND),
            "disputed": Q(waits_for=Summary.THIRD),
            "failed": Q(failed=True),
        }
        signs = {
            "fallback": Q(fallbacks__gt=0),
            "not_helpful": Q(not_helpful__gt=0),
            "exercise": Q(exercises_started__gt=0),
            "finished": Q(exercises_finished__gt=0),
            "booking": Q(booking=True),
            "demo": Q(demo=True),
        }
        return wanted & states.get(self.state, Q()) & signs.get(self.sign, Q())

    def _numbers(self) -> Q:
        wanted = Q()
        if self.below is not None:
            wanted &= Q(certainty__lt=self.below / 100)
        if self.least_turns:
            wanted &= Q(turns__gte=self.least_turns)
        if self.most_turns:
            wanted &= Q(turns__lte=self.most_turns)
        if self.reviewer:
            wanted &= Q(reviewed_by=self.reviewer)
        if self.assigned:
            wanted &= Q(assigned_to=self.assigned)
        return wanted

    def _times(self) -> Q:
        wanted = Q()
        if self.since:
            wanted &= Q(updated__gte=_midnight(self.since))
        if self.until:
            wanted &= Q(updated__lt=_midnight(self.until + timedelta(days=1)))
        first, last = self.hour_from, self.hour_to
        if first is not None and last is not None and first > last:
            return wanted & (Q(hour__gte=first) | Q(hour__lte=last))  # over midnight
        if first is not None:
            wanted &= Q(hour__gte=first)
        if last is not None:
            wanted &= Q(hour__lte=last)
        return wanted


def _number(text: str, least: int, most: int) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) < 11):
        return None
    return int(text) if least <= int(text) <= most else None


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _midnight(day: date) -> datetime:
    """The begin of `day` where the practice is (see access)."""
    return datetime.combine(day, time(), timezone.get_current_timezone())
