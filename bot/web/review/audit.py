"""The record of who looked at, searched, changed, revealed or took out what: with filters, and as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bot.settings import get_settings
from bot.web.review.access import access
from bot.web.review.models import ViewRecord
from bot.web.spreadsheets import harmless

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, QueryDict

PAGE = 50
COLUMNS = ("when", "who", "what", "conversation", "detail")


@dataclass(frozen=True)
class Narrowed:
    """What the record is narrowed to; empty fields narrow nothing."""

    who: str = ""
    what: str = ""
    conversation: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Narrowed:
        """The filters of an address; what cannot be read narrows nothing."""
        who, what, conversation = (query.get(name, "").strip().replace("\x00", "") for name in COLUMNS[1:4])
        return cls(who[:150], what[:20], conversation[:32], _day(query.get("since")), _day(query.get("until")))

    @property
    def query(self) -> str:
        """The filters as the query of an address."""
        return urlencode({name: str(value) for name, value in vars(self).items() if value})

    def find(self) -> QuerySet[ViewRecord]:
        """The lines, newest first. Days are those of the practice (see access)."""
        zone = timezone.get_current_timezone()
        found = ViewRecord.objects.newest()
        if self.who:
            found = found.filter(staff_name=self.who)
        if self.what:
            found = found.filter(what=self.what)
        if self.conversation:
            found = found.filter(conversation__startswith=self.conversation)
        if self.since:
            found = found.filter(at__gte=datetime.combine(self.since, time(), zone))
        if self.until:
            found = found.filter(at__lt=datetime.combine(self.until + timedelta(days=1), time(), zone))
        return found


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _values(column: str) -> list[str]:
    return list(ViewRecord.objects.order_by(column).values_list(column, flat=True).distinct())


@require_safe
@access("record")
def views(request: HttpRequest) -> HttpResponse:
    """The record, newest first, 50 a page."""
    narrowed = Narrowed.read(request.GET)
    context: dict[str, Any] = {
        "narrowed": narrowed,
        "page": Paginator(narrowed.find(), PAGE).get_page(request.GET.get("page")),
        "people": _values("staff_name"),
        "kinds": _values("what"),
        "days": get_settings().record_days,
    }
    return render(request, "review/views.html", context)


@require_safe
@access("record")
def export(request: HttpRequest) -> HttpResponse:
    """The lines of the filters as CSV. That it was taken out is a line of the record itself."""
    narrowed = Narrowed.read(request.GET)
    rows = list(narrowed.find().values_list("at", "staff_name", "what", "conversation", "detail"))
    ViewRecord.objects.record(request.user, ViewRecord.RECORD, detail=f"{len(rows)} lines as CSV {narrowed.query}")
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for at, *cells in rows:
        writer.writerow([at.isoformat(timespec="seconds"), *map(harmless, cells)])
    answer = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="attune-record-{timezone.localdate()}.csv"'
    return answer
