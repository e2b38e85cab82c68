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
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.safety.context import in_context, short_answer
from bot.safety.follow_ups import get_follow_ups
from bot.safety.screen import ALARM_TIERS, CHECK, TIER_OF, Verdict
from bot.understanding.labels import is_crisis, labels
from knowledge.helplines import Helplines

if TYPE_CHECKING:
    # Their imports bring TensorFlow; who plays turns has loaded an agent already.
    from rasa.core.agent import Agent
    from rasa.core.processor import MessageProcessor

    from bot.safety.follow_ups import FollowUp

STICKY = ("E", "I", "P", "S", "V")  # gravest first
FALLBACK_INTENT = "nlu_fallback"
FOLLOW_UP_INTENT = "follow_up"
WATCHED = "watched"  # the follow-up that never waits
# Said plainly, these are what a parent wants, also after a crisis reply.
OTHER_WISHES = {"ask_consultation", "manage_booking", "request_booking", "request_helplines"}
# "My phone has no credit", after a crisis, is a barrier rather than a second crisis. A follow-up explains an alarm of
# the classifier alone up to this score, and never one of means, plan, the baby or the body.
EXPLAINED_BELOW = 0.3
NEVER_EXPLAINED = {"E", "I"}
TECHNICAL = {FALLBACK_INTENT, FOLLOW_UP_INTENT}  # steer rules; what was understood stays the likeliest label
NOT_SHOWN = {"action_listen", "action_extract_slots", "action_session_start"}
RANKING_SHOWN = 5
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
        reply: dict[str, Any] = {"text": message.get("text") or custom.get("text") or ""}
        if custom.get("card"):
            reply["card"] = custom["card"]
        choices = [{"label": b["title"], "payload": b["payload"]} for b in message.get("buttons") or []]
        if choices or custom.get("choices"):
            reply["choices"] = choices or custom["choices"]
        if custom.get("asks"):
            reply["asks"] = custom["asks"]
        self.messages.append(reply)


