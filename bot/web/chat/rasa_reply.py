"""Reads what Rasa's channel answers: what is odd in it is left out, never trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.safety.tiers import as_tier, gravest


class UnusableReplyError(Exception):
    """There is nothing in the answer that could be shown."""


@dataclass(frozen=True)
class Reply:
    """What the channel answered to one turn; `messages` have text, and maybe card and choices, but no ids yet."""

    messages: list[dict[str, Any]]
    understood: dict[str, Any] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    region: str | None = None
    tier: str | None = None
    intent: str = ""
    confidence: float | None = None
    milliseconds: float | None = None
    asks: str | None = None


def read_reply(body: Any) -> Reply:
    """The channel's JSON as a Reply; a part of it that is odd is left out. Raises UnusableReplyError without messages."""
    body = _dict(body)
    messages = [message for raw in _list(body.get("messages")) if (message := _message(raw))]
    if not messages:
        raise UnusableReplyError("the answer has no messages")
    understood = _dict(body.get("understood"))
    intent = understood.get("intent")
    asks = body.get("asks")
    return Reply(
        messages=messages,
        understood=understood | {name: body[name] for name in ("model", "risk", "asks") if body.get(name)},
        actions=[action for action in _list(body.get("actions")) if isinstance(action, str)],
        region=body["region"] if isinstance(body.get("region"), str) else None,
        tier=gravest(as_tier(_dict(understood.get("safety")).get("tier"))),
        intent=intent[:100] if isinstance(intent, str) else "",
        confidence=_number(understood.get("confidence")),
        milliseconds=_number(body.get("milliseconds")),
        asks=asks if isinstance(asks, str) else None,
    )


def read_tier(body: Any) -> str | None:
    """The tier in the channel's verdict on a text alone."""
    return as_tier(_dict(body).get("tier"))


def _message(raw: Any) -> dict[str, Any] | None:
    raw = _dict(raw)
    text, card = raw.get("text"), _dict(raw.get("card"))
    message: dict[str, Any] = {"text": text if isinstance(text, str) else ""}
    if isinstance(card.get("type"), str):
        message["card"] = card
    choices = [
        {"label": choice["label"], "payload": choice["payload"]}
        for choice in map(_dict, _list(raw.get("choices")))
        if isinstance(choice.get("label"), str) and isinstance(choice.get("payload"), str)
    ]
    if choices:
        message["choices"] = choices
    return message if message["text"].strip() or "card" in message else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
