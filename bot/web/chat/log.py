"""The log of conversations as the chat uses it: a memory before the tables, which bridges a database that fails.

What could not be stored is kept in memory and stored with the session's next turn, or by `retry_storing`. The same
memory answers a message that is sent again, and knows region and offered buttons while nothing can be read. Beside it
the journal keeps those turns on disk, so that they are not lost with the process.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from bot.safety.tiers import ALARM, gravest
from bot.web import database, shared
from bot.web.chat import tables
from bot.web.chat.journal import Journal, Kept, Key
from bot.web.chat.models import offers_of
from bot.web.chat.record import Answer, Record, Situation
from bot.web.errors import ApiError

logger = logging.getLogger(__name__)

READ_SECONDS = 0.5
WRITE_SECONDS = 0.3
REMEMBERED_SESSIONS = 5_000
RETRY_SECONDS = 15
CLAIMED = 200  # turns of the journal that are taken into memory at once


@dataclass
class Known:
    """What this process remembers of a session."""

    region: str
    page: str = ""
    opening: list[dict[str, Any]] = field(default_factory=list)
    offers: dict[str, str] = field(default_factory=dict)
    unsaved: list[Record] = field(default_factory=list)
    asked: str | None = None
    risk: str | None = None  # the gravest alarm that this process has seen
    unread: bool = False  # another process had the conversation before, and the tables cannot be read since

    def first_row(self) -> dict[str, Any]:
        """The conversation as it is stored where the tables do not have it yet."""
        return {"region": self.region, "page": self.page, "opening": self.opening}

    def hear(self, record: Record) -> None:
        """Remember the alarm of `record`, if it has one."""
        if record.tier in ALARM:
            self.risk = gravest(self.risk, record.tier)

    def is_stored(self) -> None:
        """The tables have the conversation: what was for its first row need not be remembered."""
        self.page, self.opening = "", []


class TurnLog:
    """Finds and adds turns. One for the process; not for use from other threads than the event loop's."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._journal = Journal()

    async def region_of(self, session: str) -> str | None:
        """The session's region as this process remembers it or, after a restart, as it is stored; None if unknown."""
        known = self._known.get(session)
        if known and known.region:
            return known.region
        try:
            return await database.read(lambda: tables.region_of(session), READ_SECONDS)
        except database.DatabaseUnavailableError as error:
            logger.error("the region of %s cannot be read: %s", session, error)
            return None

    def unstored(self) -> int:
        """How many turns wait in memory for the database."""
        return sum(len(known.unsaved) for known in self._known.values())

    async def begin(self, session: str, region: str, page: str, opening: list[dict[str, Any]]) -> None:
        """Store a new conversation; while that fails, it is remembered and stored with its first turn."""
        known = self._remember(session, Known(region, page, opening, offers_of(opening)))
        first = known.first_row()
        try:
            await database.write(lambda: tables.store(session, first, []), WRITE_SECONDS)
            known.is_stored()
        except database.DatabaseUnavailableError as error:
            logger.error("conversation %s is not stored yet: %s", session, error)

    async def find(self, session: str, client_id: str, payload: str | None) -> Situation:
        """The situation in which the message arrives. Raises ApiError 401 when the conversation is erased."""
        known = self._known.get(session)
        label = known.offers.get(payload) if known and payload else None
        for record in known.unsaved if known else ():
            if record.client_id == client_id:
                return Situation(record.region, record.answer())
        try:
            stored = await database.read(lambda: tables.load(session, client_id, payload, label), READ_SECONDS)
        except database.DatabaseUnavailableError as error:
            logger.error("conversation %s cannot be read: %s", session, error)
            known = known or self._remember(session, Known("", unread=True))
            return Situation(known.region or None, None, label, known.risk, known.asked, known.unread)
        if known:
            known.unread, known.risk = False, gravest(known.risk, stored.risk)
        # What is still unsaved is newer than the tables; a conversation that they do not have yet is all unsaved.
        if known and (known.unsaved or stored.region is None):
            asked = known.asked if any(not record.failed for record in known.unsaved) else stored.asked
            region = known.region or stored.region
            return Situation(region, stored.answer, stored.label, known.risk, asked)
        return stored

    async def add(self, session: str, record: Record) -> Answer:
        """Store the turn, or keep it in memory until that works; the answer that counts for its id.

        That is another one only if another process answered the same id at the same time.
        Raises ApiError 401 when the conversation was erased in the meantime.
        """
        known = self._known.get(session) or self._remember(session, Known(record.region))
        known.region = record.region or known.region
        known.offers |= offers_of(record.replies)
        if not record.failed:
            known.asked = record.asks
        known.unsaved.append(record)
        known.hear(record)
        try:
            answers = await self._flush(session, known)
        except database.DatabaseUnavailableError as error:
            logger.error("turn of %s is not stored yet: %s", session, error)
            await self._journal.keep(Kept(session, record, known.page, tuple(known.opening)))
            return record.answer()
        return answers.get(record.client_id, record.answer())

    async def history(self, session: str) -> list[dict[str, Any]]:
        """The conversation as the parent saw it. Raises ApiError 401, DatabaseUnavailableError."""
        known = self._known.get(session)
        shown = await database.read(lambda: tables.history(session), READ_SECONDS)
        shown = shown if shown is not None else list(known.opening if known else [])
        seen = {message["id"] for message in shown}
        for record in known.unsaved if known else ():
            if record.client_id not in seen:
                shown += [{"id": record.client_id, "from": "parent", "text": record.text}, *record.replies]
        return shown

    async def erase(self, session: str) -> None:
        """Erase the conversation. Raises ApiError 401 when it is erased already, DatabaseUnavailableError."""
        await database.write(lambda: tables.erase(session), 2.0)
        await self._forget(session)

    async def store_unsaved(self) -> None:
        """Try again to store what could not be stored, and then what the journal has of processes that died.

        A database that is away ends it until the next time; a turn that it refuses holds up no other.
        """
        try:
            for session, known in [(session, known) for session, known in self._known.items() if known.unsaved]:
                await self._store_late(session, known)
            tried: set[Key] = set()
            while claimed := await self._journal.claim(CLAIMED, self._held() | tried):
                tried.update(kept.key for kept in claimed)
                for session, turns in groupby(
                    sorted(claimed, key=lambda kept: kept.session), lambda kept: kept.session
                ):
                    await self._adopt(session, list(turns))
        except database.DatabaseUnavailableError:
            return
        except OSError as error:
            logger.error("what is kept on disk cannot be read: %s", error.strerror)

    async def _adopt(self, session: str, turns: list[Kept]) -> None:
        """Take `turns`, which nobody has in memory, in front of what is known of the session, and store them."""
        first = turns[0]
        known = self._known.get(session)
        if known is None:
            known = self._remember(session, Known(first.record.region, first.page, list(first.opening)))
        known.unsaved = [*(kept.record for kept in turns), *known.unsaved]
        for kept in turns:
            known.hear(kept.record)
        logger.warning("%d turns of %s were on disk alone, and are stored now", len(turns), session)
        await self._store_late(session, known)

    async def _store_late(self, session: str, known: Known) -> None:
        try:
            async with shared.sole(session):
                if self._known.get(session) is known:  # else erased meanwhile
                    await self._flush(session, known)
        except ApiError:
            logger.info("%s was erased before its last turn was stored", session)
        except database.DatabaseRefusedError as error:
            logger.error("the database does not take what waits of %s: %s", session, error)

    def _held(self) -> set[Key]:
        """The turns that wait in memory now."""
        return {(session, record.client_id) for session, known in self._known.items() for record in known.unsaved}

    async def _forget(self, session: str) -> None:
        self._known.pop(session, None)
        await self._journal.drop_session(session)

    async def _flush(self, session: str, known: Known) -> dict[str, Answer]:
        first, records = known.first_row(), list(known.unsaved)
        try:
            answers = await database.write(lambda: tables.store(session, first, records), WRITE_SECONDS)
        except ApiError:
            await self._forget(session)  # erased: nothing of it may stay here either
            raise
        known.unsaved = [record for record in known.unsaved if record not in records]
        known.is_stored()
        self._remember(session, known)
        await self._journal.drop((session, record.client_id) for record in records)
        return answers

    def _remember(self, session: str, known: Known) -> Known:
        self._known[session] = known
        self._known.move_to_end(session)
        if len(self._known) > REMEMBERED_SESSIONS:
            # Never the session itself: what is about to be added to it would be nobody's.
            others = (key for key, value in self._known.items() if not value.unsaved and key != session)
            spare = next(others, None)
            # With the database away for long, the oldest words leave memory, and wait in the journal alone.
            del self._known[spare or next(iter(self._known))]
        return known


turn_log = TurnLog()


async def retry_storing() -> None:
    """Background work: at the start and every few seconds, store what could not be stored."""
    while True:
        await turn_log.store_unsaved()
        await asyncio.sleep(RETRY_SECONDS)
