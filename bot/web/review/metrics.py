"""The figures of the practice, added up by day, week or month. Every figure is a table first; a chart draws it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek
from django.utils import timezone

from bot.safety.tiers import ALARM, TIER_NAMES, TIERS
from bot.web.booking.models import Booking
from bot.web.chat.models import Conversation, Turn
from bot.web.review.models import Completion, Summary, ViewRecord
from bot.web.review.opinions import INDEPENDENT, Agreement, kappa, pairs_of

if TYPE_CHECKING:
    from collections.abc import Iterable

Cell = str | int | float | None

STEPS = {"day": "day", "week": "week", "month": "month"}
SPANS = {"day": 30, "week": 12, "month": 12}  # steps shown
TRUNCATE = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth}
MOST_TOPICS = 8
MOST_TIMES = 5_000  # turns of one step whose times are read; more tell no more about a median


@dataclass
class Table:
    """A figure: the first column names the row. `drawn` are the columns of the chart, and `unit` what they count."""

    name: str
    title: str
    columns: list[str]
    rows: list[list[Cell]] = field(default_factory=list)
    drawn: tuple[int, ...] = ()
    unit: str = ""
    note: str = ""

    def value(self, row: int, column: int) -> float | None:
        """A number of the table; None where it is not known."""
        cell = self.rows[row][column]
        return None if cell is None else float(cell)

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        return not any(cell for row in self.rows for cell in row[1:])


@dataclass(frozen=True)
class Period:
    """Steps of one length, the last of which is now. Dates are days where the practice is."""

    step: str
    starts: list[date]

    @property
    def since(self) -> datetime:
        """The begin of the first step."""
        return datetime.combine(self.starts[0], time(), timezone.get_current_timezone())

    def of(self, moment: datetime) -> date:
        """The step in which `moment` lies."""
        return _start(timezone.localtime(moment).date(), self.step)


def period(step: str, now: datetime) -> Period:
    """The latest steps up to `now`."""
    current = _start(timezone.localtime(now).date(), step)
    starts = [current]
    while len(starts) < SPANS[step]:
        starts.append(_start(starts[-1] - timedelta(days=1), step))
    return Period(step, starts[::-1])


def _start(day: date, step: str) -> date:
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def tables(chosen: Period) -> list[Table]:
    """Every figure of the page."""
    return [
        conversations(chosen),
        topics(chosen),
        answers(chosen),
        exercises(chosen),
        bookings(chosen),
        crises(chosen),
        latency(chosen),
        agreement(chosen),
    ]


def _counted(chosen: Period, **sums: Count | Sum) -> dict[date, dict[str, int]]:
    truncated = TRUNCATE[chosen.step]("updated")
    found = Summary.objects.filter(updated__gte=chosen.since).annotate(start=truncated)
    rows: Any = found.order_by().values("start").annotate(**sums)
    return {row["start"].date(): {name: row[name] or 0 for name in sums} for row in rows}


def _over(chosen: Period, counted: dict[date, dict[str, int]], names: Iterable[str]) -> list[list[Cell]]:
    return [[start.isoformat(), *(counted.get(start, {}).get(name, 0) for name in names)] for start in chosen.starts]


def conversations(chosen: Period) -> Table:
    """How many conversations there were, and how many turns."""
    counted = _counted(chosen, conversations=Count("pk"), said=Sum("turns"))
    rows = _over(chosen, counted, ("conversations", "said"))
    columns = [chosen.step, "conversations", "turns"]
    return Table("conversations", "Conversations", columns, rows, (1,), "conversations")


def topics(chosen: Period) -> Table:
    """What conversations began with: the commonest topics, and all others together."""
    truncated = TRUNCATE[chosen.step]("updated")
    found = Summary.objects.filter(updated__gte=chosen.since).exclude(topic="").annotate(start=truncated)
    counted: dict[date, Counter[str]] = defaultdict(Counter)
    for start, topic, count in found.order_by().values_list("start", "topic").annotate(n=Count("pk")):
        counted[start.date()][topic] += count
    total: Counter[str] = sum(counted.values(), Counter())
    commonest = [topic for topic, _ in total.most_common(MOST_TOPICS)]
    rows: list[list[Cell]] = [
        [start.isoformat(), *(counted[start][topic] for topic in commonest),
         sum(counted[start].values()) - sum(counted[start][topic] for topic in commonest)]
        for start in chosen.starts
    ]  # fmt: skip
    drawn = tuple(range(1, min(3, len(commonest)) + 1))
    columns = [chosen.step, *commonest, "others"]
    return Table("topics", "Topics", columns, rows, drawn, "conversations", "The topic that came first in each.")


def answers(chosen: Period) -> Table:
    """Turns that were answered with a passage, were not understood, or were said not to have helped."""
    counted = _counted(chosen, answered=Sum("answered"), fallback=Sum("fallbacks"), unhelpful=Sum("not_helpful"))
    rows = _over(chosen, counted, ("answered", "fallback", "unhelpful"))
    columns = [chosen.step, "with a passage", "not understood", "not helpful"]
    return Table("answers", "Answers", columns, rows, (1, 2, 3), "turns")


def exercises(chosen: Period) -> Table:
    """Exercises that were begun and finished, and the median distress before and after, where parents gave it."""
    fields = ("updated", "exercises_started", "exercises_finished", "distress_before", "distress_after")
    found = Summary.objects.filter(updated__gte=chosen.since, exercises_started__gt=0)
    begun: Counter[date] = Counter()
    ended: Counter[date] = Counter()
    before: dict[date, list[int]] = defaultdict(list)
    after: dict[date, list[int]] = defaultdict(list)
    for updated, started, finished, was, became in found.values_list(*fields):
        start = chosen.of(updated)
        begun[start] += started
        ended[start] += finished
        if was is not None:
            before[start].append(was)
        if became is not None:
            after[start].append(became)
    rows: list[list[Cell]] = [
        [start.isoformat(), begun[start], ended[start], _median(before[start]), _median(after[start])]
        for start in chosen.starts
    ]
    columns = [chosen.step, "begun", "finished", "distress before, median", "distress after, median"]
    return Table("exercises", "Exercises", columns, rows, (1, 2), "exercises", "Distress from 0 (none) to 10.")


def bookings(chosen: Period) -> Table:
    """Conversations in which free times were shown, and consultations that were booked in the chat."""
    truncated = TRUNCATE[chosen.step]("updated")
    shown = Summary.objects.filter(updated__gte=chosen.since, booking=True).annotate(start=truncated)
    offered = {start.date(): n for start, n in shown.order_by().values_list("start").annotate(n=Count("pk"))}
    made: Counter[date] = Counter()
    for created in (
        Booking.objects.exclude(session="").filter(created__gte=chosen.since).values_list("created", flat=True)
    ):
        made[chosen.of(created)] += 1
    rows: list[list[Cell]] = [[start.isoformat(), offered.get(start, 0), made[start]] for start in chosen.starts]
    note = "Which conversation a booking came from is not recorded."
    columns = [chosen.step, "free times shown", "booked"]
    return Table("bookings", "Consultations booked in the chat", columns, rows, (1, 2), "", note)


def crises(chosen: Period) -> Table:
    """Turns with an alarm, by tier, and the minutes until somebody of the practice first opened the conversation."""
    views = ViewRecord.objects.filter(
        what=ViewRecord.TRANSCRIPT, conversation=OuterRef("conversation_id"), at__gte=OuterRef("created")
    )
    alarms = Turn.objects.filter(tier__in=ALARM, created__gte=chosen.since, conversation__erased_at__isnull=True)
    first = views.order_by("at").values("at")[:1]
    turns: Counter[str] = Counter()
    waits: dict[str, list[float]] = defaultdict(list)
    found = alarms.order_by().annotate(seen=Subquery(first)).values_list("tier", "created", "seen")
    for tier, created, seen in found:
        turns[tier or ""] += 1
        if seen:
            waits[tier or ""].append((seen - created).total_seconds() / 60)
    rows: list[list[Cell]] = [
        [f"{tier} {TIER_NAMES[tier]}", turns[tier], len(waits[tier]), _median(waits[tier])]
        for tier in TIERS
        if tier in ALARM
    ]
    columns = ["tier", "turns", "opened since", "minutes to the first view, median"]
    return Table("crises", "Crisis turns", columns, rows, (1,), "turns", "Over the whole period shown.")


def latency(chosen: Period) -> Table:
    """How long parents waited: median, 95th percentile and longest, of at most MOST_TIMES turns of each step."""
    rows: list[list[Cell]] = []
    ends = [*chosen.starts[1:], None]
    zone = timezone.get_current_timezone()
    for start, end in zip(chosen.starts, ends, strict=True):
        turns = Turn.objects.filter(created__gte=datetime.combine(start, time(), zone), milliseconds__isnull=False)
        if end:
            turns = turns.filter(created__lt=datetime.combine(end, time(), zone))
        newest = turns.order_by("-created").values_list("milliseconds", flat=True)[:MOST_TIMES]
        times = sorted(float(one or 0) for one in newest)
        rows.append([start.isoformat(), _at(times, 0.5), _at(times, 0.95), _at(times, 1.0)])
    columns = [chosen.step, "median, ms", "95th percentile, ms", "longest, ms"]
    return Table("latency", "Time to answer", columns, rows, (1, 2), "milliseconds")


def agreement(chosen: Period) -> Table:
    """How far the first two reviewers of a conversation agree, over the conversations of the period that have two."""
    twice = Completion.objects.values("conversation").annotate(n=Count("pk")).filter(n__gte=INDEPENDENT)
    wanted = Conversation.objects.kept().filter(updated__gte=chosen.since, review__second_wanted=True)
    intents, crises_ = (kappa(pairs) for pairs in pairs_of(wanted.filter(pk__in=twice.values("conversation"))))
    rows = [_agreed("intent", intents), _agreed("crisis label", crises_)]
    columns = ["what", "turns", "the same, %", "Cohen's kappa"]
    note = (
        "Over the whole period shown: of turns that two reviewers judged independently. "
        "1 is full agreement, 0 what chance alone would bring."
    )
    return Table("agreement", "Agreement of reviewers", columns, rows, note=note)


def _agreed(what: str, found: Agreement) -> list[Cell]:
    share = None if found.share is None else round(100 * found.share, 1)
    return [what, found.items, share, None if found.kappa is None else round(found.kappa, 2)]


def _median(values: list[int] | list[float]) -> float | None:
    return round(float(median(values)), 1) if values else None


def _at(ordered: list[float], share: float) -> float | None:
    """The value below which `share` of the ordered values lie; None without any."""
    if not ordered:
        return None
    return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)], 1)
