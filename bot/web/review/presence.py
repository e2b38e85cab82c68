"""Who else has a conversation open: each open page says so every few seconds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from bot.web.chat.models import Conversation
from bot.web.review.access import access
from bot.web.review.models import Presence

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

EVERY = 10  # seconds between two words of an open page
GONE = timedelta(seconds=25)  # a page that was silent for longer is closed


def others(conversation: Conversation, staff: int | None) -> list[str]:
    """The names of others who have it open."""
    open_now = Presence.objects.filter(conversation=conversation, at__gte=timezone.now() - GONE)
    return sorted(open_now.exclude(staff_id=staff).values_list("staff__username", flat=True))


def arrive(conversation: Conversation, staff: int | None) -> None:
    """Notes that `staff` has it open now; what is old goes."""
    Presence.objects.filter(at__lt=timezone.now() - GONE).delete()
    Presence.objects.update_or_create(conversation=conversation, staff_id=staff, defaults={"at": timezone.now()})


@require_POST
@access("staff", by_itself=True)
def present(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """The word of an open page, answered with who else is there. It is no view that is recorded."""
    conversation = get_object_or_404(Conversation.objects.kept(), pk=conversation_id)
    arrive(conversation, request.user.pk)
    return render(request, "review/present.html", {"others": others(conversation, request.user.pk)})
