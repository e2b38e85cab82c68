"""Rasa's events from JSON and back, by a table that is made once.

Rasa itself walks all subclasses of Event for each event that it reads, which was a third of a long turn.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

if TYPE_CHECKING:
    from collections.abc import Iterable


@cache
def _types() -> dict[str, type[Event]]:
    return {kind.type_name: kind for kind in all_subclasses(Event)}


def read_events(rows: Iterable[dict[str, Any]]) -> list[Event]:
    """The events in `rows`, as Rasa and its action server write them; raises ValueError for an unknown kind."""
    found = []
    for row in rows:
        kind = _types().get(row.get("event", ""))
        if kind is None:
            raise ValueError(f"There is no event {row.get('event')!r}.")
        found.append(kind._from_parameters(dict(row)))
    return [event for event in found if event is not None]


def write_events(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The events as rows for `read_events`."""
    return [event.as_dict() for event in events]
