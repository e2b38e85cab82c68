"""The page of exports: make one, masked unless there is a reason, and take it. For who may (see access); recorded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bot.safety.tiers import TIER_NAMES
from bot.web.records.exporting import FORMATS, ExportRefusedError, Wanted, export
from bot.web.records.models import Export
from bot.web.records.taking_out import take_out
from bot.web.review.access import access
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

MOST = 50  # of the latest exports that are listed
REVIEWED = {"": None, "yes": True, "no": False}


@require_http_methods(["GET", "HEAD", "POST"])
@access("export")
def exports(request: HttpRequest) -> HttpResponse:
    """The latest exports with who made them; a POST makes one."""
    if request.method != "POST":
        return _page(request)
    try:
        export(
            _wanted(request.POST),
            request.POST.get("format", ""),
            request.user.get_username(),
            reveal=bool(request.POST.get("reveal")),
            reason=" ".join(request.POST.get("reason", "").replace("\x00", "").split())[:300],
        )
    except ExportRefusedError as error:
        return _page(request, str(error))
    return HttpResponseRedirect(reverse("records:exports"))


def _wanted(form: QueryDict) -> Wanted:
    return Wanted(
        since=_day(form, "since", "From"),
        until=_day(form, "until", "To"),
        tier=form.get("tier", ""),
        reviewed=REVIEWED.get(form.get("reviewed", "")),
    )


def _day(form: QueryDict, name: str, label: str) -> date | None:
    text = form.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ExportRefusedError(f"{label} is not a day. Use for example 2027-03-10.") from None


def _page(request: HttpRequest, problem: str = "") -> HttpResponse:
    latest = Export.objects.filter(being_made=False).order_by("-made_at", "-pk")[:MOST]
    context: dict[str, Any] = {
        "made": [(one, one.path.exists()) for one in latest],
        "formats": FORMATS,
        "tiers": TIER_NAMES,
        "problem": problem,
        "form": request.POST,
    }
    return render(request, "records/exports.html", context, status=422 if problem else 200)


@require_safe
@access("export")
def download(request: HttpRequest, name: str) -> HttpResponse:
    """The file of one export. Taking it is recorded as well as making it."""
    made = get_object_or_404(Export, name=name, being_made=False)
    take_out(made)  # where the background work has not come to it yet
    try:
        content = made.path.read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    detail = f"{'masked' if made.masked else 'revealed'}, downloaded: {made.name}"
    ViewRecord.objects.record(request.user, ViewRecord.EXPORT, detail=detail)
    kind = "text/csv" if made.path.suffix == ".csv" else "application/jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return HttpResponse(content, content_type=f"{kind}; charset=utf-8", headers=headers)
