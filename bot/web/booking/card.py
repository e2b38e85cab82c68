"""The booking card of the chat. Rasa sends its type alone; all that it carries is put in here, in the web process."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from bot.web.booking.policy import get_policy
from bot.web.booking.slots import next_slots

PRIVATE = "These details go to the practice only. They are not part of this conversation."
NO_TIMES = "There is no free time in the next weeks."
NOT_READABLE = "The free times cannot be shown just now. Please try again in a few minutes."


def booking_card(*, with_times: bool = True) -> dict[str, Any]:
    """The booking card with the first three free times, said in the practice's time zone.

    In mode link the card carries the address of the practice's scheduler. Empty when booking is off: the message
    then goes without a card. Without times, for when the database cannot be had, it reads no table.
    """
    policy = get_policy()
    if policy.mode == "off":
        return {}
    slots = next_slots(timezone.now(), policy=policy) if policy.mode == "slots" and with_times else []
    none_left = policy.mode == "slots" and not slots
    return {
        "type": "booking",
        "mode": policy.mode,
        "url": policy.url if policy.mode == "link" else None,
        "kinds": list(policy.practice.booking.kinds),
        "time_zone": policy.zone.key,
        "slots": [slot.as_json(policy.zone) for slot in slots],
        "notice": f"{NO_TIMES if with_times else NOT_READABLE} {policy.contact}".strip() if none_left else PRIVATE,
    }
