"""What the screening says of a message. Apart from it, so that the web process can speak of it without the classifier."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bot.safety.tiers import ALARM

TIER_OF = {
    "crisis_medical": "E",
    "crisis_psychosis": "P",
    "crisis_suicide_imminent": "I",
    "crisis_harm_baby": "I",
    "crisis_suicide": "S",
    "crisis_self_harm": "S",
    "crisis_violence": "V",
}


@dataclass(frozen=True)
class Verdict:
    """What the screening found. `tier` None: nothing; R: check; otherwise alarm.

    `by` names the layer ("rules", "classifier", "both", "context"), `evidence` is the parent's own words,
    `score` the classifier's log-odds.
    """

    tier: str | None = None
    label: str | None = None
    by: str | None = None
    evidence: str | None = None
    score: float = 0.0

    @property
    def alarm(self) -> bool:
        """Whether helplines must come at once."""
        return self.tier in ALARM

    def as_dict(self) -> dict[str, Any]:
        """The form that is stored with the turn."""
        return asdict(self)
