"""Rasa's tracker store: dialogue states of a bounded size, in bounded memory, and where wanted in a database too.

Named in endpoints.yml. With ATTUNE_DIALOGUE_URL every state is also a row in a database of its own, so that it
survives a restart and another Rasa can go on with it; while that database is away, the states in memory serve.
A parent's last words are in memory only: who goes on from a row does not know what was said the same before.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from rasa.core.tracker_store import TrackerStore

from bot.serving.cut import cut, without_words
from bot.serving.events import read_events, write_events
from bot.serving.state_rows import StateRows, StateRowsError
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rasa.core.brokers.broker import EventBroker
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import Event
    from rasa.shared.core.trackers import DialogueStateTracker

MOST = 5_000  # conversations in memory; the least recently used go first
IDLE = 12 * 3600.0  # seconds after which nobody holds a token for the conversation any more
PURGE_EVERY = 600.0  # seconds between two purges of the rows
logger = logging.getLogger(__name__)


class DialogueStates(TrackerStore):
    """Keeps the newest `MOST` dialogue states for `IDLE` seconds after their last turn."""

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        shared: bool = False,
        rows: StateRows | None = None,
        **kwargs: Any,
    ) -> None:
        """`shared`: use the database of ATTUNE_DIALOGUE_URL, if it is set."""
        super().__init__(domain, event_broker)
        url = get_settings().dialogue_url if shared else None
        self._rows = rows or (StateRows(url) if url else None)
        self._states: OrderedDict[str, tuple[float, tuple[Event, ...]]] = OrderedDict()
        self._purged = 0.0

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep what the next turn needs; a tracker without events is forgotten."""
        sender, events = tracker.sender_id, tuple(cut(list(tracker.events)))
        self._states.pop(sender, None)
        if events:
            self._states[sender] = (time.monotonic(), events)
        self._drop_old()
        if self._rows:
            await self._write(self._rows, sender, events)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation's state, or None for a new or forgotten one."""
        _, events = self._states.get(sender_id, (0.0, ()))
        if self._rows:
            try:
                stored = await asyncio.to_thread(self._rows.read, sender_id)
                events = tuple(read_events(stored)) if stored else ()
            except (StateRowsError, ValueError) as error:
                logger.error("a dialogue state cannot be read, memory serves: %s", error)
        if not events:
            return None
        tracker = self.init_tracker(sender_id)
        for event in events:
            tracker.update(event)
        return tracker

    async def keys(self) -> Iterable[str]:
        """The conversations in memory."""
        return list(self._states)

    def __len__(self) -> int:
        """How many conversations are in memory."""
        return len(self._states)

    def _drop_old(self) -> None:
        oldest = time.monotonic() - IDLE
        while self._states:
            sender, (touched, _) = next(iter(self._states.items()))
            if touched >= oldest and len(self._states) <= MOST:
                return
            del self._states[sender]

    async def _write(self, rows: StateRows, sender: str, events: tuple[Event, ...]) -> None:
        try:
            await asyncio.to_thread(rows.write, sender, write_events(without_words(events)))
            if time.monotonic() - self._purged > PURGE_EVERY:
                self._purged = time.monotonic()
                await asyncio.to_thread(rows.purge, IDLE)
        except StateRowsError as error:
            if not events:
                raise  # an erased conversation must not come back: the caller asks again
            logger.error("a dialogue state is in memory only: %s", error)
