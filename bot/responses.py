"""Rasa's response generator for Attune: varied wordings, the practice's facts, the region's helplines.

Named in endpoints.yml as `nlg: type`. Replaces Rasa's random choice, which repeats itself back to back.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.reading.history import about_someone_else
from bot.reading.own_violence import hurt_an_adult
from bot.settings import ROOT, get_settings
from knowledge.helplines import Helplines, current_helplines
from knowledge.languages import Language, current_languages
from knowledge.practice import Practice, current_practice

# After a loss no reply speaks of a living baby; where no booking is offered, none speaks of one. A reply of which no
# wording is left has a variant of its own ("utter_out_of_scope_after_loss").
OF_A_BABY = re.compile(r"\bbab(?:y|ies)\b|\bcots?\b|\bcribs?\b", re.IGNORECASE)
OF_A_BOOKING = re.compile(r"\bconsultations?\b|\bbook", re.IGNORECASE)
VARIANTS = (
    "beside_violence",
    "of_an_adult",
    "of_psychosis",
    "of_body",
    "for_another",
    "after_violence",
    "after_risk",
    "after_loss",
    "information",
    "without_booking",
    "one_line",
)
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
        self._practice: Practice
        self._helplines: Helplines
        self._languages: dict[str, Language]
        self._read()

    def _read(self) -> None:
        """Practice, helplines and languages as they are now. Raises KnowledgeError if they could never be read."""
        folder = get_settings().knowledge
        self._practice, self._helplines = current_practice(folder), current_helplines(folder)
        self._languages = current_languages(folder)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The message for `utter_action`: text, buttons and custom; None for an unknown name."""
        if utter_action not in self._responses:
            return None
        self._read()
        wordings, allowed = self._wordings(utter_action, tracker)
        # Rasa keeps the message's own metadata one level down.
        used = [
            (event.metadata.get("metadata") or {}).get("wording")
            for event in tracker.events
            if event.type_name == "bot" and event.metadata.get("utter_action") == utter_action
        ]
        number = self._least_used(allowed, used, tracker.sender_id)
        region = tracker.get_slot("region")
        words = {
            **tracker.current_slot_values(),
            **kwargs,
            **self._helplines.words(region),
            "practice": self._practice.name,
            "reader": self._practice.reader,
            "retention_days": self._practice.retention_days,
            "practice_contact": self._practice.contact,
            "minutes": self._practice.booking.minutes,
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

    def _wordings(self, name: str, tracker: DialogueStateTracker) -> tuple[list[dict[str, Any]], list[int]]:
        """The wordings of `name` for this conversation, and the places of those that may be said in it."""
        barred: list[re.Pattern[str]] = []
        about_another = about_someone_else(tracker)
        said = tracker.latest_message.text or "" if tracker.latest_message else ""
        risk, lines = tracker.get_slot("risk"), self._helplines.words(tracker.get_slot("region"))
        situation = {
            "beside_violence": bool(tracker.get_slot("violence")) and risk in {"S", "I"} and not about_another,
            "of_an_adult": hurt_an_adult(said),
            "of_psychosis": risk == "P" and not about_another,
            "of_body": risk == "E",
            "for_another": bool(risk) and about_another,
            "after_loss": bool(tracker.get_slot("loss")),
            "after_violence": risk == "V" and bool(tracker.get_slot("violence")),
            "after_risk": bool(risk),
            "information": self._practice.care == "information",
            "without_booking": self._practice.booking.mode == "off",
            "one_line": lines["support_line"] == lines["crisis_line"],
        }
        variant = next((f"{name}_{v}" for v in VARIANTS if situation[v] and f"{name}_{v}" in self._responses), name)
        wordings = self._responses[variant]
        language = self._languages.get(tracker.get_slot("language") or "")
        if language and (texts := language.responses.get(variant) or language.responses.get(name)):
            wordings = self._translated(language, texts, wordings[0])
        if situation["after_loss"]:
            barred.append(OF_A_BABY)
        if situation["without_booking"]:
            barred.append(OF_A_BOOKING)
        allowed = [n for n, wording in enumerate(wordings) if not any(p.search(wording["text"]) for p in barred)]
        return wordings, allowed or list(range(len(wordings)))

    @staticmethod
    def _translated(language: Language, texts: tuple[str, ...], first: dict[str, Any]) -> list[dict[str, Any]]:
        """Wordings in `language` with the card, the question and the buttons of the English ones."""
        wordings: list[dict[str, Any]] = [{"text": text} for text in texts]
        wordings[0]["custom"] = first.get("custom") or {}
        wordings[0]["buttons"] = [
            {**button, "title": language.buttons.get(button["payload"], button["title"])}
            for button in first.get("buttons") or []
        ]
        return wordings

    @staticmethod
    def _least_used(allowed: list[int], used: list[Any], sender: str) -> int:
        """Of the `allowed` wordings the one used least and longest ago; which comes first differs by sender."""
        last = {number: place for place, number in enumerate(used)}
        start = sum(sender.encode()) % len(allowed)
        return min(allowed, key=lambda n: (used.count(n), last.get(n, -1), (allowed.index(n) - start) % len(allowed)))

    def _card(self, card: dict[str, Any], region: str | None) -> dict[str, Any]:
        if card.get("type") == "helplines":
            return self._helplines.card(region, card["kind"])
        if card.get("type") == "region":
            names = [{"code": code, "name": name} for code, name in self._helplines.regions()]
            return {"type": "region", "current": self._helplines.normalise_region(region), "regions": names}
        return card
