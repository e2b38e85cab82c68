"""Which conversations staff see, in which order: crises that nobody has reviewed first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from bot.web.chat.models import Conversation, Turn
from bot.web.chat.tiers import ALARM, TIERS
from bot.web.review.unopened import unopened

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

STATES = {
    "unopened": "crisis not opened",
    "open": "not reviewed",
    "reviewed": "reviewed",
    "flagged": "flagged",
    "failed": "answered without Rasa",
}
MOST_SEARCHED = 100


@dataclass(frozen=True)
class Filters:
    """What the inbox is narrowed to; empty fields narrow nothing."""

    tier: str = ""
    intent: str = ""
    text: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Filters:
        """The filters of an address; what cannot be read narrows nothing."""
        tier, state = query.get("tier", ""), query.get("state", "")
        return cls(
            tier=tier if tier in (*TIERS, "any") else "",
            intent=query.get("intent", "").strip()[:100].replace("\x00", ""),
            text=query.get("text", "").strip()[:MOST_SEARCHED].replace("\x00", ""),
            state=state if state in STATES else "",
            since=_date(query.get("since", "")),
            until=_date(query.get("until", "")),
        )

    @property
    def query(self) -> str:
        """The filters as the query of an address; empty when there are none."""
        return urlencode({name: str(value) for name, value in vars(self).items() if value})

    def narrow(self, conversations: QuerySet[Conversation]) -> QuerySet[Conversation]:
        """Those of `conversations` that fit."""
        turns = Turn.objects.filter(conversation=OuterRef("pk"))
        if self.tier == "any":
            conversations = conversations.filter(crisis=True)
        elif self.tier:
            conversations = conversations.filter(Exists(turns.filter(tier=self.tier)))
        if self.intent:
            conversations = conversations.filter(Exists(turns.filter(intent=self.intent)))
        if self.text:
            conversations = conversations.filter(Exists(turns.filter(text__icontains=self.text)))
        if self.since:
            conversations = conversations.filter(updated__gte=_midnight(self.since))
        if self.until:
            conversations = conversations.filter(updated__lt=_midnight(self.until + timedelta(days=1)))
        wanted = {
            "unopened": unopened(),
            "open": Q(review__reviewed_at__isnull=True),
            "reviewed": Q(review__reviewed_at__isnull=False),
            "flagged": Q(review__flagged=True),
            "failed": Q(failed=True),
        }.get(self.state)
        return conversations.filter(wanted) if wanted else conversations


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _midnight(day: date) -> datetime:
    """The begin of `day` where the practice is (see access)."""
    return datetime.combine(day, time(), timezone.get_current_timezone())


def readable() -> QuerySet[Conversation]:
    """Conversations in which something was said and that nobody erased."""
    return Conversation.objects.kept().filter(Exists(Turn.objects.filter(conversation=OuterRef("pk"))))


def ordered(filters: Filters) -> QuerySet[Conversation]:
    """The conversations of `filters`: open crises, then flagged, then open, then the rest; each newest first."""
    rank = Case(
        When(crisis=True, review__reviewed_at__isnull=True, then=Value(0)),
        When(review__flagged=True, then=Value(1)),
        When(review__reviewed_at__isnull=True, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    narrowed = filters.narrow(readable()).annotate(rank=rank)
    return narrowed.order_by("rank", "-updated", "-pk")


def rows(filters: Filters) -> QuerySet[Conversation]:
    """`ordered` with what a row shows: the words that matter most, their intent, and how many turns."""
    turns = Turn.objects.filter(conversation=OuterRef("pk")).order_by("position")
    written = turns.filter(kind=Turn.Kind.TEXT)
    counted = turns.order_by().values("conversation").annotate(n=Count("pk")).values("n")

    def telling(field: str) -> Coalesce:
        """Of the first alarming turn; else of the first that was written; else of the first."""
        choices = (written.filter(tier__in=ALARM), written, turns)
        return Coalesce(*(Subquery(some.values(field)[:1]) for some in choices))

    return (
        ordered(filters)
        .select_related("review", "review__reviewed_by")
        .annotate(
            words=telling("text"),
            intent=telling("intent"),
            turn_count=Coalesce(Subquery(counted, output_field=IntegerField()), Value(0)),
        )
    )


def counts() -> dict[str, int]:
    """How many conversations there are, are open, and are open crises."""
    is_open = Q(review__reviewed_at__isnull=True)
    found: dict[str, Any] = readable().aggregate(
        total=Count("pk"),
        open=Count("pk", filter=is_open),
        crises=Count("pk", filter=is_open & Q(crisis=True)),
        flagged=Count("pk", filter=Q(review__flagged=True)),
    )
    return found


def neighbours(conversation: Conversation, filters: Filters) -> tuple[str | None, str | None]:
    """The ids before and after `conversation` in the inbox of `filters`."""
    here = ordered(Filters()).filter(pk=conversation.pk).first()
    if here is None:
        return None, None
    rank, updated, pk = here.rank, here.updated, here.pk  # type: ignore[attr-defined]  # annotated
    after = Q(rank__gt=rank) | Q(rank=rank, updated__lt=updated) | Q(rank=rank, updated=updated, pk__lt=pk)
    before = Q(rank__lt=rank) | Q(rank=rank, updated__gt=updated) | Q(rank=rank, updated=updated, pk__gt=pk)
    everything = ordered(filters)
    previous = everything.filter(before).order_by(F("rank").desc(), "updated", "pk")
    return (
        previous.values_list("pk", flat=True).first(),
        everything.filter(after).values_list("pk", flat=True).first(),
    )
