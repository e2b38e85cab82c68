"""Rasa's tracker store: dialogue states of a bounded size, in bounded memory, and where wanted in a database too.

Named in endpoints.yml. With ATTUNE_DIALOGUE_URL every state is also a row in a database of its own, so that it
survives a restart and another Rasa can go on with it. The state in memory serves while that database is away or slow,
and wherever it is as new as the row: a parent's last words are in memory only, so that a process that goes on from the row
of another does not know what was said the same before.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rasa.core.tracker_store import TrackerStore

from bot.serving.cut import cut, share_metadata, without_words
from bot.serving.events import read_events, write_events
from bot.serving.in_time import InTime, NotInTimeError
from bot.serving.state_rows import StateRows, StateRowsError
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rasa.core.brokers.broker import EventBroker
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import Event
    from rasa.shared.core.trackers import DialogueStateTracker

MOST = 5_000  # conversations in memory; those whose last turn was longest ago go first
IDLE = 12 * 3600.0  # seconds after which nobody holds a token for the conversation any more
PURGE_EVERY = 600.0  # seconds between two purges of the rows
LEAST_LATER = 0.001  # seconds between the revisions of two turns, whatever the clocks of two machines say
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class State:
    """A dialogue state in memory: its events; its revision in seconds since 1970, as in its row; when it was used,
    on the monotonic clock; and whether there has been a row of the conversation.
    """

    events: tuple[Event, ...]
    revision: float
    used: float
    in_rows: bool = False


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
        self._in_time = InTime()
        self._states: OrderedDict[str, State] = OrderedDict()
        self._purged = 0.0

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep what the next turn needs; a tracker without events is forgotten.

        Raises StateRowsError or NotInTimeError where a row could not be erased.
        """
        sender, events = tracker.sender_id, tuple(cut(list(tracker.events)))
        share_metadata(events)
        before = self._states.pop(sender, None)
        if not events:
            if self._rows:  # an erased conversation must not come back: where this fails the caller asks again
                await self._in_time.call(self._rows.erase, sender, key=sender)
            return
        revision = max(time.time(), before.revision + LEAST_LATER if before else 0.0)
        self._states[sender] = State(events, revision, time.monotonic(), before is not None and before.in_rows)
        self._drop_old()
        if self._rows:
            await self._write(self._rows, sender, self._states[sender])

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation's state, or None for a new or forgotten one."""
        if self._rows:
            try:
                await self._catch_up(self._rows, sender_id)
            except (StateRowsError, NotInTimeError, ValueError) as error:
                logger.error("a dialogue state cannot be read, memory serves: %s", error)
        state = self._states.get(sender_id)
        if state is None:
            return None
        tracker = self.init_tracker(sender_id)
        for event in state.events:
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
            sender, state = next(iter(self._states.items()))
            if state.used >= oldest and len(self._states) <= MOST:
                return
            del self._states[sender]

    async def _catch_up(self, rows: StateRows, sender: str) -> None:
        """Have in memory what counts: the row where another process wrote a newer one, nothing where it erased it."""
        row = await self._in_time.call(rows.read, sender)
        state = self._states.get(sender)
        if row is None:
            if state and state.in_rows:
                del self._states[sender]
        elif state and state.revision >= row[0]:
            self._states[sender] = replace(state, in_rows=True)
        else:
            self._states[sender] = State(tuple(read_events(row[1])), row[0], time.monotonic(), in_rows=True)
            self._states.move_to_end(sender)
            self._drop_old()

    async def _write(self, rows: StateRows, sender: str, state: State) -> None:
        try:
            row = write_events(without_words(state.events))
            await self._in_time.call(rows.write, sender, state.revision, row, key=sender)
            if self._states.get(sender) is state:
                self._states[sender] = replace(state, in_rows=True)
        except (StateRowsError, NotInTimeError) as error:
            logger.error("a dialogue state is in memory only: %s", error)
        await self._purge(rows)

    async def _purge(self, rows: StateRows) -> None:
        if time.monotonic() - self._purged < PURGE_EVERY:
            return
        self._purged = time.monotonic()
        try:
            with suppress(NotInTimeError):  # it goes on in its thread, and this turn does not wait for it
                await self._in_time.call(rows.purge, IDLE)
        except StateRowsError as error:
            logger.error("old dialogue states could not be deleted: %s", error)
