"""What a benchmark brings: sections of rows, each with a value for every system that was measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

FLOOR, DEFAULT, ATTUNE = "floor", "default", "attune"
SYSTEMS = {
    FLOOR: "a bare Rasa: keywords, rules, REST",
    DEFAULT: "Rasa's default configuration on a part of this project's data",
    ATTUNE: "Attune",
}


@dataclass(frozen=True)
class Row:
    """One figure. `values` by system, or by a section's own columns; `reach` is what Attune should hold.

    `ratio` says that `reach` is a multiple of the floor. `more_is_better` turns the comparison round.
    """

    what: str
    unit: str
    values: dict[str, float]
    reach: float | None = None
    ratio: bool = False
    more_is_better: bool = False

    def to_floor(self) -> float | None:
        """Attune's value as a multiple of the floor's; None where one of them is missing."""
        floor, own = self.values.get(FLOOR), self.values.get(ATTUNE)
        return own / floor if own is not None and floor else None

    def held(self) -> bool | None:
        """Whether Attune holds `reach`; None where nothing is asked or nothing was measured."""
        value = self.to_floor() if self.ratio else self.values.get(ATTUNE)
        if self.reach is None or value is None:
            return None
        return value >= self.reach if self.more_is_better else value <= self.reach

    def as_dict(self) -> dict[str, Any]:
        """The row for JSON."""
        row: dict[str, Any] = {"what": self.what, "unit": self.unit, "values": self.values}
        optional = {"ratio to floor": self.to_floor(), "reach": self.reach, "held": self.held()}
        return row | {name: value for name, value in optional.items() if value is not None}


@dataclass
class Section:
    """One part of a benchmark; `notes` say under which conditions it was measured."""

    name: str
    title: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The section for JSON."""
        return {"title": self.title, "notes": self.notes, "rows": [row.as_dict() for row in self.rows]}


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0 to 1) of `values` lie, by nearest rank; raises ValueError for none."""
    if not values:
        raise ValueError("There is no percentile of nothing.")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
