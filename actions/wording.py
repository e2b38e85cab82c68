"""Acknowledgements by what was understood, chosen so that none comes twice in a row."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import yaml

from actions.paths import KNOWLEDGE


@lru_cache(maxsize=1)
def _all() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((KNOWLEDGE / "acknowledgements.yml").read_text("utf-8"))
    return content


def acknowledge(label: str, turn: int) -> str:
    """One or two short sentences that fit `label`; `turn` numbers the answers of the session."""
    texts: list[str] = _all()["labels"].get(label) or _all()["any"]
    return texts[turn % len(texts)]


def short_name(label: str) -> str | None:
    """How a parent would name the topic, for choices; None where it is not offered."""
    name: str | None = _all()["topics"].get(label)
    return name
