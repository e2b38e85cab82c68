"""What staff corrected, and the phrasing that it becomes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.masking import PLACEHOLDER, mask
from bot.safety.tiers import ALARM
from bot.understanding.labels import is_crisis, labels

NOT_A_CRISIS = "none"  # as in bot.web.review
LEAST_WORDS, MOST_CHARACTERS = 2, 2_000
# What no YAML file may hold (YAML 1.2.2, 5.1, c-printable); the chat takes it, and one such line would keep
# data/nlu/reviewed from being read at all.
_UNREADABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Corrected:
    """A turn that staff corrected: what the parent wrote, as it was read, and as it should have been.

    `key` names the turn in the tables, `seen` says when its correction was last changed (ISO 8601). `intent` is empty
    where staff named none, `crisis` is a label of the family crisis, NOT_A_CRISIS or empty. `tier` is what the
    screening said then. `learnt_digest` is set where an earlier learning took the same turn as something else: it tells
    that line.
    """

    key: int
    text: str
    intent: str = ""
    crisis: str = ""
    tier: str = ""
    learnt_digest: str = ""
    seen: str = ""

    @classmethod
    def read(cls, raw: dict[str, Any]) -> Corrected:
        """From the JSON of the management command."""
        return cls(**{name: raw[name] for name in cls.__dataclass_fields__ if name in raw})


@dataclass(frozen=True)
class Phrasing:
    """A line of data/nlu/reviewed. `twin`: it raised an alarm and is none. `seen`: of the correction it was made from."""

    key: int
    text: str
    label: str
    twin: bool = False
    seen: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A correction that is not learnt, and why, in words."""

    key: int
    text: str
    why: str


def as_phrasing(corrected: Corrected) -> Phrasing | LeftOut:
    """The masked phrasing under its right label, or why there is none."""
    text = " ".join(_UNREADABLE.sub(" ", mask(corrected.text).text).split()).lstrip("/- ")

    def no(why: str) -> LeftOut:
        return LeftOut(corrected.key, text, why)

    crisis = corrected.crisis not in {"", NOT_A_CRISIS}
    label = corrected.crisis if crisis else corrected.intent
    if not label:
        return no("it is marked as no crisis, and no intent says what it is: choose one in the console")
    if label not in labels():
        return no(f"there is no label {label}")
    if is_crisis(label) and not crisis:
        return no(f"{label} belongs to the crisis labels: choose it there")
    if len(PLACEHOLDER.sub(" ", text).split()) < LEAST_WORDS:
        return no("too little is left to learn from")
    if len(text) > MOST_CHARACTERS:
        return no(f"it is longer than {MOST_CHARACTERS} characters")
    return Phrasing(corrected.key, text, label, twin=not crisis and corrected.tier in ALARM, seen=corrected.seen)
