"""Plays one turn of a conversation through Rasa: what every turn gets, whatever answers it.

The web channel and the command line both play turns here, so that what is tested is what runs. Around
Rasa's own steps (understand, rules, actions) this adds what must not depend on an action or on the action
server: the risk that sticks, the gentle check, the compact helpline bar, and a reply when an action fails.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.events import ActionExecuted, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot import tracing
from bot.afterwards import finish
from bot.reading.intents import FALLBACK_INTENT, TECHNICAL
from bot.reading.language import language_of
from bot.reading.message import understand
from bot.reading.move_rules import get_moves
from bot.safety.follow_ups import get_follow_ups
from bot.safety.tiers import ALARM, gravest
from bot.safety.verdict import Verdict
from bot.serving.gate import Gate
from bot.understanding.labels import labels
from knowledge.helplines import ANYWHERE, current_helplines
from knowledge.places import residence_in
from knowledge.practice import current_practice

if TYPE_CHECKING:
    from pathlib import Path

    # Their imports bring TensorFlow; who plays turns has loaded an agent already.
    from rasa.core.agent import Agent
    from rasa.core.processor import MessageProcessor

REMEMBERED_FAMILIES = ("about_", "feel_", "crisis_")  # of labels, for the session
NOT_SHOWN = {"action_listen", "action_extract_slots", "action_session_start"}
RANKING_SHOWN = 5
LOOK_AGAIN = 0.05  # seconds until a turn, or erasing, looks again whether the turn before it is over
# Rasa strips every kind of white space before it looks for the slash, so all of it counts here.
_SLASHED = re.compile(r"\A[\s\ufeff\u200b]*/[\s/\ufeff\u200b]*")
logger = logging.getLogger(__name__)


class Collector(OutputChannel):
    """Collects the replies of one turn in the form of the chat API."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name in Rasa."""
        return "attune"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """One reply: text, card, choices, and what it asks."""
        custom = message.get("custom") or {}
        reply: dict[str, Any] = {"text": message.get("text") or ""}
        if custom.get("card"):
            reply["card"] = custom["card"]
        choices = [{"label": b["title"], "payload": b["payload"]} for b in message.get("buttons") or []]
        if choices:
            reply["choices"] = choices
        if custom.get("asks"):
            reply["asks"] = custom["asks"]
        self.messages.append(reply)


@dataclass
class Turn:
    """What one turn brought; the JSON of the channel. `asks` is the question that it leaves open, for the web process."""

    messages: list[dict[str, Any]]
    understood: dict[str, Any]
    actions: list[str]
    region: str
    risk: str | None
    model: str
    milliseconds: float
    asks: str | None = None
    slots: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The answer of the channel."""
        shown = ("messages", "understood", "actions", "region", "risk", "model", "milliseconds", "asks")
        return {name: getattr(self, name) for name in shown}


def as_text(text: str) -> str:
    """Typed text with a leading slash made plain: only a pressed choice may name an intent."""
    return _SLASHED.sub("", text)


class TurnPlayer:
    """Plays turns on a loaded agent, one at a time in each conversation."""

    def __init__(self, agent: Agent, knowledge: Path, timeout: float) -> None:
        """`knowledge` is the folder of practice and helplines. Raises ValueError without a model, and KnowledgeError."""
        if agent.processor is None:
            raise ValueError("The agent has no model. Run `attune train`.")
        self._agent = agent
        self._processor: MessageProcessor = agent.processor
        self._knowledge = knowledge
        self._timeout = timeout
        self._gate = Gate()
        # Compiled and loaded now, rather than while the first parent waits.
        current_practice(knowledge)
        current_helplines(knowledge)
        get_follow_ups()
        get_moves()
        language_of("¿se puede hablar en otro idioma aquí?")

    async def play(
        self,
        sender: str,
        *,
        text: str = "",
        payload: str | None = None,
        region: str | None = None,
        risk: str | None = None,
        until: float | None = None,
    ) -> Turn:
        """Play one turn: `text` as typed, or `payload` of a choice that was offered ("/affirm").

        `until` is the loop's time at which the caller gives up. Raises TooLateError when the message cannot be read
        before.

        `risk` is the gravest tier that the caller knows of: a restart of Rasa, or a crisis answered while it was
        away, must not end a risk that is open.
        """
        began = time.perf_counter()
        practice, helplines = current_practice(self._knowledge), current_helplines(self._knowledge)
        async with self._agent.lock_store.lock(sender, wait_time_in_seconds=LOOK_AGAIN):
            collector = Collector()
            known = helplines.normalise_region(region) if region else None
            tracker = await self._prepare(sender, collector, known, risk)
            seen = len(tracker.events)
            parse = await self._understand(tracker, collector, text, payload, until)
            if text and (home := residence_in(text)):
                tracker.update(SlotSet("region", helplines.normalise_region(home)))
            await self._answer(collector, tracker)
            finish(collector.messages, tracker, Verdict(**parse["safety"]), practice, helplines)
            with tracing.span("store state"):
                await self._processor.save_tracker(tracker)
        turn = Turn(
            messages=[{k: v for k, v in m.items() if k != "asks"} for m in collector.messages],
            understood=understood(parse) | {"language": tracker.get_slot("language")},
            actions=_actions(list(tracker.events)[seen:]),
            region=tracker.get_slot("region") or ANYWHERE,
            risk=tracker.get_slot("risk"),
            model=self._processor.model_filename,
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
            asks=tracker.get_slot("asked"),
            slots=tracker.current_slot_values(),
        )
        _trace(turn)
        return turn

    async def _prepare(
        self, sender: str, collector: Collector, region: str | None, risk: str | None
    ) -> DialogueStateTracker:
        """The conversation's state before the message, with what the caller knows where it knows nothing itself."""
        # Before the gate, where all is computing: a database that is slow for one parent is not for the others.
        # Also on a first turn: a custom session start would make a first crisis depend on the action server.
        with tracing.span("read state"):
            tracker = await self._processor.fetch_tracker_and_update_session(sender, collector)
        if region and not tracker.get_slot("region"):
            tracker.update(SlotSet("region", region))
        if risk in ALARM and not tracker.get_slot("risk"):
            tracker.update(SlotSet("risk", risk))
            if risk == "V":
                tracker.update(SlotSet("violence", True))
        return tracker

    async def _understand(
        self, tracker: DialogueStateTracker, collector: Collector, text: str, payload: str | None, until: float | None
    ) -> dict[str, Any]:
        """What the message means in its conversation, of which the state knows afterwards. Raises TooLateError."""
        async with self._gate.passed(until):
            with tracing.span("understand"):
                parse = await understand(self._processor, tracker, payload or as_text(text))
        channel = Collector.name()
        message = UserMessage(
            text or payload or "", collector, tracker.sender_id, input_channel=channel, parse_data=parse
        )
        await self._processor._handle_message_with_tracker(message, tracker)
        verdict = Verdict(**parse["safety"])
        _note_screening(tracker, verdict)
        if verdict.alarm:
            _pause_exercise(tracker)
        _note_topic(tracker, parse["intent"]["name"] or "")
        tracker.update(SlotSet("follow_up", parse.get("follow_up")))
        tracker.update(SlotSet("aside", parse.get("aside")))
        return parse

    async def screen(self, text: str, until: float | None = None) -> dict[str, Any]:
        """The verdict of rules and classifier on `text` alone; no conversation hears of it. Raises TooLateError."""
        async with self._gate.passed(until):
            parse = await self._processor.parse_message(UserMessage(as_text(text)))
        safety: dict[str, Any] = parse["safety"]
        return safety

    async def forget(self, sender: str) -> None:
        """Erase the conversation's dialogue state, after a turn that is being played, which would bring it back."""
        async with self._agent.lock_store.lock(sender, wait_time_in_seconds=LOOK_AGAIN):
            await self._agent.tracker_store.save(DialogueStateTracker(sender, self._agent.domain.slots))

    async def _answer(self, collector: Collector, tracker: DialogueStateTracker) -> None:
        """Rules and actions; where they bring nothing in time, a plain reply with people in it."""
        try:
            with tracing.span("rules and actions"):
                await asyncio.wait_for(self._processor._run_prediction_loop(collector, tracker), self._timeout)
        except asyncio.TimeoutError:
            logger.error("An action did not answer within %.1f s", self._timeout)
        if not collector.messages:
            reply = await self._processor.nlg.generate("utter_unavailable", tracker, Collector.name())
            await collector.send_response(tracker.sender_id, reply)


