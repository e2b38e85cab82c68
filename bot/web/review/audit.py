"""The record of who looked at, searched, changed, revealed or took out what: with filters, and as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bot.settings import get_settings
from bot.web.review.access import access
from bot.web.review.models import ViewRecord
from bot.web.spreadsheets import harmless

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse, QueryDict

PAGE = 50
PORTION = 1_000  # lines of a file that are read and sent at once
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


def _people(chosen: str) -> list[str]:
    """The names that the record can be narrowed to, found without reading all of it; `chosen` is one in any case.

    Everybody with an account, also those who left, and whoever stands in lines without one: accounts that were deleted,
    and commands on the machine.
    """
    accounts = get_user_model().objects.values_list("username", flat=True)
    others = ViewRecord.objects.filter(staff=None).order_by().values_list("staff_name", flat=True).distinct()
    return sorted({*accounts, *others, chosen} - {""})


@require_safe
@access("record")
def views(request: HttpRequest) -> HttpResponse:
    """The record, newest first, 50 a page."""
    narrowed = Narrowed.read(request.GET)
    context: dict[str, Any] = {
        "narrowed": narrowed,
        "page": Paginator(narrowed.find(), PAGE).get_page(request.GET.get("page")),
        "people": _people(narrowed.who),
        "kinds": ViewRecord.KINDS,
        "days": get_settings().record_days,
    }
    return render(request, "review/views.html", context)


@require_safe
@access("record")
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The lines of the filters as CSV. That it was taken out is a line of the record itself."""
    narrowed = Narrowed.read(request.GET)
    found = narrowed.find()
    detail = f"{found.count()} lines as CSV {narrowed.query}"
    own = ViewRecord.objects.record(request.user, ViewRecord.RECORD, detail=detail)
    answer = StreamingHttpResponse(_as_csv(found.filter(pk__lt=own.pk)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="attune-record-{timezone.localdate()}.csv"'
    return answer


async def _as_csv(found: QuerySet[ViewRecord]) -> AsyncIterator[str]:
    """The lines, each portion read and written in a thread: those of two years would fill memory, or hold up the chat."""
    portions = _portions(found)
    following = sync_to_async(lambda: next(portions, None))
    while (portion := await following()) is not None:
        yield portion


def _portions(found: QuerySet[ViewRecord]) -> Iterator[str]:
    yield _written([COLUMNS])
    lines = found.values_list("at", "staff_name", "what", "conversation", "detail").iterator(chunk_size=PORTION)
    while portion := list(islice(lines, PORTION)):
        yield _written((at.isoformat(timespec="seconds"), *map(harmless, cells)) for at, *cells in portion)


def _written(rows: Iterable[Sequence[str]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()
