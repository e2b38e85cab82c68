"""Runs Rasa's rules and actions for one turn, without what Rasa repeats at each step.

The same steps as Rasa's own loop: predict, run, until the rules listen. Four things are left out, which took longer
than understanding the message: a JSON schema of the action server's answer that was itself checked at every call,
the whole conversation and domain in every call, a new connection for each, and playing the conversation again for
each prediction (bot/serving/rule_lookup.py).
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

import aiohttp
from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction, action_for_name_or_text

from bot import tracing
from bot.reading.history import typed_before
from bot.routing import Routes
from bot.serving.events import read_events
from bot.serving.rule_lookup import rule_lookup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rasa.core.channels.channel import OutputChannel
    from rasa.core.nlg.generator import NaturalLanguageGenerator
    from rasa.core.processor import MessageProcessor
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import Event
    from rasa.shared.core.trackers import DialogueStateTracker

PATIENCE = 0.8  # seconds for one of several action servers; all of them together have two
REJECTED = 400  # the action server's status for an action that refuses to run
TYPED_BEFORE = 3  # messages; what was typed so lately still says where the baby is
KEPT_OPEN = 4.0  # seconds; the action server closes an idle connection after five
logger = logging.getLogger(__name__)


class ActionServerError(Exception):
    """The action server did not answer as it should; the message has no word of the conversation."""


class Wire:
    """The connections to the action server; with `keep` they stay open, and `close` has to be called."""

    def __init__(self, keep: bool = True) -> None:
        self._keep = keep
        self.routes = Routes()
        # A session keeps its connections in the event loop that it was made in.
        self._sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = WeakKeyDictionary()

    async def call(self, urls: Sequence[str], body: dict[str, Any]) -> tuple[int, Any]:
        """Status and JSON of the answer of the first of `urls` that has one. Raises ActionServerError."""
        for url in urls[:-1]:
            try:
                answer = await asyncio.wait_for(self._call(url, body), PATIENCE)
            except (ActionServerError, asyncio.TimeoutError):
                self.routes.failed(url)
            else:
                self.routes.answered(url)
                return answer
        return await self._call(urls[-1], body)  # who plays the turn sets the limit for this one

    async def _call(self, url: str, body: dict[str, Any]) -> tuple[int, Any]:
        with tracing.span("ask action server", calls=True, action=body["next_action"]):
            try:
                try:
                    return await self._post(url, body)
                except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                    # The server was started again behind a connection that was kept. Actions render and store
                    # nothing, so that asking twice is harmless.
                    return await self._post(url, body)
            except (aiohttp.ClientError, ValueError) as error:
                raise ActionServerError(type(error).__name__) from None

    async def _post(self, url: str, body: dict[str, Any]) -> tuple[int, Any]:
        session = self._session() if self._keep else aiohttp.ClientSession()
        try:
            async with session.post(url, json=body, headers=tracing.headers()) as answer:
                return answer.status, await answer.json()
        finally:
            if not self._keep:
                await session.close()

    def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None:
            connector = aiohttp.TCPConnector(keepalive_timeout=KEPT_OPEN, limit=64)
            session = self._sessions[loop] = aiohttp.ClientSession(connector=connector)
        return session

    async def close(self) -> None:
        """Close this event loop's connections."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session:
            await session.close()


class LeanAction(RemoteAction):
    """An action of the action server, called with what actions read: slots, the latest message, and what was typed before."""

    def __init__(self, name: str, remote: RemoteAction, wire: Wire) -> None:
        super().__init__(name, remote.action_endpoint)
        self._wire = wire

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        """The replies and events of the action. Raises ActionServerError, ActionExecutionRejection."""
        if self.action_endpoint is None:
            raise ActionServerError("no address; set ATTUNE_ACTIONS_URL")
        urls = self.action_endpoint.url.split(",")
        body = {
            "next_action": self._name,
            "sender_id": tracker.sender_id,
            "tracker": {
                "sender_id": tracker.sender_id,
                "slots": tracker.current_slot_values(),
                "latest_message": tracker.latest_message.parse_data if tracker.latest_message else {},
                "latest_action_name": tracker.latest_action_name,
                "events": [{"event": "user", "text": text} for text in typed_before(tracker)[-TYPED_BEFORE:]],
            },
            "domain": {},
        }
        status, answer = await self._wire.call(self._wire.routes.ranked(tracker.sender_id, urls), body)
        if status == REJECTED:
            raise ActionExecutionRejection(self._name)
        events, responses = _parts(answer) if status == 200 else (None, None)
        if events is None or responses is None:
            raise ActionServerError(f"status {status}" if status != 200 else "an answer of another form")
        said = await self._utter_responses(responses, output_channel, nlg, tracker)
        return [*said, *read_events(events)]


def _parts(answer: Any) -> tuple[Any, Any]:
    """Events and responses of the answer; None in place of what has not the right form."""
    if not isinstance(answer, dict):
        return None, None
    lists = answer.get("events") or [], answer.get("responses") or []
    events, responses = (
        rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else None for rows in lists
    )
    return events, responses


class Rules:
    """Predicts and runs actions for a processor; `install` puts it in the place of Rasa's own loop."""

    def __init__(self, processor: MessageProcessor, keep: bool) -> None:
        self._processor = processor
        self.lookup = rule_lookup(processor)
        self._actions: dict[str, Action] = {}
        self.wire = Wire(keep)

    async def run(self, output_channel: OutputChannel, tracker: DialogueStateTracker) -> None:
        """Take actions until the rules listen, at most as many as Rasa allows."""
        processor = self._processor
        steps = self.lookup.begin() if self.lookup else None
        for _ in range(processor.max_number_of_predictions):
            prediction = steps.predict(tracker) if steps else None
            prediction = prediction or processor._predict_next_with_tracker(tracker)
            action = self._action(processor.domain.action_names_or_texts[prediction.max_confidence_index])
            if not await processor._run_action(action, tracker, output_channel, processor.nlg, prediction):
                return
        logger.warning("A turn was stopped after %d actions", processor.max_number_of_predictions)

    def _action(self, name: str) -> Action:
        if name not in self._actions:
            action = action_for_name_or_text(name, self._processor.domain, self._processor.action_endpoint)
            remote = type(action) is RemoteAction
            self._actions[name] = LeanAction(name, cast("RemoteAction", action), self.wire) if remote else action
        return self._actions[name]


def install(processor: MessageProcessor, *, keep: bool) -> Rules:
    """Have `processor` run its turns through Rules; `keep` connections where somebody closes them at the end."""
    rules = Rules(processor, keep)
    processor._run_prediction_loop = rules.run
    return rules
