"""Loads the small words of data/moves.yml, which bot/reading/moves.py reads in a conversation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from bot.settings import ROOT
from bot.understanding.labels import labels

if TYPE_CHECKING:
    from pathlib import Path

PATH = ROOT / "data" / "moves.yml"
# When a rule counts: a state of the conversation, or what the last reply asked (the slot `asked` of domain.yml).
STATES = frozenset({"within", "sensed", "paused", "rated", "quoted", "refused", "unasked", "anywhere"})
ASKED = frozenset(
    {"safety", "safe_to_chat", "someone_near", "intrusive", "body", "offer", "exercise_next", "rating_before", "booking"}
)  # fmt: skip
_KEYS = {"intent", "when", "patterns", "fires", "silent"}
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class MoveError(ValueError):
    """A rule cannot be used; the message names file, rule and fix."""


class Move(NamedTuple):
    """What a message does in the conversation: a label, and the value of the choice that it stands for."""

    intent: str
    choice: str | None = None


@dataclass(frozen=True)
class MoveRule:
    """Words of one move, and when they count."""

    move: Move
    when: str
    pattern: re.Pattern[str]
    fires: tuple[str, ...]
    silent: tuple[str, ...]

    def fits(self, words: str) -> bool:
        """Whether the whole of `words` is this move."""
        return self.pattern.match(words) is not None


def load_moves(path: Path = PATH) -> list[MoveRule]:
    """The rules in file order. Raises MoveError for one that could never count."""
    content = yaml.safe_load(path.read_text("utf-8"))
    if missing := {"fillers", "parts", "moves"} - content.keys():
        raise MoveError(f"{path} lacks {sorted(missing)}. Fix: add them.")
    return [
        _rule(entry, f"{path}: move {number} ({entry.get('when')} {entry.get('intent')})", content)
        for number, entry in enumerate(content["moves"], start=1)
    ]


def _rule(entry: dict[str, Any], name: str, content: dict[str, Any]) -> MoveRule:
    if missing := _KEYS - entry.keys():
        raise MoveError(f"{name} lacks {sorted(missing)}. Fix: add them.")
    if unknown := entry.keys() - _KEYS - {"choice"}:
        raise MoveError(f"{name} has {sorted(unknown)}. Fix: remove or correct them.")
    if entry["when"] not in STATES | ASKED:
        raise MoveError(f"{name} counts when {entry['when']!r}. Fix: use one of {', '.join(sorted(STATES | ASKED))}.")
    if entry["intent"] not in labels():
        raise MoveError(f"{name} has a label that is not in data/labels.yml. Fix: use one that is.")
    return MoveRule(
        Move(entry["intent"], entry.get("choice")),
        entry["when"],
        _compiled(entry["patterns"], name, content),
        tuple(map(str, entry["fires"])),
        tuple(map(str, entry["silent"])),
    )


def _compiled(patterns: list[str], name: str, content: dict[str, Any]) -> re.Pattern[str]:
    """The whole message is one of `patterns`, with fillers before and after."""
    parts = content["parts"]
    written = "|".join(patterns)
    if unknown := set(_PLACEHOLDER.findall(written)) - parts.keys():
        raise MoveError(f"{name} names {sorted(unknown)}, which `parts` lacks. Fix: add or correct them.")
    written = _PLACEHOLDER.sub(lambda match: f"(?:{parts[match.group(1)]})", written)
    try:
        return re.compile(rf"^(?:(?:{content['fillers']}) )*(?:{written})(?: (?:{content['fillers']}|again))*\s*$")
    except re.error as error:
        raise MoveError(f"{name} has a pattern that is no regular expression: {error}. Fix: correct it.") from error


@lru_cache(maxsize=1)
def get_moves() -> list[MoveRule]:
    """The rules of this process."""
    return load_moves()
