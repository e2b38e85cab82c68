"""A turn as staff read it: what was understood, laid out and checked, since it comes from another process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.safety.tiers import TIER_NAMES
from bot.understanding.labels import labels
from bot.web.chat.models import Turn
from bot.web.json_parts import as_dict, as_list, as_number, as_text
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
    understood = as_dict(turn.understood)
    safety = as_dict(understood.get("safety"))
    label = as_text(safety.get("label"))
    tier = turn.tier or ""
    evidence = as_text(safety.get("evidence"))
    return Reading(
        turn=turn,
        ranking=_ranking(turn, understood),
        tier=tier,
        tier_name=TIER_NAMES.get(tier, ""),
        label=label,
        label_what=what_is(label),
        layer=LAYERS.get(as_text(safety.get("by")), as_text(safety.get("by"))),
        said=turn.text if revealed or turn.kind == Turn.Kind.PAYLOAD else masked(turn.text),
        evidence=evidence if revealed else masked_part(turn.text, evidence),
        score=as_number(safety.get("score")),
        passages=[
            Passage(
                as_text(one.get("id")),
                as_text(one.get("title")),
                as_text(one.get("heading")),
                as_number(one.get("score")),
                _since(one, articles),
            )
            for one in map(as_dict, as_list(understood.get("passages")))
        ],
        language=as_text(understood.get("language")),
        model=as_text(understood.get("model")),
        correction=correction,
        mine=mine,
        views=[] if stands.blind or stands.done < INDEPENDENT else list(judgements.values()),
        right_passage=_name_of(correction.passage if correction else "", articles),
        shown=_shown(turn, articles),
    )


def _since(passage: dict[str, Any], articles: dict[str, Quoted]) -> str:
    """What became of the wording that was found: "changed", "gone", or empty where it is as it was or not known."""
    digest, now = as_text(passage.get("digest")), articles.get(as_text(passage.get("id")))
    if not digest:
        return ""
    if now is None:
        return "gone"
    return "" if now.digest == digest else "changed"


def _shown(turn: Turn, articles: dict[str, Quoted]) -> list[dict[str, Any]]:
    """The replies, each with how a quoted passage differs from today's article."""
    messages = []
    for message in map(as_dict, as_list(turn.replies)):
        card = as_dict(message.get("card"))
        difference = compared(card, articles) if card.get("type") == "passage" else None
        messages.append({**message, "compared": difference} if difference else message)
    return messages


def _name_of(passage: str, articles: dict[str, Quoted]) -> str:
    """Title and heading of a passage; its id when the articles have it no more."""
    known = articles.get(passage)
    return f"{known.title}: {known.heading}" if known else passage


def _ranking(turn: Turn, understood: dict[str, Any]) -> list[Guess]:
    pairs = [
        (as_text(one.get("intent")), as_number(one.get("confidence")))
        for one in map(as_dict, as_list(understood.get("ranking")))
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
