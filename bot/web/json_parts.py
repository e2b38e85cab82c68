"""Parts of JSON that another process wrote: each as the kind that is expected, or as nothing."""

from __future__ import annotations

from typing import Any


def as_dict(value: object) -> dict[str, Any]:
    """`value`, or an empty one where it is no object."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """`value`, or an empty one where it is no list."""
    return value if isinstance(value, list) else []


def as_text(value: object) -> str:
    """`value`, or "" where it is no text."""
    return value if isinstance(value, str) else ""


def as_number(value: object) -> float | None:
    """`value`; None where it is no number, and true and false are none."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
