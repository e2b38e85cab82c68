"""The other pages of the console: the state of the articles, and who looked at what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bot.web.content import get_articles
from bot.web.review.access import access
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = 50


@require_safe
@access("staff")
def articles(request: HttpRequest) -> HttpResponse:
    """Every article, with who signed it and how many sources it links to."""
    return render(request, "review/articles.html", {"articles": get_articles()})


@require_safe
@access("administrator")
def views(request: HttpRequest) -> HttpResponse:
    """Who looked at or changed what, newest first."""
    page = Paginator(ViewRecord.objects.newest(), PAGE).get_page(request.GET.get("page"))
    return render(request, "review/views.html", {"page": page})
