"""Narrowed inboxes under a name, for each member of staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from bot.web.review.access import access
from bot.web.review.filters import Filters
from bot.web.review.models import SavedFilter

if TYPE_CHECKING:
    from django.http import HttpRequest

MOST = 30  # of one person
MOST_NAME = 60  # characters


def _back(query: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('review:inbox')}{f'?{query}' if query else ''}")


@require_POST
@access("staff")
def save(request: HttpRequest) -> HttpResponse:
    """Keeps the filters of `query` under `name`; a name that is there gets the new ones."""
    query = Filters.read(QueryDict(request.POST.get("query", "")[:2000])).query
    name = " ".join(request.POST.get("name", "").replace("\x00", "").split())
    mine = SavedFilter.objects.filter(staff_id=request.user.pk)
    problem = ""
    if not name or len(name) > MOST_NAME:
        problem = f"Give the filter a name of 1 to {MOST_NAME} characters."
    elif not query:
        problem = "Nothing is filtered. Choose something first, and save it then."
    elif mine.exclude(name=name).count() >= MOST:
        problem = f"You have {MOST} saved filters. Delete one first."
    if problem:
        return render(request, "review/refused.html", {"problem": problem}, status=422)
    SavedFilter.objects.update_or_create(staff_id=request.user.pk, name=name, defaults={"query": query})
    return _back(query)


@require_POST
@access("staff")
def delete(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Takes one of one's own away; the inbox stays narrowed, so that it can be saved again."""
    saved = get_object_or_404(SavedFilter, pk=filter_id, staff_id=request.user.pk)
    query = saved.query
    saved.delete()
    return _back(query)
