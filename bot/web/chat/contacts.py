"""Contact details stay out of the chat: what a parent types of them is masked before anything else sees it.

Neither Rasa, the action server, the log nor staff get a number or an address that was typed into the chat. The parent
is told so, and where they can be given instead, since somebody who types their number hopes to be called.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bot.masking.contacts import Masked, mask_contacts
from bot.safety.tiers import ALARM
from bot.web.booking.policy import get_policy

if TYPE_CHECKING:
    from collections.abc import Iterable

QUICK = 2_000  # characters that are masked at once; more goes to a thread

WORDS = {
    frozenset({"phone"}): ("phone number", "it"),
    frozenset({"email"}): ("e-mail address", "it"),
    frozenset({"phone", "email"}): ("phone number and e-mail address", "them"),
}
FORM = (
    "I took your {what} out of this chat, so nobody here reads {it} or can use {it}. "
    "If you would like the practice to be in touch, put {it} into the booking form instead: it goes to them only, "
    "and there you say how it is safe to reach you."
)
SCHEDULER = (
    "I took your {what} out of this chat, so nobody here reads {it} or can use {it}. "
    "If you would like the practice to be in touch, you can book a first talk on their page."
)
NO_BOOKING = (
    "I took your {what} out of this chat, so nobody here reads {it} or can use {it}. "
    "If you would like the practice to be in touch, please reach out to them directly. {contact}"
)
IN_DANGER = (
    "I took your {what} out of this chat, so nobody will call or write to you from here. "
    "The people above answer now, please turn to them."
)


async def without_contacts(text: str) -> Masked:
    """`text` without phone numbers and addresses, and which kinds were in it."""
    return mask_contacts(text) if len(text) <= QUICK else await asyncio.to_thread(mask_contacts, text)


def instead_of_contacts(
    found: frozenset[str], messages: Iterable[dict[str, Any]], tier: str | None
) -> list[dict[str, Any]]:
    """What is said after `messages` when something was masked, with the booking card where that fits; else nothing.

    In a crisis no card: help was offered in this very turn, and a form must not stand in its way.
    """
    if not found:
        return []
    what, it = WORDS[found]
    policy = get_policy()
    if tier in ALARM:
        return [{"text": IN_DANGER.format(what=what)}]
    words = {"slots": FORM, "link": SCHEDULER}.get(policy.mode, NO_BOOKING)
    message: dict[str, Any] = {"text": words.format(what=what, it=it, contact=policy.contact).strip()}
    if policy.mode != "off" and not any(_card(one) == "booking" for one in messages):
        message["card"] = {"type": "booking"}
    return [message]


def help_first(messages: Iterable[dict[str, Any]], tier: str | None) -> list[dict[str, Any]]:
    """`messages`; in a crisis without a booking card that comes before the helplines. Its text makes sense alone."""
    shown: list[dict[str, Any]] = []
    for message in messages:
        offered = any(_card(one) == "helplines" for one in shown)
        if tier in ALARM and _card(message) == "booking" and not offered:
            message = {name: part for name, part in message.items() if name != "card"}
        shown.append(message)
    return shown


def _card(message: dict[str, Any]) -> Any:
    return message.get("card", {}).get("type")
