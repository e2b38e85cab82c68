"""What of a conversation Rasa has to remember, so that the three hundredth turn is as quick as the tenth.

A turn needs the slots, the rules' last few steps, which wordings were used lately, whose crisis the last one was,
and what was typed lately (bot.reading: the same again, "tell me more", what an adoptive parent told before). All
else is read by nobody here: the conversation itself is in the web process's tables.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered

from bot.reading.history import crisis_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rasa.shared.core.events import Event

TURNS_KEPT = 8


def cut(events: Sequence[Event]) -> list[Event]:
    """The last turns without replies and passages, after the slots as they were before them and the last crisis."""
    said = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(said) <= TURNS_KEPT:
        return [_slim(event) for event in events]
    start = said[-TURNS_KEPT]
    slots: dict[str, Event] = {}
    crisis: list[Event] = []  # the last message that was one, and a yes to the direct question after it
    for event in events[:start]:
        if isinstance(event, SessionStarted):
            slots.clear()
        elif isinstance(event, SlotSet):
            slots[event.key] = event
        elif crisis_of(event):
            owned = isinstance(event, ActionExecuted)
            crisis = [*(one for one in crisis if owned and isinstance(one, UserUttered)), event]
    listen = ActionExecuted(ACTION_LISTEN_NAME, timestamp=events[start].timestamp)
    before = [listen, *map(_slim, crisis)] if crisis else []
    return [*before, *slots.values(), listen, *(_slim(event) for event in events[start:])]


def without_words(events: Iterable[Event]) -> list[Event]:
    """The events as they may lie in a database: a parent's words stay in the tables, and are erased there."""
    return [_said("", event) if isinstance(event, UserUttered) else event for event in events]


def share_metadata(events: Iterable[Event]) -> None:
    """Have events with the same metadata hold one copy of it: Rasa gives each its own, a third of a state in memory."""
    for event in events:
        if event.metadata and all(isinstance(value, str) for value in event.metadata.values()):
            event.metadata = _one_of(tuple(sorted(event.metadata.items())))


@lru_cache(maxsize=64)  # the assistant's id and the model's; a few models
def _one_of(items: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return dict(items)


def _slim(event: Event) -> Event:
    """The event without what nobody reads later: a reply's text, passages, the reading's details."""
    if isinstance(event, UserUttered):
        return _said(event.text or "", event)
    if isinstance(event, BotUttered):
        metadata = event.metadata or {}
        kept = {name: metadata[name] for name in ("utter_action", "metadata") if name in metadata}
        return BotUttered("", metadata=kept, timestamp=event.timestamp)
    return event


def _said(text: str, event: UserUttered) -> UserUttered:
    intent = {name: event.intent.get(name) for name in ("name", "confidence")}
    parse = {"intent": intent, "entities": [], "text": text}
    return UserUttered(text, intent, parse_data=parse, timestamp=event.timestamp)
