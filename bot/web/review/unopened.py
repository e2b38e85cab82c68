"""Crises that no member of staff has opened yet: the badge in the header of every page, and what keeps it fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from bot.web.chat.models import Conversation, Turn
from bot.web.chat.tiers import ALARM
from bot.web.review.access import access
from bot.web.review.models import Review, ViewRecord

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def unopened() -> Q:
    """Conversations with an alarm since which nobody opened, corrected or reviewed them.

    Somebody who read the conversation before it became a crisis, or before the latest alarm, has not seen that.
    """
    since = {"conversation": OuterRef("conversation_id")}
    seen = ViewRecord.objects.filter(**since, at__gte=OuterRef("created"))
    reviewed = Review.objects.filter(**since, reviewed_at__gte=OuterRef("created"))
    alarms = Turn.objects.filter(~Exists(seen), ~Exists(reviewed), conversation=OuterRef("pk"), tier__in=ALARM)
    # `in`, since SQLite uses no index for a column that stands alone as the condition.
    return Q(Exists(alarms), crisis__in=[True])


def count_unopened() -> int:
    """How many there are."""
    return Conversation.objects.kept().filter(unopened()).count()


@require_safe
@access("staff")
def count(request: HttpRequest) -> HttpResponse:
    """The number, for the script of the badge. It names no conversation, and is no view that is recorded."""
    return JsonResponse({"count": count_unopened()})
