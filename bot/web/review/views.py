"""The pages on which staff read: the inbox, the transcript, and the transcript on paper."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from bot.safety.tiers import TIER_NAMES
from bot.understanding.labels import is_crisis, labels
from bot.web.accounts.roles import staff as staff_members
from bot.web.chat.models import Conversation
from bot.web.oncall import alerts
from bot.web.review import inbox as listing
from bot.web.review import presence, saved_tests, undoing
from bot.web.review.access import access, may
from bot.web.review.filters import ORDERS, SIGNS, STATES, Filters
from bot.web.review.models import MOST_NOTE, NOT_A_CRISIS, Review, SavedFilter, Tag, ViewRecord
from bot.web.review.opinions import standing
from bot.web.review.passages import today
from bot.web.review.reading import read
from bot.web.review.revealing import LEAST_REASON, MOST_REASON, is_revealed

if TYPE_CHECKING:
    from django.http import HttpRequest


def _staff() -> list[Any]:
    """Who can be assigned and may have reviewed."""
    return list(staff_members().only("pk", "username", "is_active"))


@require_safe
@access("staff")
def inbox(request: HttpRequest) -> HttpResponse:
    """The conversations of the filters in the address, 50 a page."""
    filters = Filters.read(request.GET)
    pages = listing.Pages(filters)
    counts = listing.counts()
    if not filters.query:
        pages.count = counts["total"]
    page = pages.get_page(request.GET.get("page"))
    if filters.text:
        ViewRecord.objects.record(request.user, ViewRecord.SEARCH, detail=filters.text)
    else:
        ViewRecord.objects.record(request.user, ViewRecord.INBOX, detail=filters.query)
    late, lost = alerts.troubles()
    staff = _staff()
    context: dict[str, Any] = {
        "filters": filters,
        "page": page,
        "rows": listing.rows(page.object_list, {one.pk: one.get_username() for one in staff}),
        "late": late,
        "lost": lost,
        "counts": counts,
        "change": undoing.latest(request.user.pk or 0),
        "saved": SavedFilter.objects.filter(staff_id=request.user.pk),
        "tiers": TIER_NAMES,
        "states": STATES,
        "signs": SIGNS,
        "orders": ORDERS,
        "all_labels": list(labels().values()),
        "crisis_labels": [label for label in labels().values() if is_crisis(label.name)],
        "regions": listing.values("region"),
        "languages": listing.values("language"),
        "models": listing.values("model"),
        "tags": Tag.objects.order_by("name").values_list("name", flat=True).distinct(),
        "staff": staff,
        "hours": range(24),
    }
    return render(request, "review/inbox.html", context)


@require_safe
@access("staff")
def transcript(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """One conversation as the parent saw it, with what was understood beside it. Each view is recorded."""
    conversation = Conversation.objects.filter(pk=conversation_id).first()
    # The record links to conversations for longer than their empty rows are kept (chat/retention.py).
    if conversation is None and not ViewRecord.objects.filter(conversation=conversation_id).exists():
        raise Http404
    revealed = is_revealed(request, conversation_id)
    ViewRecord.objects.record(request.user, ViewRecord.TRANSCRIPT, conversation_id, "revealed" if revealed else "")
    if conversation is None or conversation.erased:
        return render(request, "review/erased.html", {"conversation": conversation}, status=410)
    filters = Filters.read(request.GET)
    previous, following = listing.neighbours(conversation, filters)
    presence.arrive(conversation, request.user.pk)
    context = _read(request, conversation) | {
        "filters": filters,
        "previous": previous,
        "following": following,
        "labels": [label for label in labels().values() if not is_crisis(label.name)],
        "crisis_labels": [label for label in labels().values() if is_crisis(label.name)],
        "change": undoing.latest(request.user.pk or 0, conversation),
        "others": presence.others(conversation, request.user.pk),
        "heartbeat": presence.EVERY,
        "staff": _staff(),
        "most_note": MOST_NOTE,
        "saved_test": saved_tests.read(conversation.pk),
        "least_reason": LEAST_REASON,
        "most_reason": MOST_REASON,
    }
    return render(request, "review/transcript.html", context)


@require_safe
@access("staff")
def paper(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """The transcript to print: everything open, nothing to press. Recorded as a view of its own kind."""
    conversation = get_object_or_404(Conversation.objects.kept(), pk=conversation_id)
    revealed = is_revealed(request, conversation.pk)
    ViewRecord.objects.record(request.user, ViewRecord.PRINT, conversation.pk, "revealed" if revealed else "")
    return render(request, "review/paper.html", _read(request, conversation))


@require_safe
@access("staff")
def saved_test(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """The conversation test that was saved, as a file."""
    conversation = get_object_or_404(Conversation.objects.kept(), pk=conversation_id)
    text = saved_tests.read(conversation.pk)
    if text is None:
        context = {"problem": "No test was saved from this conversation.", "conversation": conversation.pk}
        return render(request, "review/refused.html", context, status=404)
    ViewRecord.objects.record(request.user, ViewRecord.TEST_SAVED, conversation.pk, "downloaded")
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="conversation-{conversation.pk[:8]}.yml"'
    return answer


def _read(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    """What the transcript and its print have in common."""
    review = Review.objects.select_related("reviewed_by", "assigned_to").filter(conversation=conversation).first()
    prefetch_related_objects([conversation], "completions__staff", "tags", "notes__staff")
    stands = standing(conversation, review, request.user.pk or 0)
    stands = replace(stands, decides=stands.decides and may(request.user, "decide"))
    revealed = is_revealed(request, conversation.pk)
    turns = conversation.turns.select_related("correction", "correction__staff").prefetch_related("judgements__staff")
    articles = today()
    readings = [read(turn, stands, request.user.pk or 0, articles, revealed=revealed) for turn in turns]
    grave = (one.turn.position + 1 for one in readings if one.tier and one.tier == conversation.highest_tier)
    return {
        "conversation": conversation,
        "review": review,
        "stands": stands,
        "revealed": revealed,
        "readings": readings,
        "first_grave": next(grave, None),
        "completions": list(conversation.completions.all()),
        "tags": [] if stands.blind else list(conversation.tags.all()),
        "notes": [one for one in conversation.notes.all() if not stands.blind or one.staff_id == request.user.pk],
        "not_a_crisis": NOT_A_CRISIS,
        "tier_name": TIER_NAMES.get(conversation.highest_tier or "", ""),
    }
