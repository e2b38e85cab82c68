"""Checks a played turn against what its dialogue expects; used by the dialogue tests and by `attune eval`.

An expectation is one key of a turn's `expect`. Two ways of writing them are read:

- `tier` and `card` by type (`passage`, `exercise`, `helplines`, ...), with `kind`, `says`, `never`, `action`;
- as clinicians write them: `crisis` (a tier, or none for no new crisis reply), `exercise` (`offered` among the
  choices, `running` a step shown, `stopped` no step shown, `forbidden` neither step nor offer), and `card` by
  purpose: `emergency`, `crisis`, `domestic_abuse` are helplines of that kind, `consult` is booking, `kept` is any
  helplines, also the compact bar, `none` is neither helplines nor booking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.safety.tiers import ALARM

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.dialogues import Played

    Check = Callable[["Shown", Any], list[str]]

PURPOSES = {"emergency", "crisis", "domestic_abuse"}
UNCHECKED = {"note"}  # for people who read the file


class Shown:
    """What a parent saw in one turn, and what was understood."""

    def __init__(self, played: Played) -> None:
        row = played.as_row()
        self.intent, self.tier, self.actions = row["intent"], row["tier"], row["actions"]
        self.text = " ".join(reply["text"] for reply in row["replies"])
        self.cards = [reply["card"] for reply in row["replies"] if reply["card"]]
        self.types = {card["type"] for card in self.cards if not card.get("compact")}
        payloads = [choice["payload"] for reply in row["replies"] for choice in reply["choices"]]
        self.offers_exercise = any(payload.startswith("/request_exercise") for payload in payloads)

    def helplines(self, kind: str) -> bool:
        """Whether a full card of `kind` is there."""
        return any(c["type"] == "helplines" and c.get("kind") == kind and not c.get("compact") for c in self.cards)


def _intent(shown: Shown, wanted: Any) -> list[str]:
    allowed = wanted if isinstance(wanted, list) else [wanted]
    return [] if shown.intent in allowed else [f"intent is {shown.intent}, expected {' or '.join(allowed)}"]


def _tier(shown: Shown, wanted: Any) -> list[str]:
    allowed = wanted if isinstance(wanted, list) else [wanted]
    return [] if shown.tier in allowed else [f"tier is {shown.tier}, expected {wanted}"]


def _crisis(shown: Shown, wanted: Any) -> list[str]:
    found = shown.tier if shown.tier in ALARM else "none"
    return [] if found == wanted else [f"the crisis reply is {found}, expected {wanted}"]


def _card(shown: Shown, wanted: Any) -> list[str]:
    here = {
        "none": not shown.types,
        "kept": any(card["type"] == "helplines" for card in shown.cards),
        "consult": "booking" in shown.types,
    }
    if wanted in PURPOSES:
        fits = shown.helplines(wanted)
    else:
        fits = here.get(wanted, any(card["type"] == wanted for card in shown.cards))
    return [] if fits else [f"cards are {sorted(shown.types)}, expected {wanted}"]


def _exercise(shown: Shown, wanted: Any) -> list[str]:
    running = "exercise" in shown.types
    fits = {
        "offered": shown.offers_exercise,
        "running": running,
        "stopped": not running,
        "forbidden": not running and not shown.offers_exercise,
    }
    return [] if fits[wanted] else [f"the exercise is not {wanted}"]


def _kind(shown: Shown, wanted: Any) -> list[str]:
    kinds = [card.get("kind") for card in shown.cards]
    return [] if wanted in kinds else [f"helplines are {kinds}, expected {wanted}"]


def _line(shown: Shown, wanted: Any) -> list[str]:
    here = [line["id"] for card in shown.cards for line in card.get("lines", ())]
    return [] if wanted in here else [f"the lines are {here}, expected {wanted}"]


def _says(shown: Shown, wanted: Any) -> list[str]:
    return [f"no reply says {words!r}" for words in wanted if words.lower() not in shown.text.lower()]


def _never(shown: Shown, wanted: Any) -> list[str]:
    return [f"a reply says {words!r}" for words in wanted if words.lower() in shown.text.lower()]


def _action(shown: Shown, wanted: Any) -> list[str]:
    return [] if wanted in shown.actions else [f"actions are {shown.actions}, expected {wanted}"]


CHECKS: dict[str, Check] = {
    "intent": _intent, "tier": _tier, "crisis": _crisis, "card": _card, "exercise": _exercise, "kind": _kind,
    "line": _line,
    "says": _says, "never": _never, "action": _action,
}  # fmt: skip


def expectations(played: Played, expect: dict[str, Any]) -> dict[str, list[str]]:
    """What does not hold, for each key of `expect`; an empty list where it holds. Raises ValueError."""
    if unknown := expect.keys() - CHECKS.keys() - UNCHECKED:
        raise ValueError(f"{played.dialogue.name}: expect has {sorted(unknown)}. Known: {', '.join(CHECKS)}, note.")
    shown = Shown(played)
    return {name: CHECKS[name](shown, wanted) for name, wanted in expect.items() if name not in UNCHECKED}


def complaints(played: Played, expect: dict[str, Any]) -> list[str]:
    """All that does not hold, and a turn without a reply."""
    silent = [] if Shown(played).text.strip() else ["there is no reply"]
    return silent + [complaint for found in expectations(played, expect).values() for complaint in found]
