"""Takes a message to its answer: once for each id, in order within a session, and never later than promised.

The work runs in a task of its own. A parent who reloads or loses the connection in the middle of it finds the
answer when the message is sent again, and Rasa has heard it once.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings

from bot import tracing
from bot.web import metrics, shared
from bot.web.chat import compose
from bot.web.chat.fallback import empty_message, helplines_message
from bot.web.chat.log import TurnLog, turn_log
from bot.web.chat.record import Answer
from bot.web.chat.requests import not_offered
from bot.web.content import get_content
from bot.web.errors import ApiError

if TYPE_CHECKING:
    from bot.web.chat.record import Record
    from bot.web.chat.requests import Incoming

logger = logging.getLogger(__name__)


@dataclass
class Pending:
    """A message that is being answered. `risk` is the one that is open, as soon as it is known.

    `told` is what the parent is told: the answer as soon as there is one, or helplines where none came in time. What
    comes first counts, and is what is stored: storing itself may take longer than there is time left.
    """

    task: asyncio.Task[Answer]
    risk: str | None = None
    told: Answer | None = None


class Turns:
    """All messages that this process is answering."""

    def __init__(self, log: TurnLog) -> None:
        self._log = log
        self._pending: dict[tuple[str, str], Pending] = {}

    async def answer(self, session: str, incoming: Incoming) -> Answer:
        """The answer to `incoming`, within settings.CHAT_ANSWER_SECONDS. Raises ApiError."""
        if incoming.text is not None and not incoming.text.strip():
            return Answer(incoming.id, [empty_message()], await self._log.region_of(session))
        deadline = compose.now() + settings.CHAT_ANSWER_SECONDS
        pending = self._pending.get((session, incoming.id)) or self._start(session, incoming, deadline)
        # While the task is at work, since there is no time for it later.
        region = await self._log.region_of(session)
        await asyncio.wait({pending.task}, timeout=deadline - compose.now())
        if pending.task.done():
            return pending.task.result()
        if pending.told is None:
            helplines = helplines_message(region, unable=True, risk=pending.risk)
            pending.told = Answer(incoming.id, [helplines], region)
        return pending.told

    async def finish(self, seconds: float) -> None:
        """Wait for the messages that are being answered, at most `seconds`: for a process that is told to stop."""
        tasks = [pending.task for pending in self._pending.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    def _start(self, session: str, incoming: Incoming, deadline: float) -> Pending:
        key = (session, incoming.id)
        pending = self._pending[key] = Pending(asyncio.create_task(self._work(session, incoming, deadline)))

        def finished(task: asyncio.Task[Answer]) -> None:
            del self._pending[key]
            error = None if task.cancelled() else task.exception()
            if error and not isinstance(error, ApiError):
                logger.error("a turn failed", exc_info=error)

        pending.task.add_done_callback(finished)
        return pending

    async def _work(self, session: str, incoming: Incoming, deadline: float) -> Answer:
        with tracing.trace("turn", kind="text" if incoming.payload is None else "payload"):
            return await self._in_order(session, incoming, deadline)

    async def _in_order(self, session: str, incoming: Incoming, deadline: float) -> Answer:
        async with shared.sole(session):
            situation = await self._log.find(session, incoming.id, incoming.payload)
            if situation.answer:
                return situation.answer
            if incoming.payload is not None and situation.label is None:
                raise not_offered()
            pending = self._pending[session, incoming.id]
            pending.risk = situation.risk
            region = get_content().region(situation.region) if situation.region else None
            began = compose.now()
            with metrics.pending.track_inprogress():
                record = await compose.compose(session, incoming, region, situation, deadline)
                shown = _as_shown(record, pending.told)
                pending.told = shown.answer()
                answer = await self._log.add(session, shown)
            tracing.note(by="rules" if record.failed else "rasa", tier=record.tier is not None)
            metrics.count_turn(shown, compose.now() - began)
            return answer


def _as_shown(record: Record, told: Answer | None) -> Record:
    """The turn as the parent saw it: a reply that came after they were `told` otherwise is not the one."""
    return replace(record, replies=told.messages, failed=True) if told else record


turns = Turns(turn_log)
