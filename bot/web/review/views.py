"""The pages on which staff read: the inbox and the transcript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from bot.understanding.labels import is_crisis, labels
from bot.web.chat.models import Conversation, Turn
from bot.web.chat.tiers import TIER_NAMES
from bot.web.oncall import alerts
from bot.web.review import inbox as listing
from bot.web.review.access import access
from bot.web.review.models import NOT_A_CRISIS, Review, ViewRecord
from bot.web.review.reading import read

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = 50


@require_safe
@access("staff")
def inbox(request: HttpRequest) -> HttpResponse:
    """The conversations of the filters in the address, 50 a page."""
    filters = listing.Filters.read(request.GET)
    pages = Paginator(listing.rows(filters), PAGE)
    # The count needs no words of each row.
    pages.count = listing.ordered(filters).count()
    page = pages.get_page(request.GET.get("page"))
    if filters.text:
        ViewRecord.objects.record(request.user, ViewRecord.SEARCH, detail=filters.text)
    late, lost = alerts.troubles()
    context: dict[str, Any] = {
        "filters": filters,
        "page": page,
        "late": late,
        "lost": lost,
        "counts": listing.counts(),
        "tiers": TIER_NAMES,
        "states": listing.STATES,
        "intents": sorted(set(Turn.objects.exclude(intent="").values_list("intent", flat=True).distinct())),
    }
    return render(request, "review/inbox.html", context)


@require_safe
@access("staff")
def transcript(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """One conversation as the parent saw it, with what was understood beside it. Each view is recorded."""
    conversation = get_object_or_404(Conversation, pk=conversation_id)
    ViewRecord.objects.record(request.user, ViewRecord.TRANSCRIPT, conversation.pk)
    if conversation.erased:
        return render(request, "review/erased.html", {"conversation": conversation}, status=410)
    filters = listing.Filters.read(request.GET)
    previous, following = listing.neighbours(conversation, filters)
    turns = conversation.turns.select_related("correction", "correction__staff")
    context = {
        "conversation": conversation,
        "review": Review.objects.select_related("reviewed_by").filter(conversation=conversation).first(),
        "readings": [read(turn) for turn in turns],
        "filters": filters,
        "previous": previous,
        "following": following,
        "labels": [label for label in labels().values() if not is_crisis(label.name)],
        "crisis_labels": [label for label in labels().values() if is_crisis(label.name)],
        "not_a_crisis": NOT_A_CRISIS,
        "tier_name": TIER_NAMES.get(conversation.highest_tier or "", ""),
    }
    return render(request, "review/transcript.html", context)
