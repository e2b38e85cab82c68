"""The lines of an evaluation folder and what was understood of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.safety.tiers import ALARM

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

FALLBACK = "nlu_fallback"
NOTHING = "(nothing)"  # stands for the label of a text that was not read as anything
STEP = 100  # lines between two notes of progress


@dataclass(frozen=True)
class Row:
    """An evaluation line and what was understood of it."""

    text: str
    label: str
    also: tuple[str, ...]
    parse: dict[str, Any]

    @property
    def tier(self) -> str | None:
        """The screening's tier."""
        tier: str | None = self.parse["safety"]["tier"]
        return tier

    @property
    def alarm(self) -> bool:
        """Whether helplines come at once."""
        return self.tier in ALARM

    @property
    def by_rules(self) -> bool:
        """Whether the rules alarmed, alone or together with the classifier."""
        return self.alarm and self.parse["safety"]["by"] in {"rules", "both"}

    @property
    def score(self) -> float:
        """The screening classifier's log-odds of danger."""
        return float(self.parse["safety"]["score"])

    @property
    def ranking(self) -> list[tuple[str, float]]:
        """Labels with their confidence, likeliest first, without Rasa's fallback."""
        rows = self.parse["intent_ranking"]
        return [(str(row["name"]), float(row["confidence"])) for row in rows if row["name"] != FALLBACK]

    @property
    def first(self) -> str:
        """The likeliest label."""
        return self.ranking[0][0] if self.ranking else NOTHING

    @property
    def confidence(self) -> float:
        """The confidence of the likeliest label, 0 where there is none."""
        return self.ranking[0][1] if self.ranking else 0.0

    def among(self, most: int) -> bool:
        """Whether the label or one of `also` is among the first `most` readings."""
        return bool({self.label, *self.also} & {name for name, _ in self.ranking[:most]})

    def as_wrong(self, suite: str, got: Any) -> dict[str, Any]:
        """This line in the list of those that went wrong."""
        return {"suite": suite, "text": self.text, "label": self.label, "got": got}


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a .jsonl file; an empty list where there is none."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


@dataclass
class Readings:
    """Reads the lines of `folder` with `read`, each text once whatever the number of suites, and tells how far it is."""

    folder: Path
    read: Callable[[str], Awaitable[dict[str, Any]]]
    say: Callable[[str], None]
    _known: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def parses(self, texts: Sequence[str], what: str) -> list[dict[str, Any]]:
        """What is understood of each text; `what` names them in the notes of progress."""
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        if new:
            self.say(f"Reading {len(new)} {what}")
        for number, text in enumerate(new, 1):
            self._known[text] = await self.read(text)
            if number % STEP == 0 and number < len(new):
                self.say(f"  {number} of {len(new)}")
        return [self._known[text] for text in texts]

    async def rows(self, name: str) -> list[Row]:
        """The lines of the file `name` as they are understood; none where there is no such file."""
        lines = read_lines(self.folder / name)
        parses = await self.parses([line["text"] for line in lines], f"lines of {name}")
        return [
            Row(line["text"], line["label"], tuple(line.get("also", ())), parse)
            for line, parse in zip(lines, parses, strict=True)
        ]

    async def changed(self, rows: Sequence[Row], texts: Sequence[str], what: str) -> list[Row]:
        """The lines of `rows` with other words: as `texts` are understood."""
        parses = await self.parses(texts, what)
        return [Row(text, row.label, row.also, parse) for row, text, parse in zip(rows, texts, parses, strict=True)]
