"""The articles of a folder with their search index, reloaded when a file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.current import look
from knowledge.index_key import passages_in
from knowledge.search import PassageIndex

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.current import Stamp
    from knowledge.stored import Encode


class Library:
    """Articles and index of one knowledge folder. `encode` turns texts into unit vectors.

    `store` and `identity` are those of `PassageIndex`. A folder without articles finds nothing; one without
    practice.yml leaves relative addresses as they are.
    """

    def __init__(self, folder: Path, encode: Encode, store: Path | None = None, identity: str = "") -> None:
        self._folder = folder
        self._encode = encode
        self._store = store
        self._identity = identity
        self._stamp = self._look()
        self.index = self._build()

    def _look(self) -> Stamp:
        # The practice's site stands before the addresses of its articles.
        return look(self._folder, "articles/*.md", "practice.yml")

    def _build(self) -> PassageIndex:
        return PassageIndex(passages_in(self._folder), self._encode, self._store, self._identity)

    def refresh(self) -> bool:
        """Rebuild the index if a file has changed; True if it was. Raises KnowledgeError and keeps the old one."""
        stamp = self._look()
        if stamp == self._stamp:
            return False
        # Remembered before building: a broken file is complained of once, not at every look.
        self._stamp = stamp
        self.index = self._build()
        return True
