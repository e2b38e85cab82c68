"""Shares with their uncertainty, and what else is counted from readings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Z = 1.96  # 95 %


@dataclass(frozen=True)
class Share:
    """`hits` of `total`, with the Wilson interval (Wilson 1927, JASA 22:209-212)."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0 where there is nothing to count."""
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound of the share at 95 %."""
        if not self.total:
            return 0.0, 1.0
        n, p = self.total, self.value
        centre = p + Z * Z / (2 * n)
        spread = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        scale = 1 + Z * Z / n
        # The interval holds the share itself; rounding must not put 0 or 1 outside it.
        return max(0.0, min(p, (centre - spread) / scale)), min(1.0, max(p, (centre + spread) / scale))

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        low, high = self.interval
        return {"value": round(self.value, 4), "of": self.total, "interval": [round(low, 4), round(high, 4)]}


def share(flags: Sequence[bool]) -> Share:
    """How many of `flags` are true."""
    return Share(sum(flags), len(flags))


@dataclass(frozen=True)
class Bin:
    """The readings whose confidence is above `low` and at most `high`: their mean confidence, and how many were right."""

    low: float
    high: float
    confidence: float
    right: Share

    def as_dict(self) -> dict[str, Any]:
        """The JSON form: `right` is the share, `of` the number of readings."""
        counted = self.right.as_dict()
        edges = {"low": self.low, "high": self.high, "confidence": round(self.confidence, 4)}
        return {**edges, "right": counted.pop("value"), **counted}


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """The points of a reliability diagram: bins of equal width over 0..1, those without a reading left out."""
    found: list[Bin] = []
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        chosen = [i for i, c in enumerate(confidences) if low < c <= high or (number == 0 and c == 0)]
        if chosen:
            mean = sum(confidences[i] for i in chosen) / len(chosen)
            found.append(Bin(low, high, mean, share([right[i] for i in chosen])))
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean distance of confidence and share right, weighted by bin size.

    Naeini, Cooper and Hauskrecht 2015, AAAI 29:2901-2907. 0 where there are no readings.
    """
    total = sum(one.right.total for one in bins)
    return sum(one.right.total * abs(one.confidence - one.right.value) for one in bins) / total if total else 0.0


def paired_drop(before: Sequence[bool], after: Sequence[bool]) -> tuple[float, tuple[float, float]]:
    """By how much the share of the same lines fell, with its interval at 95 %; negative where it rose.

    The same lines are read twice, so that the interval of the difference counts only those that changed:
    Wald's interval with half a line added to each of the four cells (Agresti and Min 2005, Statistics in
    Medicine 24:729-740). Raises ValueError when the two are not equally long.
    """
    pairs = list(zip(before, after, strict=True))
    lost, won = sum(b and not a for b, a in pairs), sum(a and not b for b, a in pairs)
    drop = (lost - won) / len(pairs) if pairs else 0.0
    n = len(pairs) + 2
    centre = (lost - won) / n
    spread = Z * math.sqrt(lost + won + 1 - (lost - won) ** 2 / n) / n
    # As above: the interval holds the drop itself.
    return drop, (max(-1.0, min(drop, centre - spread)), min(1.0, max(drop, centre + spread)))


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """How often a positive scores above a negative, ties counted half (Hanley and McNeil 1982); 0.5 is chance."""
    pairs = len(positive) * len(negative)
    above = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return above / pairs if pairs else 0.5
