"""Which conversations staff see, in which order: crises that nobody has reviewed first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from bot.safety.tiers import ALARM, TIER_NAMES, gravest
from bot.web.chat.models import Conversation, Turn
from bot.web.review.masking import masked
from bot.web.review.models import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from bot.web.review.filters import Filters

# Each key with whether it falls; the last one tells conversations of the same moment apart.
KEYS = {
    "": (("rank", False), ("updated", True), ("pk", True)),
    "newest": (("updated", True), ("pk", True)),
    "uncertain": (("certainty", False), ("pk", True)),
}
PAGE = 50  # conversations
MANY = 1_000  # of which nobody needs to know how many exactly
COUNTED_FOR = 30  # seconds
MOST_VALUES = 60  # of a column that are offered as a filter
ANY = "0" * 32  # the place of an id in an address
READ = 300  # characters of a turn that are masked for its row, so that a name is not cut
SHOWN = 140  # of them that the row shows


@dataclass(frozen=True)
class Row:
    """A conversation as the inbox lists it: `words`, masked, and `intent` of the turn that tells most.

    Addresses and times are ready to be printed: tags and filters of templates for fifty rows took half of the page.
    """

    summary: Summary
    url: str
    review_url: str
    updated: datetime
    words: str
    intent: str
    tier: str
    tier_name: str
    reviewer: str = ""
    assigned: str = ""

    @property
    def day(self) -> str:
        """When it was last written in, where the practice is: Tue 2 Mar."""
        return f"{self.updated:%a} {self.updated.day} {self.updated:%b}"

    @property
    def clock(self) -> str:
        """The time of that: 14:05."""
        return f"{self.updated:%H:%M}"

    @property
    def iso(self) -> str:
        """Both, for machines."""
        return self.updated.isoformat()

    @property
    def tags(self) -> list[str]:
        """The tags that staff put on it."""
        return self.summary.tags.split()


def ordered(filters: Filters) -> QuerySet[Summary]:
    """The conversations of `filters`: open crises, then flagged, then open, then the rest; each newest first.

    "Least certain first" is a queue of what is not reviewed, and has only conversations in which something was typed.
    """
    found = filters.narrow(Summary.objects.all())
    if filters.order == "uncertain":
        found = found.filter(certainty__isnull=False)
        found = found if filters.state == "reviewed" else found.filter(reviewed=False)
    return found.order_by(*(f"-{name}" if falls else name for name, falls in KEYS[filters.order]))


class Pages(Paginator):  # type: ignore[type-arg]  # Django has no subscript for it at run time
    """The pages of `ordered(filters)`. A count of many is remembered for a while: to count them takes as long as to
    find them, and whether 20,600 or 20,602 fit decides nothing. Counts that a person can work off are always fresh.
    """

    def __init__(self, filters: Filters) -> None:
        super().__init__(ordered(filters), PAGE)
        self._key = f"review.count.{hashlib.sha256(filters.query.encode()).hexdigest()}"

    @cached_property
    def count(self) -> int:
        """How many conversations fit."""
        known = cache.get(self._key)
        if known is not None:
            return int(known)
        found = int(super().count)
        if found >= MANY:
            cache.set(self._key, found, COUNTED_FOR)
        return found


def rows(page: Iterable[Summary], names: Mapping[int, str]) -> list[Row]:
    """The rows of one page: of each, the first alarming turn; else the first that was written; else the first.

    `names` are those of staff, by id.
    """
    summaries = list(page)
    telling: dict[str, tuple[int, str, str]] = {}
    turns = Turn.objects.filter(conversation__in=[one.conversation_id for one in summaries])
    fields = ("conversation_id", "kind", "tier", "text", "intent")
    for conversation, kind, tier, text, intent in turns.order_by("conversation", "position").values_list(*fields):
        weight = 2 if tier in ALARM and kind == Turn.Kind.TEXT else int(kind == Turn.Kind.TEXT)
        if conversation not in telling or weight > telling[conversation][0]:
            telling[conversation] = (weight, text, intent)
    paths = [reverse(f"review:{name}", args=[ANY]) for name in ("transcript", "review")]
    zone = timezone.get_current_timezone()
    return [
        _row(one, *telling.get(one.conversation_id, (0, "", ""))[1:], names, paths, one.updated.astimezone(zone))
        for one in summaries
    ]


def _row(
    summary: Summary, words: str, intent: str, names: Mapping[int, str], paths: Sequence[str], updated: datetime
) -> Row:
    tier = gravest(*summary.tiers.split()) or ""
    reviewer, assigned = (names.get(pk or 0, "") for pk in (summary.reviewed_by_id, summary.assigned_to_id))
    url, review_url = (path.replace(ANY, summary.conversation_id) for path in paths)
    shown = masked(words[:READ])
    shown = shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 1].rstrip()}…"
    return Row(summary, url, review_url, updated, shown, intent, tier, TIER_NAMES.get(tier, ""), reviewer, assigned)


def counts() -> dict[str, int]:
    """How many conversations there are, are open, are open crises, and are flagged."""
    found: dict[str, Any] = Summary.objects.aggregate(
        total=Count("pk"),
        open=Count("pk", filter=Q(reviewed=False)),
        crises=Count("pk", filter=Q(rank=Summary.OPEN_CRISIS)),
        flagged=Count("pk", filter=Q(flagged=True)),
    )
    return found


def values(column: str) -> list[str]:
    """What stands in `column` (region, language, model), in order; the first MOST_VALUES.

    Asked for one after another, which reads a few entries of the column's index in place of all.
    """
    found: list[str] = []
    while len(found) < MOST_VALUES:
        beyond = Summary.objects.filter(**{f"{column}__gt": found[-1] if found else ""})
        value = beyond.order_by(column).values_list(column, flat=True).first()
        if value is None:
            break
        found.append(value)
    return found


def neighbours(conversation: Conversation, filters: Filters) -> tuple[str | None, str | None]:
    """The ids before and after `conversation` in the inbox of `filters`."""
    here = Summary.objects.filter(conversation=conversation).first()
    if here is None:
        return None, None
    keys = KEYS[filters.order]
    if any(getattr(here, name) is None for name, _ in keys):
        return None, None
    everything = ordered(filters)
    backwards = [F(name).asc() if falls else F(name).desc() for name, falls in keys]
    return (
        _nearest(everything.order_by(*backwards), _beyond(here, keys, after=False)),
        _nearest(everything, _beyond(here, keys, after=True)),
    )


def _nearest(found: QuerySet[Summary], stretches: Iterable[Q]) -> str | None:
    """The first conversation of `found` in the first of `stretches` that has one."""
    for stretch in stretches:
        if (near := found.filter(stretch).values_list("conversation_id", flat=True).first()) is not None:
            return near
    return None


def _beyond(here: Summary, keys: tuple[tuple[str, bool], ...], *, after: bool) -> Iterator[Q]:
    """What comes after `here` in the order of `keys`, or before it: stretch by stretch, the nearest first.

    One condition for all of them would be an OR, for which no database uses the index of the order.
    """
    for depth in reversed(range(len(keys))):
        same = {name: getattr(here, name) for name, _ in keys[:depth]}
        name, falls = keys[depth]
        comparison = "lt" if falls == after else "gt"
        yield Q(**same, **{f"{name}__{comparison}": getattr(here, name)})
