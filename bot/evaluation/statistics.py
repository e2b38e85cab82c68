"""Shares with their uncertainty."""

from __future__ import annotations

import math
from dataclasses import dataclass

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


def share(flags: list[bool]) -> Share:
    """How many of `flags` are true."""
    return Share(sum(flags), len(flags))


def calibration_error(confidences: list[float], right: list[bool], bins: int = 10) -> float:
    """Expected calibration error: the mean distance of confidence and share right, weighted by bin size."""
    total = 0.0
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        chosen = [i for i, c in enumerate(confidences) if low < c <= high or (number == 0 and c == 0)]
        if chosen:
            mean = sum(confidences[i] for i in chosen) / len(chosen)
            accuracy = sum(right[i] for i in chosen) / len(chosen)
            total += len(chosen) / len(confidences) * abs(mean - accuracy)
    return total
