"""A turn as staff read it: what was understood, laid out and checked, since it comes from another process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.understanding.labels import labels
from bot.web.chat.tiers import TIER_NAMES

if TYPE_CHECKING:
    from bot.web.chat.models import Turn
    from bot.web.review.models import Correction

LAYERS = {
    "rules": "patterns",
    "classifier": "classifier",
    "both": "patterns and classifier",
    "context": "earlier turns",
}


@dataclass(frozen=True)
class Guess:
    """An intent and how likely it was held to be, in percent."""

    intent: str
    percent: int
    what: str


@dataclass(frozen=True)
class Passage:
    """A passage that was found, with its score."""

    id: str
    title: str
    heading: str
    score: float | None


@dataclass(frozen=True)
class Reading:
    """One turn with everything beside it."""

    turn: Turn
    ranking: list[Guess] = field(default_factory=list)
    tier: str = ""
    tier_name: str = ""
    label: str = ""
    label_what: str = ""
    layer: str = ""
    evidence: str = ""
    score: float | None = None
    passages: list[Passage] = field(default_factory=list)
    language: str = ""
    model: str = ""
    correction: Correction | None = None

    @property
    def best(self) -> Guess | None:
        """The intent that decided."""
        return self.ranking[0] if self.ranking else None


def what_is(label: object) -> str:
    """The taxonomy's description of `label`, empty for one that it does not have."""
    known = labels().get(label) if isinstance(label, str) else None
    return known.what if known else ""


def read(turn: Turn) -> Reading:
    """The reading of `turn`; parts that are missing or of another kind than expected stay empty."""
    understood = _dict(turn.understood)
    safety = _dict(understood.get("safety"))
    label = _text(safety.get("label"))
    tier = turn.tier or ""
    return Reading(
        turn=turn,
        ranking=_ranking(turn, understood),
        tier=tier,
        tier_name=TIER_NAMES.get(tier, ""),
        label=label,
        label_what=what_is(label),
        layer=LAYERS.get(_text(safety.get("by")), _text(safety.get("by"))),
        evidence=_text(safety.get("evidence")),
        score=_number(safety.get("score")),
        passages=[
            Passage(_text(one.get("id")), _text(one.get("title")), _text(one.get("heading")), _number(one.get("score")))
            for one in map(_dict, _list(understood.get("passages")))
        ],
        language=_text(understood.get("language")),
        model=_text(understood.get("model")),
        correction=getattr(turn, "correction", None),
    )


def _ranking(turn: Turn, understood: dict[str, Any]) -> list[Guess]:
    pairs = [
        (_text(one.get("intent")), _number(one.get("confidence")))
        for one in map(_dict, _list(understood.get("ranking")))
    ]
    if turn.intent and turn.intent not in [intent for intent, _ in pairs]:
        # The last word on a turn may be the safety layer's, which is not in the classifier's ranking.
        pairs.insert(0, (turn.intent, turn.confidence))
    pairs.sort(key=lambda pair: pair[0] != turn.intent)
    return [
        Guess(intent, round(100 * min(max(confidence or 0.0, 0.0), 1.0)), what_is(intent))
        for intent, confidence in pairs
        if intent
    ][:5]


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
