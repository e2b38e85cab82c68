"""What staff change: a conversation's review, and a turn's correction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from bot.understanding.labels import is_crisis, labels
from bot.web.chat.models import Conversation, Turn
from bot.web.review.access import access
from bot.web.review.inbox import Filters
from bot.web.review.models import NOT_A_CRISIS, Correction, Review, ViewRecord

if TYPE_CHECKING:
    from django.http import HttpRequest

MOST_NOTE = 2000
ACTIONS = {
    "reviewed": "marked as reviewed",
    "open": "marked as not reviewed",
    "flag": "flagged",
    "unflag": "flag taken away",
}


def _back(request: HttpRequest, conversation: str, anchor: str = "") -> HttpResponse:
    """To the transcript again, in the same list of conversations."""
    query = Filters.read(request.GET).query
    path = reverse("review:transcript", args=[conversation])
    return HttpResponseRedirect(f"{path}{f'?{query}' if query else ''}{f'#{anchor}' if anchor else ''}")


@require_POST
@access("staff")
def review(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """Marks a conversation as reviewed or not, flags it or not, and records who did."""
    conversation = get_object_or_404(Conversation.objects.kept(), pk=conversation_id)
    action = request.POST.get("action", "")
    if action not in ACTIONS:
        return render(request, "review/refused.html", {"problem": "There is no such action."}, status=422)
    values: dict[str, object] = {
        "reviewed": {"reviewed_at": timezone.now(), "reviewed_by_id": request.user.pk},
        "open": {"reviewed_at": None, "reviewed_by_id": None},
        "flag": {"flagged": True},
        "unflag": {"flagged": False},
    }
    with transaction.atomic():
        Review.objects.update_or_create(conversation=conversation, defaults=values[action])  # type: ignore[arg-type]
        ViewRecord.objects.record(request.user, ViewRecord.REVIEW, conversation.pk, ACTIONS[action])
    return _back(request, conversation.pk)


@require_POST
@access("staff")
def correct(request: HttpRequest, turn_id: int) -> HttpResponse:
    """Stores what a turn should have been understood as; with everything empty, takes the correction back."""
    turn = get_object_or_404(Turn.objects.filter(conversation__erased_at__isnull=True), pk=turn_id)
    intent = request.POST.get("intent", "").strip()
    crisis = request.POST.get("crisis_label", "").strip()
    note = request.POST.get("note", "").replace("\r\n", "\n").replace("\x00", "").strip()
    problem = _problem(intent, crisis, note)
    if problem:
        context = {"problem": problem, "conversation": turn.conversation_id, "note": note[:MOST_NOTE]}
        return render(request, "review/refused.html", context, status=422)
    with transaction.atomic():
        if intent or crisis or note:
            values = {
                "intent": intent,
                "crisis_label": crisis,
                "note": note,
                "staff_id": request.user.pk,
                "updated": timezone.now(),
            }
            Correction.objects.update_or_create(turn=turn, defaults=values)
        else:
            Correction.objects.filter(turn=turn).delete()
        detail = f"turn {turn.position + 1}: {intent or crisis or ('note' if note else 'taken back')}"
        ViewRecord.objects.record(request.user, ViewRecord.CORRECTION, turn.conversation_id, detail)
    return _back(request, turn.conversation_id, f"turn-{turn.position + 1}")


def _problem(intent: str, crisis: str, note: str) -> str:
    """What is wrong with a correction; empty when it can be stored."""
    if intent and (intent not in labels() or is_crisis(intent)):
        return f"There is no intent called {intent[:60]}. Choose one from the list."
    if crisis and crisis != NOT_A_CRISIS and not (crisis in labels() and is_crisis(crisis)):
        return f"There is no crisis label called {crisis[:60]}."
    return f"Please keep the note under {MOST_NOTE} characters." if len(note) > MOST_NOTE else ""
