"""The other page of the console: the state of the articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from bot.web.content import get_articles
from bot.web.review.access import access

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@access("staff")
def articles(request: HttpRequest) -> HttpResponse:
    """Every article, with who signed it and how many sources it links to."""
    return render(request, "review/articles.html", {"articles": get_articles()})
