"""The safety tiers, gravest first (shared with the classifier: E P I S V R)."""

from __future__ import annotations

TIERS = ("E", "P", "I", "S", "V", "R")
TIER_NAMES = {
    "E": "medical emergency",
    "P": "psychosis",
    "I": "imminent danger",
    "S": "suicide or self-harm",
    "V": "violence",
    "R": "red flag",
}
# Tiers that are answered with helplines at once; R is a gentle check.
ALARM = frozenset("EPISV")


def gravest(*tiers: str | None) -> str | None:
    """The gravest of `tiers`, or None when none of them is a tier."""
    known = [tier for tier in tiers if tier in TIERS]
    return min(known, key=TIERS.index) if known else None


def as_tier(value: object) -> str | None:
    """`value` if it is a tier, else None: what comes from outside is not trusted to be one."""
    return value if isinstance(value, str) and value in TIERS else None
