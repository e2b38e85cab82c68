"""Showing one conversation as it was written: for those who may, with a reason, for a quarter of an hour, recorded."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from bot.web.chat.models import Conversation
from bot.web.review.access import access, may
from bot.web.review.filters import Filters
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from django.http import HttpRequest

REVEALED = "attune_revealed"  # in the session: conversations with the moment until which they are shown
SECONDS = 900
LEAST_REASON, MOST_REASON = 5, 180  # characters


def is_revealed(request: HttpRequest, conversation: str) -> bool:
    """Whether this session shows `conversation` as it was written."""
    until = request.session.get(REVEALED, {}).get(conversation, 0)
    return bool(time.time() < until <= time.time() + SECONDS) and may(request.user, "reveal")


@require_POST
@access("reveal")
def reveal(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """Shows it, with `reason`; without one it is refused. `action` "hide" masks it again."""
    conversation = get_object_or_404(Conversation.objects.kept(), pk=conversation_id)
    open_now = {pk: until for pk, until in request.session.get(REVEALED, {}).items() if until > time.time()}
    if request.POST.get("action") == "hide":
        open_now.pop(conversation.pk, None)
    else:
        reason = " ".join(request.POST.get("reason", "").replace("\x00", "").split())
        if not LEAST_REASON <= len(reason) <= MOST_REASON:
            problem = f"Say why, in {LEAST_REASON} to {MOST_REASON} characters. The reason is recorded."
            context = {"problem": problem, "conversation": conversation.pk, "note": reason[:MOST_REASON]}
            return render(request, "review/refused.html", context, status=422)
        ViewRecord.objects.record(request.user, ViewRecord.REVEAL, conversation.pk, reason)
        open_now[conversation.pk] = time.time() + SECONDS
    request.session[REVEALED] = open_now
    query = Filters.read(request.GET).query
    return HttpResponseRedirect(f"{reverse('review:transcript', args=[conversation.pk])}{f'?{query}' if query else ''}")
