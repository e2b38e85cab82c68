"""The practice, its helplines and articles, as they stand in the knowledge folder now.

Files are read again when they change. A file that a person is just editing may be broken for a while: then what
was read before stays in use, and the log says what is wrong.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from bot.settings import get_settings
from knowledge.articles import Article, load_articles
from knowledge.disclosure import opening_messages
from knowledge.errors import KnowledgeError
from knowledge.helplines import Helplines, load_helplines
from knowledge.practice import Practice, load_practice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Stamp = tuple[tuple[str, int], ...]

logger = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Content:
    """What the chat needs to speak for the practice."""

    practice: Practice
    helplines: Helplines

    def region(self, code: str | None) -> str:
        """The region to use for `code`: the practice's own when a parent gave none."""
        return self.helplines.normalise_region(code or self.practice.default_region)

    def opening(self, region: str) -> list[dict[str, Any]]:
        """The messages shown before the first one, without ids."""
        return opening_messages(self.practice, self.helplines, region)


class _Fresh(Generic[T]):
    """The last good result of `load`, renewed when one of the files that match `patterns` changes."""

    def __init__(self, load: Callable[[Path], T], *patterns: str) -> None:
        self._load = load
        self._patterns = patterns
        self._kept: dict[Path, tuple[Stamp, T]] = {}
        self._lock = threading.Lock()

    def get(self) -> T:
        """The content. Raises KnowledgeError only if there never was a good one."""
        folder = get_settings().knowledge
        stamp = tuple((path.name, path.stat().st_mtime_ns) for path in self._files(folder))
        with self._lock:
            known = self._kept.get(folder)
            if known is None or known[0] != stamp:
                known = self._kept[folder] = (stamp, self._read(folder, known))
            return known[1]

    def _files(self, folder: Path) -> Iterator[Path]:
        for pattern in self._patterns:
            if "*" in pattern:
                yield from sorted(folder.glob(pattern))
            elif (path := folder / pattern).exists():  # a glob lists the folder, at every turn
                yield path

    def _read(self, folder: Path, known: tuple[Stamp, T] | None) -> T:
        try:
            return self._load(folder)
        except KnowledgeError as error:
            if known is None:
                raise
            logger.error("kept what was read before: %s", error)
            return known[1]


_content = _Fresh(
    lambda folder: Content(load_practice(folder), load_helplines(folder)), "practice.yml", "helplines.yml"
)
_articles: _Fresh[list[Article]] = _Fresh(load_articles, "articles/*.md")


def get_content() -> Content:
    """Practice and helplines. Raises KnowledgeError if they could never be read."""
    return _content.get()


def get_articles() -> list[Article]:
    """All articles, by id. Raises KnowledgeError if they could never be read."""
    return _articles.get()