def _note_screening(tracker: DialogueStateTracker, verdict: Verdict) -> None:
    """The slots of this turn's tier, of the gravest so far, and of violence at home."""
    tracker.update(SlotSet("tier", verdict.tier))
    if verdict.alarm:
        tracker.update(SlotSet("risk", gravest(tracker.get_slot("risk"), verdict.tier)))
        if verdict.tier == "V" and verdict.label == "crisis_violence":
            tracker.update(SlotSet("violence", True))


def _pause_exercise(tracker: DialogueStateTracker) -> None:
    """No exercise goes on in a crisis; it can be taken up again."""
    if running := tracker.get_slot("exercise"):
        tracker.update(SlotSet("paused", running))
    tracker.update(SlotSet("exercise", None))


def _note_topic(tracker: DialogueStateTracker, intent: str) -> None:
    """What was spoken of, by which exercises are chosen; a loss changes every wording from here on."""
    heard = tracker.get_slot("heard") or []
    if intent not in heard and intent.startswith(REMEMBERED_FAMILIES):
        tracker.update(SlotSet("heard", [*heard, intent]))
    if intent == "about_loss":
        tracker.update(SlotSet("loss", True))


def _trace(turn: Turn) -> None:
    intent = turn.understood["intent"]
    tracing.note(
        tier=turn.understood["safety"]["tier"] is not None,
        intent=intent if intent in labels() else "none",
        model=turn.model,
        milliseconds=turn.milliseconds,
    )


def understood(parse: dict[str, Any]) -> dict[str, Any]:
    """What is stored with the turn and shown to staff: label names of the taxonomy, best five."""
    ranking = [
        {"intent": row["name"], "confidence": row["confidence"]}
        for row in parse.get("intent_ranking", [])
        if row["name"] not in TECHNICAL
    ][:RANKING_SHOWN]
    intent = parse["intent"]["name"]
    if intent in TECHNICAL and ranking:
        intent = ranking[0]["intent"]
    confidence = next(
        (row["confidence"] for row in ranking if row["intent"] == intent), parse["intent"].get("confidence")
    )
    passages = [
        {key: row[key] for key in ("id", "article", "title", "heading", "score", "digest")}
        for row in parse.get("passages", [])
    ]
    return {
        "intent": intent,
        "confidence": confidence,
        "ranking": ranking,
        "safety": parse["safety"],
        "passages": passages,
        "answered": parse.get("answered", False),
        "fallback": parse["intent"]["name"] == FALLBACK_INTENT,
    }


def _actions(events: list[Event]) -> list[str]:
    names = [event.action_name for event in events if isinstance(event, ActionExecuted)]
    return [name for name in names if name and name not in NOT_SHOWN]
