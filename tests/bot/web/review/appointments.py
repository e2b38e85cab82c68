"""A booking as parents make it, by today's clock."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from bot.web.booking.models import Booking
from bot.web.booking.slots import open_slots
from bot.web.booking.wishes import Wish


def book(n: int = 0, **changes: Any) -> Booking:
    now = timezone.now()
    slot = open_slots(now)[n]
    fields: dict[str, Any] = {
        "therapist": slot.therapist_id,
        "start": slot.start,
        "kind": "video",
        "name": "Samantha",
        "contact": "text",
        "email": "",
        "phone": "+1 555 010 0199",
        "note": "",
        "time_zone": "Europe/London",
        "session": "",
    }
    return Booking.objects.book(Wish(**fields | changes), now)
