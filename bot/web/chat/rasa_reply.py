"""Reads what Rasa's channel answers: what is odd in it is left out, never trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.safety.tiers import as_tier, gravest
from bot.web.json_parts import as_dict, as_list, as_number, as_text


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
    body = as_dict(body)
    messages = [message for raw in as_list(body.get("messages")) if (message := _message(raw))]
    if not messages:
        raise UnusableReplyError("the answer has no messages")
    understood = as_dict(body.get("understood"))
    asks = body.get("asks")
    return Reply(
        messages=messages,
        understood=understood | {name: body[name] for name in ("model", "risk", "asks") if body.get(name)},
        actions=[action for action in as_list(body.get("actions")) if isinstance(action, str)],
        region=body["region"] if isinstance(body.get("region"), str) else None,
        tier=gravest(as_tier(as_dict(understood.get("safety")).get("tier"))),
        intent=as_text(understood.get("intent"))[:100],
        confidence=as_number(understood.get("confidence")),
        milliseconds=as_number(body.get("milliseconds")),
        asks=asks if isinstance(asks, str) else None,
    )


def read_tier(body: Any) -> str | None:
    """The tier in the channel's verdict on a text alone."""
    return as_tier(as_dict(body).get("tier"))


def _message(raw: Any) -> dict[str, Any] | None:
    raw = as_dict(raw)
    card = as_dict(raw.get("card"))
    message: dict[str, Any] = {"text": as_text(raw.get("text"))}
    if isinstance(card.get("type"), str):
        message["card"] = card
    choices = [
        {"label": choice["label"], "payload": choice["payload"]}
        for choice in map(as_dict, as_list(raw.get("choices")))
        if isinstance(choice.get("label"), str) and isinstance(choice.get("payload"), str)
    ]
    if choices:
        message["choices"] = choices
    return message if message["text"].strip() or "card" in message else None
