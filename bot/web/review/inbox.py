"""Which conversations staff see, in which order: crises that nobody has reviewed first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q

from bot.web.chat.models import Conversation, Turn
from bot.web.chat.tiers import ALARM, TIER_NAMES, gravest
from bot.web.review.masking import masked
from bot.web.review.models import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from bot.web.review.filters import Filters

# Each key with whether it falls; the last one tells conversations of the same moment apart.
KEYS = {
    "": (("rank", False), ("updated", True), ("pk", True)),
    "newest": (("updated", True), ("pk", True)),
    "uncertain": (("certainty", False), ("pk", True)),
}
MOST_VALUES = 60  # of a column that are offered as a filter
SHOWN = 300  # characters of a row's words, of which the page shows the first


@dataclass(frozen=True)
class Row:
    """A conversation as the inbox lists it: `words`, masked, and `intent` of the turn that tells most."""

    summary: Summary
    words: str
    intent: str
    tier: str
    tier_name: str
    reviewer: str = ""
    assigned: str = ""

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
    return [_row(one, *telling.get(one.conversation_id, (0, "", ""))[1:], names) for one in summaries]


def _row(summary: Summary, words: str, intent: str, names: Mapping[int, str]) -> Row:
    tier = gravest(*summary.tiers.split()) or ""
    reviewer, assigned = (names.get(pk or 0, "") for pk in (summary.reviewed_by_id, summary.assigned_to_id))
    return Row(summary, masked(words)[:SHOWN], intent, tier, TIER_NAMES.get(tier, ""), reviewer, assigned)


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
        everything.filter(_beyond(here, keys, after=False))
        .order_by(*backwards)
        .values_list("conversation_id", flat=True)
        .first(),
        everything.filter(_beyond(here, keys, after=True)).values_list("conversation_id", flat=True).first(),
    )


def _beyond(here: Summary, keys: tuple[tuple[str, bool], ...], *, after: bool) -> Q:
    """What comes after `here` in the order of `keys`, or before it."""
    wanted, same = Q(pk__in=[]), Q()
    for name, falls in keys:
        comparison = "lt" if falls == after else "gt"
        wanted |= same & Q(**{f"{name}__{comparison}": getattr(here, name)})
        same &= Q(**{name: getattr(here, name)})
    return wanted
