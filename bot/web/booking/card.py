"""The booking card of the chat, filled with real times. The action server sends it empty; the chat view fills it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from bot.web.booking.policy import get_policy, zone_or
from bot.web.booking.slots import next_slots

PRIVATE = "These details go to the practice only. They are not part of this conversation."
NO_TIMES = "There is no free time in the next weeks."
NOT_READABLE = "The free times cannot be shown just now. Please try again in a few minutes."


def booking_card(time_zone: str | None = None, *, with_times: bool = True) -> dict[str, Any]:
    """The booking card with the first three free times, said in `time_zone` or else in the practice's own.

    In mode link the card carries the address of the practice's scheduler. Empty when booking is off: the message
    then goes without a card. Without times, for when the database cannot be had, it reads no table.
    """
    policy = get_policy()
    if policy.mode == "off":
        return {}
    zone = zone_or(time_zone, policy.zone)
    slots = next_slots(timezone.now(), policy=policy) if policy.mode == "slots" and with_times else []
    none_left = policy.mode == "slots" and not slots
    return {
        "type": "booking",
        "mode": policy.mode,
        "url": policy.url if policy.mode == "link" else None,
        "kinds": list(policy.practice.booking.kinds),
        "time_zone": zone.key,
        "slots": [slot.as_json(zone) for slot in slots],
        "notice": f"{NO_TIMES if with_times else NOT_READABLE} {policy.contact}".strip() if none_left else PRIVATE,
    }
