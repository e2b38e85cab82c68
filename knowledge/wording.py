"""Words that Attune never says to a parent (docs/voice.md, docs/safety-case.md): one list for tests, lint and import."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NEVER_SAID = {
    "an exclamation mark": r"!",
    "just": r"\bjust\b",
    "at least": r"\bat least\b",
    "calm down": r"\bcalm(ing)? down\b",
    "a claim to be a parent": r"\b(as|i am|i'm) an? (mum|mom|mother|parent|dad|father) (my|too)|I understand as\b",
    "a claim to know the feeling": r"\bI (understand|know) (exactly )?how you feel\b|\bI feel (your|for you|with you)\b",
    "a diagnosis": r"\b(this|that|it) sounds like (you have |a case of )?(PPD|postnatal|postpartum|perinatal|depression|anxiety|PTSD|OCD)"
    r"|\byou (clearly |probably |definitely )?have (PPD|PTSD|OCD|postpartum depression|postnatal depression)\b",
    "a promise of harmlessness": r"\byou would never (hurt|harm)\b|\byou('re| are) safe (here|now|with)\b",
    "a promise about services": r"\b(nobody|no one) will (ever )?take your (baby|child)|\bsocial services (will not|won't|never)\b",
    "confidential": r"\bconfidential\b",
    "a cure": r"\bcures?\b|\bcured\b|\bguarantee[sd]?\b",
    "a dose": r"\b\d+ ?mg\b|\bmilligrams?\b",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in NEVER_SAID.items()}


def never_said(text: str) -> Iterator[tuple[str, str]]:
    """What `text` says of it: the name in NEVER_SAID, and the words."""
    for name, pattern in _PATTERNS.items():
        if match := pattern.search(text.replace("’", "'")):
            yield name, match.group()
