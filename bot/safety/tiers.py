"""The safety tiers and which of two is graver, for screening, dialogue, on-call alerts and console alike.

The order is that in which help is needed: a body that fails, a life about to be ended or a baby about to be hurt,
thoughts that may turn into either (docs/safety-case.md, "Tiers and replies").
"""

from __future__ import annotations

TIERS = ("E", "I", "P", "S", "V", "R")  # gravest first
TIER_NAMES = {
    "E": "medical emergency",
    "I": "imminent danger",
    "P": "psychosis",
    "S": "suicide or self-harm",
    "V": "violence",
    "R": "red flag",
}
# The gentle check; all others are answered with helplines at once.
CHECK = "R"
ALARM = frozenset(TIERS) - {CHECK}
_CARDS = {"E": "emergency", "P": "emergency", "I": "emergency", "V": "domestic_abuse"}


def gravest(*tiers: str | None) -> str | None:
    """The gravest of `tiers`, or None when none of them is a tier."""
    known = [tier for tier in tiers if tier in TIERS]
    return min(known, key=TIERS.index) if known else None


def card_kind(tier: str | None) -> str:
    """The kind of helplines card that goes with `tier` (docs/safety-case.md): the crisis lines where it has no own."""
    return _CARDS.get(tier or "", "crisis")


def as_tier(value: object) -> str | None:
    """`value` if it is a tier, else None: what comes from outside is not trusted to be one."""
    return value if isinstance(value, str) and value in TIERS else None
