"""A conversation as a dialogue test: the format of tests/conversations, masked, in var/conversations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from bot.settings import get_settings
from bot.understanding.labels import labels
from bot.web.review.models import NOT_A_CRISIS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.web.chat.models import Conversation, Turn
    from bot.web.review.models import Correction

FOLDER = "conversations"
HEAD = (
    "# Saved from a conversation in the console. Names and numbers were masked by rules, which miss some:\n"
    "# read it before it goes into tests/conversations.\n"
)
SAYS = 60  # characters of a passage's beginning that the answer has to contain


def path_of(conversation: str) -> Path:
    """Where the test of `conversation` lies. Raises ValueError for an id that is none."""
    if not re.fullmatch(r"[0-9a-f]{32}", conversation):
        raise ValueError(f"{conversation!r} is no id of a conversation.")
    return get_settings().var / FOLDER / f"{conversation}.yml"


def read(conversation: str) -> str | None:
    """The saved test; None when there is none."""
    try:
        return path_of(conversation).read_text("utf-8")
    except (FileNotFoundError, ValueError):
        return None


def put_back(conversation: str, text: str | None) -> None:
    """Writes the test, or takes it away when `text` is None."""
    path = path_of(conversation)
    if text is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")


def remove(conversation: str) -> None:
    """Takes the test away with its conversation."""
    if re.fullmatch(r"[0-9a-f]{32}", conversation):
        path_of(conversation).unlink(missing_ok=True)


def save(conversation: Conversation, mask: Callable[[str], str]) -> str:
    """Writes the test of `conversation` as staff corrected it, and returns its text."""
    turns = conversation.turns.select_related("correction")
    dialogue: dict[str, Any] = {"name": f"from the console, {conversation.pk[:8]}"}
    if conversation.region:
        dialogue["region"] = conversation.region
    dialogue["turns"] = [_turn(turn, mask) for turn in turns]
    text = HEAD + yaml.safe_dump([dialogue], sort_keys=False, allow_unicode=True, width=1000)
    put_back(conversation.pk, text)
    return text


def _turn(turn: Turn, mask: Callable[[str], str]) -> dict[str, Any]:
    pressed = turn.kind == "payload"
    said = {"payload_from": turn.text} if pressed else {"user": mask(turn.text)}
    expect = _expected(turn, getattr(turn, "correction", None))
    return {**said, "expect": expect} if expect else said


def _expected(turn: Turn, correction: Correction | None) -> dict[str, Any]:
    """What has to hold: as it was, or as it should have been; of a corrected turn the old answer counts no more."""
    if turn.failed and not correction:
        return {}
    corrected = correction and (correction.intent or correction.crisis_label or correction.passage)
    intent, tier = turn.intent, turn.tier
    if correction and correction.intent:
        intent = correction.intent
    if correction and correction.crisis_label == NOT_A_CRISIS:
        tier = None
    elif correction and correction.crisis_label:
        intent = correction.crisis_label
        own = labels()[correction.crisis_label].tier
        tier = turn.tier if own in {None, "any"} else own
    expect: dict[str, Any] = {"intent": intent} if intent else {}
    if tier or not (correction and correction.crisis_label not in {"", NOT_A_CRISIS}):
        expect["tier"] = tier
    if correction and correction.passage:
        expect |= {"card": "passage"} | _says(correction.passage)
    if not corrected:
        expect |= _shown(turn)
    return expect


def _shown(turn: Turn) -> dict[str, Any]:
    cards = [message["card"] for message in turn.replies if isinstance(message, dict) and message.get("card")]
    full = [card for card in cards if isinstance(card, dict) and not card.get("compact")]
    if not full:
        return {}
    kind = {"kind": full[0]["kind"]} if full[0].get("type") == "helplines" and full[0].get("kind") else {}
    return {"card": full[0].get("type")} | kind


def _says(passage: str) -> dict[str, Any]:
    from bot.web.review.passages import by_id

    known = by_id(passage)
    return {"says": [known.text[:SAYS].rsplit(" ", 1)[0]]} if known else {}
