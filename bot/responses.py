"""Rasa's response generator for Attune: varied wordings, the practice's facts, the region's helplines.

Named in endpoints.yml as `nlg: type`. Replaces Rasa's random choice, which repeats itself back to back.
"""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Mapping
from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.settings import ROOT, get_settings
from knowledge.helplines import Helplines, load_helplines
from knowledge.practice import Practice, load_practice

RELOAD_EVERY = 30.0  # seconds after which practice.yml and helplines.yml are read again
USED = "used_wordings"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def _filled(value: Any, words: Mapping[str, Any]) -> Any:
    """`value` with {placeholders} filled at any depth; an unknown one is left out, never shown."""
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: str(words.get(match.group(1)) or ""), value)
    if isinstance(value, dict):
        return {key: _filled(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, words) for item in value]
    return value


class Responses(NaturalLanguageGenerator):
    """Chooses the wording that was used longest ago in the conversation, and fills it.

    A response's buttons and `custom` may stand with its first wording only; they hold for all of them.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        # `rasa run` makes this before it loads the model, with an empty domain.
        known = domain.responses if domain and domain.responses else Domain.load(str(ROOT / "domain.yml")).responses
        self._responses: dict[str, list[dict[str, Any]]] = known
        self._read_at = 0.0
        self._practice: Practice
        self._helplines: Helplines
        self._read()

    def _read(self) -> None:
        if self._read_at and time.monotonic() - self._read_at < RELOAD_EVERY:
            return
        folder = get_settings().knowledge
        self._practice, self._helplines = load_practice(folder), load_helplines(folder)
        self._read_at = time.monotonic()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The message for `utter_action`: text, buttons and custom; None for an unknown name."""
        wordings = self._responses.get(utter_action)
        if not wordings:
            return None
        self._read()
        # Rasa keeps the message's own metadata one level down.
        used = [
            (event.metadata.get("metadata") or {}).get("wording")
            for event in tracker.events
            if event.type_name == "bot" and event.metadata.get("utter_action") == utter_action
        ]
        number = self._least_used(len(wordings), used, tracker.sender_id)
        region = tracker.get_slot("region")
        words = {
            **tracker.current_slot_values(),
            **kwargs,
            **self._helplines.words(region),
            "practice": self._practice.name,
            "reader": self._practice.reader,
            "retention_days": self._practice.retention_days,
            "practice_phone": self._practice.phone or "",
            "minutes": self._practice.booking.minutes,
            "cost": self._practice.booking.cost,
            "waiting": self._practice.booking.waiting,
            "after": self._practice.booking.after,
        }
        chosen = {**copy.deepcopy(wordings[0]), **copy.deepcopy(wordings[number])}
        message: dict[str, Any] = _filled(chosen, words)
        message["metadata"] = {**(message.get("metadata") or {}), "wording": number, "utter_action": utter_action}
        card = (message.get("custom") or {}).get("card")
        if card:
            message["custom"]["card"] = self._card(card, region)
        return message

    @staticmethod
    def _least_used(count: int, used: list[Any], sender: str) -> int:
        """The wording used least and longest ago; where the conversation begins differs by sender."""
        last = {number: place for place, number in enumerate(used)}
        start = sum(sender.encode()) % count
        return min(range(count), key=lambda n: (used.count(n), last.get(n, -1), (n - start) % count))

    def _card(self, card: dict[str, Any], region: str | None) -> dict[str, Any]:
        if card.get("type") == "helplines":
            return self._helplines.card(region, card["kind"])
        if card.get("type") == "region":
            names = [{"code": code, "name": name} for code, name in self._helplines.regions()]
            return {"type": "region", "current": self._helplines.normalise_region(region), "regions": names}
        return card
