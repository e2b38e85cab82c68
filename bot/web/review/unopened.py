"""Crises that no member of staff has opened yet: the badge in the header of every page, and what keeps it fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from bot.web.chat.models import Conversation
from bot.web.review.access import access
from bot.web.review.models import Review, Summary, ViewRecord

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def unopened() -> Q:
    """Conversations with an alarm since which nobody opened, corrected or reviewed them.

    Somebody who read the conversation before it became a crisis, or before the latest alarm, has not seen that. The
    latest alarm stands in the summary; while that is missing or behind, the conversation counts as not opened.
    """
    since = {"conversation": OuterRef("conversation_id")}
    alarm = Summary.objects.filter(conversation=OuterRef("pk"), updated__gte=OuterRef("updated"))
    seen = ViewRecord.objects.filter(**since, at__gte=OuterRef("alarmed_at"))
    reviewed = Review.objects.filter(**since, reviewed_at__gte=OuterRef("alarmed_at"))
    opened = alarm.filter(Exists(reviewed) | Exists(seen))
    # `in`, since SQLite uses no index for a column that stands alone as the condition.
    return Q(~Exists(opened), crisis__in=[True])


def count_unopened() -> int:
    """How many there are."""
    return Conversation.objects.kept().filter(unopened()).count()


@require_safe
@access("staff", by_itself=True)
def count(request: HttpRequest) -> HttpResponse:
    """The number, for the script of the badge. It names no conversation, and is no view that is recorded."""
    return JsonResponse({"count": count_unopened()})
