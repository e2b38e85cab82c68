"""Checks a played turn against what its dialogue expects; used by the dialogue tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.dialogues import Played


def complaints(played: Played, expect: dict[str, Any]) -> list[str]:
    """What does not hold of `expect`: intent, tier, card, kind, says, never, action."""
    row = played.as_row()
    texts = " ".join(reply["text"] for reply in row["replies"])
    cards = [reply["card"] for reply in row["replies"] if reply["card"]]
    found: list[str] = []
    if not texts.strip():
        found.append("there is no reply")
    if "intent" in expect:
        allowed = expect["intent"] if isinstance(expect["intent"], list) else [expect["intent"]]
        if row["intent"] not in allowed:
            found.append(f"intent is {row['intent']}, expected {' or '.join(allowed)}")
    if "tier" in expect and row["tier"] != expect["tier"]:
        found.append(f"tier is {row['tier']}, expected {expect['tier']}")
    if "card" in expect:
        types = {card["type"] for card in cards if not card.get("compact")}
        if expect["card"] == "none" and types:
            found.append(f"cards are {sorted(types)}, expected none")
        if expect["card"] not in {"none", *types, *(c["type"] for c in cards)}:
            found.append(f"cards are {sorted(types)}, expected {expect['card']}")
    if "kind" in expect and expect["kind"] not in {card.get("kind") for card in cards}:
        found.append(f"helplines are {[c.get('kind') for c in cards]}, expected {expect['kind']}")
    lowered = texts.lower()
    found += [f"no reply says {words!r}" for words in expect.get("says", ()) if words.lower() not in lowered]
    found += [f"a reply says {words!r}" for words in expect.get("never", ()) if words.lower() in lowered]
    if "action" in expect and expect["action"] not in row["actions"]:
        found.append(f"actions are {row['actions']}, expected {expect['action']}")
    return found
