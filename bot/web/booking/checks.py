"""System checks: what would make booking useless is said when the server starts."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from bot.web.booking.policy import get_policy


@register()
def booking_can_work(**_: Any) -> list[CheckMessage]:
    """A warning for a link mode without an address."""
    if not get_policy().link_is_missing:
        return []
    return [
        Warning(
            "Booking is in mode `link` but has no address, so it is off.",
            hint="Set ATTUNE_BOOKING_URL, or booking.url in knowledge/practice.yml.",
            id="booking.W001",
        )
    ]
