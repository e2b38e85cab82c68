"""What actions read from the conversation, and how they answer: one place for slot names and shapes."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from knowledge.variety import next_wording

if TYPE_CHECKING:
    from collections.abc import Sequence

STALE_AFTER = 3600.0  # seconds after which an interrupted exercise is not resumed


@dataclass(frozen=True)
class Running:
    """An exercise that runs or was left: its id, the step shown (from 0), when it was shown, and how strong the
    distress was before it (0 to 10, None where nothing was said).
    """

    id: str
    step: int
    at: float
    before: int | None = None

    def as_slot(self) -> dict[str, Any]:
        """The form kept in the slot."""
        return {"id": self.id, "step": self.step, "at": self.at, "before": self.before}


class Session:
    """A typed view of the tracker's slots and latest message."""

    def __init__(self, tracker: Tracker) -> None:
        self._slots = tracker.slots
        self._message = tracker.latest_message or {}
        # What is sent of the conversation: the last few messages that were typed before this one.
        self._before = [str(e.get("text") or "") for e in tracker.events if e.get("event") == "user"]

    @property
    def intent(self) -> str:
        """The label of the latest message."""
        return str((self._message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        """Probability of that label."""
        return float((self._message.get("intent") or {}).get("confidence") or 0.0)

    @property
    def ranking(self) -> list[tuple[str, float]]:
        """Labels and probabilities, likeliest first, without the fallback's own."""
        rows = self._message.get("intent_ranking") or []
        return [(r["name"], float(r["confidence"])) for r in rows if r["name"] != "nlu_fallback"]

    @property
    def passages(self) -> list[dict[str, Any]]:
        """Passages that the search found, best first."""
        return list(self._message.get("passages") or [])

    @property
    def answered(self) -> bool:
        """Whether the best passage is good enough to quote."""
        return bool(self._message.get("answered"))

    @property
    def text(self) -> str:
        """What the parent typed."""
        return str(self._message.get("text") or "")

    @property
    def typed(self) -> bool:
        """Whether the parent typed words, rather than pressing a choice."""
        return not self.text.startswith("/")

    @property
    def risk(self) -> str | None:
        """The gravest tier so far in the session."""
        return _text(self._slots.get("risk"))

    @property
    def violence(self) -> bool:
        """Whether somebody at home frightens the writer."""
        return bool(self._slots.get("violence"))

    @property
    def loss(self) -> bool:
        """Whether the parent's baby has died."""
        return bool(self._slots.get("loss"))

    @property
    def unwanted(self) -> bool:
        """Whether thoughts that frighten were said to be unwanted: that is asked once."""
        return bool(self._slots.get("unwanted"))

    @property
    def asked(self) -> str | None:
        """What the last reply asked."""
        return _text(self._slots.get("asked"))

    @property
    def offered(self) -> list[str]:
        """Payloads of the last reply's choices."""
        return list(self._slots.get("offered") or [])

    @property
    def choice(self) -> str | None:
        """The value that a pressed choice carried."""
        for entity in self._message.get("entities") or []:
            if entity.get("entity") == "choice":
                return str(entity.get("value"))
        return None

    @property
    def topic(self) -> str | None:
        """The label of the last answer."""
        return _text(self._slots.get("topic"))

    @property
    def shown(self) -> list[str]:
        """Ids of passages quoted so far."""
        return list(self._slots.get("shown") or [])

    @property
    def done_exercises(self) -> list[str]:
        """Ids of exercises played to their end."""
        return list(self._slots.get("done_exercises") or [])

    @property
    def running(self) -> Running | None:
        """The exercise that runs, unless it is stale."""
        return _running(self._slots.get("exercise"))

    @property
    def paused(self) -> Running | None:
        """The exercise that was left for something else, unless it is stale."""
        return _running(self._slots.get("paused"))

    @property
    def heard(self) -> list[str]:
        """Labels of feelings, situations and dangers so far."""
        return list(self._slots.get("heard") or [])

    @property
    def said(self) -> list[str]:
        """Texts of the last reply."""
        return list(self._slots.get("said") or [])

    @property
    def offered_exercises(self) -> list[str]:
        """Ids of the exercises among the last choices."""
        return re.findall(r'/request_exercise\{"choice": "([a-z0-9-]+)"', " ".join(self.offered))

    @property
    def recent(self) -> list[str]:
        """The parent's last words, oldest first, this message the last."""
        return [*self._before, self.text]

    def count(self, name: str) -> int:
        """A counter slot: `worse` or `missed`."""
        return int(self._slots.get(name) or 0)


def _running(slot: Any) -> Running | None:
    if not slot or time.time() - float(slot["at"]) > STALE_AFTER:
        return None
    return Running(slot["id"], int(slot["step"]), float(slot["at"]), slot.get("before"))


def fresh(wordings: Sequence[str], session: Session) -> str:
    """One of `wordings` that the last reply did not have; which one depends on this message's length and on what was
    quoted so far.
    """
    start = len(session.shown) + len(session.text)
    return next_wording(wordings, start, " ".join(session.said))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def say(
    dispatcher: CollectingDispatcher,
    text: str,
    *,
    card: dict[str, Any] | None = None,
    choices: list[tuple[str, str]] | None = None,
    asks: str | None = None,
) -> None:
    """Send one message in the chat's form; `choices` are (label, payload)."""
    dispatcher.utter_message(
        text=text,
        buttons=[{"title": label, "payload": payload} for label, payload in choices or []],
        json_message={"card": card, "asks": asks},
    )


def slots(**values: Any) -> list[EventType]:
    """Events that set slots."""
    return [SlotSet(name, value) for name, value in values.items()]