@dataclass
class Turn:
    """What one turn brought; the JSON of the channel."""

    messages: list[dict[str, Any]]
    understood: dict[str, Any]
    actions: list[str]
    region: str
    risk: str | None
    model: str
    milliseconds: float
    slots: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The answer of the channel."""
        shown = ("messages", "understood", "actions", "region", "risk", "model", "milliseconds")
        return {name: getattr(self, name) for name in shown}


def as_text(text: str) -> str:
    """Typed text with a leading slash made plain: only a pressed choice may name an intent."""
    return _SLASHED.sub("", text)


class TurnPlayer:
    """Plays turns on a loaded agent, one at a time in each conversation."""

    def __init__(self, agent: Agent, helplines: Helplines, timeout: float) -> None:
        if agent.processor is None:
            raise ValueError("The agent has no model. Run `attune train`.")
        self._agent = agent
        self._helplines = helplines
        self._timeout = timeout
        get_follow_ups()  # compiled now, rather than while the first parent waits

    async def play(
        self,
        sender: str,
        *,
        text: str = "",
        payload: str | None = None,
        region: str | None = None,
        risk: str | None = None,
    ) -> Turn:
        """Play one turn: `text` as typed, or `payload` of a choice that was offered ("/affirm").

        `risk` is the gravest tier that the caller knows of: a restart of Rasa, or a crisis answered while it was
        away, must not end a risk that is open.
        """
        processor = self._agent.processor
        assert processor is not None  # noqa: S101 - checked in __init__
        began = time.perf_counter()
        async with self._agent.lock_store.lock(sender):
            collector = Collector()
            # Also on a first turn: a custom session start would make a first crisis depend on the action server.
            tracker = await processor.fetch_tracker_and_update_session(sender, collector)
            seen = len(tracker.events)
            if region and not tracker.get_slot("region"):
                tracker.update(SlotSet("region", self._helplines.normalise_region(region)))
            if risk in STICKY and not tracker.get_slot("risk"):
                tracker.update(SlotSet("risk", risk))
            parse = await self._understand(processor, tracker, payload or as_text(text))
            verdict = Verdict(**parse["safety"])
            message = UserMessage(
                text or payload or "", collector, sender, input_channel=Collector.name(), parse_data=parse
            )
            await processor._handle_message_with_tracker(message, tracker)
            self._remember_risk(tracker, verdict)
            tracker.update(SlotSet("follow_up", parse.get("follow_up")))
            await self._answer(processor, collector, tracker)
            self._after(processor, collector, tracker, verdict)
            await processor.save_tracker(tracker)
        return Turn(
            messages=[{k: v for k, v in m.items() if k != "asks"} for m in collector.messages],
            understood=understood(text or payload or "", parse),
            actions=_actions(list(tracker.events)[seen:]),
            region=tracker.get_slot("region") or self._helplines.normalise_region(region),
            risk=tracker.get_slot("risk"),
            model=processor.model_filename,
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
            slots=tracker.current_slot_values(),
        )

    async def forget(self, sender: str) -> None:
        """Erase the conversation's dialogue state."""
        await self._agent.tracker_store.save(DialogueStateTracker(sender, self._agent.domain.slots))

    async def _understand(
        self, processor: MessageProcessor, tracker: DialogueStateTracker, text: str
    ) -> dict[str, Any]:
        parse: dict[str, Any] = await processor.parse_message(UserMessage(text, sender_id=tracker.sender_id), tracker)
        intent = parse["intent"]["name"] or FALLBACK_INTENT
        if text.startswith("/") and (label := labels().get(intent)):
            # A pressed topic has no words of its own: its passages are those of its description.
            described = await processor.parse_message(UserMessage(label.what, sender_id=tracker.sender_id), tracker)
            parse["passages"], parse["answered"] = described["passages"], True
        verdict = Verdict(**(parse.get("safety") or {}))
        if text.startswith("/") and is_crisis(intent):
            verdict = Verdict(TIER_OF.get(intent, "I"), intent, "choice", None)
        asked = tracker.get_slot("asked")
        answer = None if text.startswith("/") or verdict.alarm else short_answer(text, asked)
        if answer:
            intent = answer
            first = {"name": answer, "confidence": 1.0}
            parse["intent_ranking"] = [first, *(r for r in parse["intent_ranking"] if r["name"] != answer)]
        checked = tracker.get_slot("turns_since_check")
        verdict = in_context(verdict, intent, asked, None if checked is None else int(checked))
        risk = tracker.get_slot("risk")
        if verdict.alarm and verdict.label == "crisis_third_party" and risk in STICKY:
            # The person described was in graver danger a moment ago; a new sign of theirs does not lower it.
            verdict = replace(verdict, tier=min(risk, verdict.tier or risk, key=STICKY.index))
        if not (text.startswith("/") or answer):
            follow_up = self._follow_up(tracker, text, intent, verdict)
            if follow_up and follow_up.repeats:
                # Refusing help, or being told that all is well, does not lower somebody else's danger.
                intent = "crisis_third_party"
                verdict = Verdict(risk, intent, "context", text, verdict.score)
            elif follow_up:
                parse["follow_up"], intent = follow_up.name, FOLLOW_UP_INTENT
                if follow_up.name != WATCHED:
                    verdict = Verdict(score=verdict.score)
        parse["safety"] = verdict.as_dict()
        parse["intent"]["name"] = intent
        return parse

    @staticmethod
    def _follow_up(tracker: DialogueStateTracker, text: str, intent: str, verdict: Verdict) -> FollowUp | None:
        """What the text answers while a risk is open; new danger and a wish for something else come first."""
        risk = tracker.get_slot("risk")
        found = get_follow_ups().find(text, risk)
        if found is None:
            return None
        if found.name == WATCHED:
            return found if verdict.tier in {None, CHECK, "V"} else None
        if found.repeats:
            if not _about_someone_else(tracker):
                return None  # "he won't let me see a doctor" of a writer in danger is no word about somebody else's
            return found if not verdict.alarm or STICKY.index(risk) <= STICKY.index(verdict.tier) else None
        weak = verdict.by == "classifier" and verdict.score < EXPLAINED_BELOW and verdict.tier not in NEVER_EXPLAINED
        if verdict.alarm and not weak:
            return None
        return None if tracker.get_slot("exercise") or intent in OTHER_WISHES else found

    def _remember_risk(self, tracker: DialogueStateTracker, verdict: Verdict) -> None:
        """Slots that follow from the screening: this turn's tier, the gravest so far, and no exercise in a crisis."""
        tracker.update(SlotSet("tier", verdict.tier))
        if verdict.tier in ALARM_TIERS:
            before = tracker.get_slot("risk")
            known = [tier for tier in (before, verdict.tier) if tier in STICKY]
            tracker.update(SlotSet("risk", min(known, key=STICKY.index)))
            tracker.update(SlotSet("exercise", None))
        if tracker.latest_message and tracker.latest_message.intent.get("name") == "about_loss":
            tracker.update(SlotSet("loss", True))

    async def _answer(self, processor: MessageProcessor, collector: Collector, tracker: DialogueStateTracker) -> None:
        """Rules and actions; where they bring nothing in time, a plain reply with people in it."""
        try:
            await asyncio.wait_for(processor._run_prediction_loop(collector, tracker), self._timeout)
        except asyncio.TimeoutError:
            logger.error("An action did not answer within %.1f s", self._timeout)
        if not collector.messages:
            reply = await processor.nlg.generate("utter_unavailable", tracker, Collector.name())
            await collector.send_response(tracker.sender_id, reply)

    def _after(
        self, processor: MessageProcessor, collector: Collector, tracker: DialogueStateTracker, verdict: Verdict
    ) -> None:
        """The gentle check, the compact bar, and a note of what was asked and offered."""
        messages = collector.messages
        since = tracker.get_slot("turns_since_check")
        if verdict.tier == CHECK and not tracker.get_slot("risk"):
            messages.append(self._check(tracker))
            since = 0.0
        elif since is not None:
            since += 1.0
        tracker.update(SlotSet("turns_since_check", since))
        risk = tracker.get_slot("risk")
        if risk and not any((m.get("card") or {}).get("type") == "helplines" for m in messages):
            kind = {"E": "emergency", "P": "emergency", "I": "emergency", "V": "domestic_abuse"}.get(risk, "crisis")
            bare = [m for m in messages if not m.get("card")]
            card = self._helplines.card(tracker.get_slot("region"), kind, compact=True)
            if bare:
                bare[-1]["card"] = card
            else:
                words = self._helplines.words(tracker.get_slot("region"))
                messages.append(
                    {"text": f"Still here for you: {words['crisis_line']}, {words['crisis_ways']}.", "card": card}
                )
        asks = next((m["asks"] for m in reversed(messages) if m.get("asks")), None)
        tracker.update(SlotSet("asked", asks))
        tracker.update(SlotSet("offered", [c["payload"] for m in messages for c in m.get("choices", ())]))

    def _check(self, tracker: DialogueStateTracker) -> dict[str, Any]:
        words = self._helplines.words(tracker.get_slot("region"))
        return {
            "text": "May I ask one thing, because it matters: are you having any thoughts of not wanting to be here, or of "
            f"harm coming to you or the baby? Whatever the answer, you can reach {words['support_line']} "
            f"({words['support_ways']}), and a doctor, midwife or health visitor can see you today.",
            "choices": [
                {"label": "Yes, I am", "payload": "/affirm"},
                {"label": "No", "payload": "/deny"},
                {"label": "I'm not sure", "payload": "/unsure"},
            ],
            "asks": "safety",
        }


def _about_someone_else(tracker: DialogueStateTracker) -> bool:
    """Whether the last crisis of the conversation was somebody else's."""
    crises = (e.intent_name for e in reversed(list(tracker.events)) if isinstance(e, UserUttered))
    return next((name for name in crises if name and is_crisis(name)), None) == "crisis_third_party"


def understood(text: str, parse: dict[str, Any]) -> dict[str, Any]:
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
        "text": text,
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
