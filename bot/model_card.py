"""A model's card: what it was made from, how well it reads, who put it in use and why. JSON beside the archive.

Cards stay when an archive is removed, so that a conversation's model can still be looked up.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

CONTENT = {".md", ".yml"}


@dataclass(frozen=True)
class Figure:
    """A figure of `attune eval`: its value, of how many lines, and its interval at 95 % where it is a share."""

    value: float
    of: int
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Card:
    """`sources`, `data` and `knowledge` are hashes; `learnt` counts the phrasings from corrections by batch."""

    name: str
    sources: str
    data: str
    knowledge: str
    trained: str
    seconds: float
    phrasings: int
    learnt: dict[str, int] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    """The evaluation lines that went wrong, by suite: what a later model is compared with line by line."""
    measured_on: str = ""
    """The hash of the evaluation files and the knowledge that the figures are of."""
    promoted: dict[str, str] | None = None
    """`by`, `at`, `why`; null while nobody put it in use by name."""

    @property
    def rows_learnt(self) -> int:
        """Phrasings from corrections."""
        return sum(self.learnt.values())


def card_path(folder: Path, name: str) -> Path:
    """Where the card of model `name` lies."""
    return folder / f"{name}.json"


def read_card(folder: Path, name: str) -> Card | None:
    """The card; None where there is none, or where it cannot be read."""
    try:
        raw: dict[str, Any] = json.loads(card_path(folder, name).read_text("utf-8"))
        figures = {
            key: Figure(one["value"], one["of"], tuple(one["interval"]) if one["interval"] else None)
            for key, one in raw.pop("figures", {}).items()
        }
        return Card(**raw, figures=figures)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_card(folder: Path, card: Card) -> None:
    """Write the card whole."""
    draft = card_path(folder, card.name).with_suffix(".draft")
    draft.write_text(json.dumps(asdict(card), ensure_ascii=False, indent=1), "utf-8")
    os.replace(draft, card_path(folder, card.name))  # noqa: PTH105 - atomic on one file system


def with_figures(
    folder: Path, name: str, figures: dict[str, Figure], wrong: dict[str, list[str]], measured_on: str
) -> None:
    """Write what was measured on a card that is there."""
    card = read_card(folder, name)
    if card:
        write_card(folder, replace(card, figures=figures, wrong=wrong, measured_on=measured_on))


def cards(folder: Path) -> list[Card]:
    """All cards, the newest first."""
    found = [read_card(folder, path.stem) for path in folder.glob("attune-*.json")]
    return sorted((card for card in found if card), key=lambda card: card.trained, reverse=True)


def hash_of(files: Iterable[tuple[str, Path]]) -> str:
    """A hash of files under the names given, 16 hex digits."""
    total = hashlib.sha256()
    for name, path in files:
        total.update(name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def content_of(folder: Path, suffixes: frozenset[str] | set[str] = CONTENT) -> Iterator[tuple[str, Path]]:
    """The files of a folder, by their names inside it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in suffixes:
            yield str(path.relative_to(folder)), path
