"""Alarms that what was told before explains: "they are not mine" of an adoptive parent, "her heart stopped" or "I held
him for two hours" after a loss.

Such a message keeps the gentle check, so that nothing goes unasked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.safety.verdict import Verdict

_NOT_BY_BIRTH = re.compile(r"\b(?:adopt\w*|foster\w*|surrogate|surrogacy|donor|step ?(?:mum|mom|dad|son|daughter|child\w*)|carried (?:her|him|them)|my wife gave birth)\b", re.IGNORECASE)  # fmt: skip
_NOT_MINE = re.compile(r"\b(?:not|n[o']?t|arent|isnt) (?:really |actually |even |biologically )?(?:mine|ours|my (?:own|baby|child|son|daughter)|related|blood)\b", re.IGNORECASE)  # fmt: skip
_ENDED = re.compile(
    r"\b(?:her|his|their|its|baby'?s?|the) (?:little )?(?:heart|heartbeat|breathing)\b[^.?]*\b(?:stopped|gone|gave out|failed)\b|"
    r"\b(?:had |has |just )?stopped (?:breathing|moving|beating|kicking)\b|\b(?:no|a|the|her|his) heartbeat\b|"
    r"\b(?:was|were) (?:so |already )?(?:cold|still|blue|silent|gone)\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:now|right now|is|isn'?t|are|aren'?t|i'?m|am|wont|won'?t|help|currently|my chest|bleeding|fever)\b",
    re.IGNORECASE,
)


# A baby who has died, held and let go of.
_HELD = re.compile(
    r"\b(?:held|holding|hold|carried|kissed|washed|dressed|bathed|sang|rocked|gave (?:her|him|them) (?:back|to)|handed|let(?:ting)? go|put (?:her|him|them) down)\b",
    re.IGNORECASE,
)
# Another child, or something done to one.
_ANOTHER_OR_NOW = re.compile(
    r"\b(?:brother|sister|twin|other|older|toddler|kids?|children|pillow|under|shut|on purpose|want\w*|window|balcony|bath|hard|tight\w*|stop\w*|"
    r"now|tonight|today|again|still|will|going to|gonna|might|mouth|neck)\b",
    re.IGNORECASE,
)
HELD_BELOW = 1.75  # score up to which that may be all it is


def told_before(text: str, verdict: Verdict, told: Sequence[str], *, loss: bool) -> bool:
    """Whether the alarm of `verdict` is about what the parent told before: `told` are their earlier messages."""
    if verdict.tier == "P" and _NOT_MINE.search(text):
        return any(_NOT_BY_BIRTH.search(earlier) for earlier in told)
    if loss and verdict.label == "crisis_harm_baby" and verdict.by == "classifier" and verdict.score < HELD_BELOW:
        return bool(_HELD.search(text)) and not _ANOTHER_OR_NOW.search(text)
    return verdict.tier == "E" and loss and bool(_ENDED.search(text)) and not _NOW.search(text)
