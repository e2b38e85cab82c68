"""Three helpers: build a tracker, run an action, look at what it said and set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rasa_sdk import Action


def tracker(
    intent: str,
    text: str | None = None,
    *,
    choice: str | None = None,
    confidence: float = 0.8,
    ranking: list[tuple[str, float]] | None = None,
    passages: list[dict[str, Any]] | None = None,
    answered: bool = True,
    before: Sequence[str] = (),
    **slots: Any,
) -> Tracker:
    """A conversation whose latest message was understood as `intent`; without `text` it was a pressed choice.

    `before` was typed before it, in the form that bot/serving/rules.py sends.
    """
    message = {
        "text": f"/{intent}" if text is None else text,
        "intent": {"name": intent, "confidence": confidence},
        "intent_ranking": [{"name": n, "confidence": c} for n, c in ranking or [(intent, confidence)]],
        "entities": [{"entity": "choice", "value": choice}] if choice else [],
        "passages": passages or [],
        "answered": answered,
    }
    return Tracker(
        "parent", slots, message, [{"event": "user", "text": words} for words in before], False, None, {}, None
    )


@dataclass
class Said:
    """What an action brought: its messages, the slots that it set, and the action that it asks for next."""

    messages: list[dict[str, Any]]
    slots: dict[str, Any]
    next_action: str | None

    @property
    def text(self) -> str:
        """All that was said in words."""
        return "\n".join(message["text"] or "" for message in self.messages)

    @property
    def responses(self) -> list[str]:
        """Names of written responses."""
        return [message["response"] for message in self.messages if message["response"]]

    @property
    def cards(self) -> list[dict[str, Any]]:
        """Cards in order."""
        found = [message["custom"].get("card") for message in self.messages]
        return [card for card in found if card]

    @property
    def asks(self) -> str | None:
        """What the last message that asks something asks."""
        return next((m["custom"]["asks"] for m in reversed(self.messages) if m["custom"].get("asks")), None)

    @property
    def choices(self) -> dict[str, str]:
        """Payloads by label."""
        return {button["title"]: button["payload"] for message in self.messages for button in message["buttons"]}


def run(action: Action, state: Tracker) -> Said:
    """Run `action` in `state`."""
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, state, {})
    return Said(
        messages=dispatcher.messages,
        slots={event["name"]: event["value"] for event in events if event["event"] == "slot"},
        next_action=next((event["name"] for event in events if event["event"] == "followup"), None),
    )


def passage(number: int, **changes: Any) -> dict[str, Any]:
    """A passage as the search hands it over."""
    row = {
        "id": f"article#heading.{number}",
        "article": "article",
        "title": "A title",
        "heading": "A heading",
        "text": f"The words of passage {number}.",
        "url": "/articles/article#heading",
        "reviewed": False,
        "digest": f"d{number}",
        "score": 3.0 - number,
    }
    return {**row, **changes}
