"""The labels of data/labels.yml: what a parent can say, by family."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import yaml

from bot.settings import ROOT

PATH = ROOT / "data" / "labels.yml"


@dataclass(frozen=True)
class Label:
    """One label. `tier` is set for crisis labels only ("any" for crisis_third_party)."""

    name: str
    family: str
    what: str
    say: str | None
    tier: str | None


@lru_cache(maxsize=1)
def labels() -> dict[str, Label]:
    """All labels by name, in the file's order."""
    families = yaml.safe_load(PATH.read_text("utf-8"))
    return {
        name: Label(name, family, entry["what"], entry.get("say"), entry.get("tier"))
        for family, entries in families.items()
        for name, entry in entries.items()
    }


def is_crisis(name: str) -> bool:
    """Whether `name` is a crisis label."""
    return name.startswith("crisis_")
