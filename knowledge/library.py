"""The articles of a folder with their search index, reloaded when a file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.articles import load_articles
from knowledge.passages import passages_of
from knowledge.practice import load_practice
from knowledge.search import PassageIndex

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.search import Encode

    Stamp = tuple[tuple[str, int, int], ...]


class Library:
    """Articles and index of one knowledge folder. `encode` turns texts into unit vectors."""

    def __init__(self, folder: Path, encode: Encode) -> None:
        self._folder = folder
        self._encode = encode
        self._stamp = self._look()
        self.index = self._build()

    def _look(self) -> Stamp:
        paths = sorted((self._folder / "articles").glob("*.md"))
        return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in paths)

    def _build(self) -> PassageIndex:
        site = load_practice(self._folder).site
        return PassageIndex(passages_of(load_articles(self._folder), site), self._encode)

    def refresh(self) -> bool:
        """Rebuild the index if a file has changed; True if it was. Raises KnowledgeError and keeps the old one."""
        stamp = self._look()
        if stamp == self._stamp:
            return False
        # Remembered before building: a broken file is complained of once, not on every turn.
        self._stamp = stamp
        self.index = self._build()
        return True
