"""Bookings as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bot.web.booking import wording
from bot.web.booking.console.listing import Filters
from bot.web.booking.policy import get_policy
from bot.web.review.access import access
from bot.web.review.models import ViewRecord
from bot.web.spreadsheets import harmless

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from bot.web.booking.models import Booking

COLUMNS = (
    "start",
    "end",
    "time zone",
    "therapist",
    "kind",
    "state",
    "name",
    "safe contact",
    "e-mail",
    "phone",
    "parent's note",
    "staff note",
    "booked on",
)


def as_csv(bookings: list[Booking]) -> str:
    """All of `bookings`, times in the practice's zone, every cell quoted, with the mark by which Excel knows UTF-8."""
    policy = get_policy()
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow(COLUMNS)

    def moment(when: datetime) -> str:
        return f"{when.astimezone(policy.zone):%Y-%m-%d %H:%M}"

    for one in bookings:
        cells = (
            moment(one.start),
            moment(one.end),
            policy.zone.key,
            one.therapist.label(policy),
            wording.KIND_WORDS[one.kind],
            one.get_status_display(),
            one.name,
            one.get_contact_display(),
            one.email,
            one.phone,
            one.note,
            one.staff_note,
            moment(one.created),
        )
        table.writerow([harmless(cell) for cell in cells])
    return f"\ufeff{text.getvalue()}"


@require_safe
@access("export")
def export(request: HttpRequest) -> HttpResponse:
    """The bookings of the list's filters as a CSV file; recorded, since it takes contact details out of the house."""
    filters = Filters.read(request.GET)
    found = list(filters.bookings(timezone.now()))
    detail = f"exported {len(found)} {filters.query}".strip()
    ViewRecord.objects.record(request.user, ViewRecord.BOOKINGS, detail=detail)
    name = f"consultations-{timezone.localdate():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(as_csv(found), content_type="text/csv; charset=utf-8", headers=headers)
