"""What an export holds of a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.masking import mask
from bot.web.spreadsheets import harmless

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.web.chat.models import Conversation, Turn

TURN_COLUMNS = (
    "turn",
    "at",
    "kind",
    "parent",
    "replies",
    "intent",
    "confidence",
    "tier",
    "corrected_intent",
    "corrected_crisis",
    "note",
    "failed",
)
CONVERSATION_COLUMNS = ("conversation", "begun", "region", "highest_tier", "reviewed", "flagged", "model")


def as_dict(conversation: Conversation, *, reveal: bool) -> dict[str, Any]:
    """The conversation with its turns; with `reveal`, what was written as it was written, otherwise masked.

    Its turns, their corrections and its review should have been fetched with it.
    """
    words: Callable[[str], str] = str if reveal else lambda text: mask(text).text
    review = getattr(conversation, "review", None)
    return {
        "conversation": conversation.pk,
        "begun": conversation.created.isoformat(timespec="seconds"),
        "region": conversation.region,
        "highest_tier": conversation.highest_tier,
        "reviewed": bool(review and review.reviewed_at),
        "flagged": bool(review and review.flagged),
        "model": conversation.model,
        "turns": [_turn(turn, words) for turn in conversation.turns.all()],
    }


def _turn(turn: Turn, words: Callable[[str], str]) -> dict[str, Any]:
    correction = getattr(turn, "correction", None)
    return {
        "turn": turn.position + 1,
        "at": turn.created.isoformat(timespec="seconds"),
        "kind": turn.kind,
        "parent": words(turn.text),
        "replies": [reply.get("text", "") for reply in turn.replies],
        "intent": turn.intent,
        "confidence": turn.confidence,
        "tier": turn.tier,
        "corrected_intent": correction.intent if correction else "",
        "corrected_crisis": correction.crisis_label if correction else "",
        "note": words(correction.note) if correction else "",
        "failed": turn.failed,
    }


def csv_rows(content: dict[str, Any]) -> list[list[str]]:
    """A row for each turn, its cells safe to open in a spreadsheet."""
    own = [content[name] for name in CONVERSATION_COLUMNS]
    return [[cell(value) for value in (*own, *(turn[name] for name in TURN_COLUMNS))] for turn in content["turns"]]


def cell(value: Any) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, list):
        value = "\n".join(map(str, value))
    if isinstance(value, (bool, int, float)):
        return str(value)
    return harmless(str(value))
