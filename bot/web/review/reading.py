"""A turn as staff read it: what was understood, laid out and checked, since it comes from another process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.safety.tiers import TIER_NAMES
from bot.understanding.labels import labels
from bot.web.chat.models import Turn
from bot.web.review.masking import masked, masked_part
from bot.web.review.opinions import INDEPENDENT, judged
from bot.web.review.passages import compared

if TYPE_CHECKING:
    from bot.web.review.models import Correction, Judgement
    from bot.web.review.opinions import Standing
    from knowledge.passages import Passage as Quoted

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
    state: str = ""  # against today's article: "changed", "gone", or empty


@dataclass(frozen=True)
class Reading:
    """One turn with everything beside it."""

    turn: Turn
    said: str
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
    correction: Correction | Judgement | None = None
    mine: Judgement | None = None
    views: list[Judgement] = field(default_factory=list)
    right_passage: str = ""
    shown: list[dict[str, Any]] = field(default_factory=list)

    @property
    def best(self) -> Guess | None:
        """The intent that decided."""
        return self.ranking[0] if self.ranking else None


def what_is(label: object) -> str:
    """The taxonomy's description of `label`, empty for one that it does not have."""
    known = labels().get(label) if isinstance(label, str) else None
    return known.what if known else ""


def read(turn: Turn, stands: Standing, staff: int, articles: dict[str, Quoted], *, revealed: bool = False) -> Reading:
    """The reading of `turn` for `staff`; parts that are missing or of another kind than expected stay empty.

    `articles` are today's passages by id. What the parent wrote is masked unless `revealed`.
    Who reviews independently (see opinions) is shown only their own judgement as the correction.
    """
    judgements = judged(turn)
    mine = judgements.get(staff)
    correction = mine if stands.blind else getattr(turn, "correction", None)
    understood = _dict(turn.understood)
    safety = _dict(understood.get("safety"))
    label = _text(safety.get("label"))
    tier = turn.tier or ""
    evidence = _text(safety.get("evidence"))
    return Reading(
        turn=turn,
        ranking=_ranking(turn, understood),
        tier=tier,
        tier_name=TIER_NAMES.get(tier, ""),
        label=label,
        label_what=what_is(label),
        layer=LAYERS.get(_text(safety.get("by")), _text(safety.get("by"))),
        said=turn.text if revealed or turn.kind == Turn.Kind.PAYLOAD else masked(turn.text),
        evidence=evidence if revealed else masked_part(turn.text, evidence),
        score=_number(safety.get("score")),
        passages=[
            Passage(
                _text(one.get("id")),
                _text(one.get("title")),
                _text(one.get("heading")),
                _number(one.get("score")),
                _since(one, articles),
            )
            for one in map(_dict, _list(understood.get("passages")))
        ],
        language=_text(understood.get("language")),
        model=_text(understood.get("model")),
        correction=correction,
        mine=mine,
        views=[] if stands.blind or stands.done < INDEPENDENT else list(judgements.values()),
        right_passage=_name_of(correction.passage if correction else "", articles),
        shown=_shown(turn, articles),
    )


def _since(passage: dict[str, Any], articles: dict[str, Quoted]) -> str:
    """What became of the wording that was found: "changed", "gone", or empty where it is as it was or not known."""
    digest, now = _text(passage.get("digest")), articles.get(_text(passage.get("id")))
    if not digest:
        return ""
    if now is None:
        return "gone"
    return "" if now.digest == digest else "changed"


def _shown(turn: Turn, articles: dict[str, Quoted]) -> list[dict[str, Any]]:
    """The replies, each with how a quoted passage differs from today's article."""
    messages = []
    for message in map(_dict, _list(turn.replies)):
        card = _dict(message.get("card"))
        difference = compared(card, articles) if card.get("type") == "passage" else None
        messages.append({**message, "compared": difference} if difference else message)
    return messages


def _name_of(passage: str, articles: dict[str, Quoted]) -> str:
    """Title and heading of a passage; its id when the articles have it no more."""
    known = articles.get(passage)
    return f"{known.title}: {known.heading}" if known else passage


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
