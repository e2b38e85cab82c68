"""Content that is read again when its files change, while a process runs.

A file that a person is just editing may be broken for a while: then what was read before stays in use, and the log says
once what is wrong.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Stamp = tuple[tuple[str, int, int], ...]

logger = logging.getLogger(__name__)
T = TypeVar("T")


def look(folder: Path, *patterns: str) -> Stamp:
    """Which files of `folder` match `patterns`, with time (nanoseconds) and size: another one when any has changed."""
    stamps = []
    for path in _files(folder, patterns):
        try:
            stat = path.stat()
        except OSError:
            # Not there, renamed away since it was listed, or not to be read; the next look sees what has come of it.
            continue
        stamps.append((path.name, stat.st_mtime_ns, stat.st_size))
    return tuple(stamps)


def _files(folder: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        if "*" in pattern:
            yield from sorted(folder.glob(pattern))
        else:  # a glob lists the folder, and this is asked at every turn
            yield folder / pattern


class Current(Generic[T]):
    """The last good result of `load`, which raises KnowledgeError, of the files that match `patterns`.

    For use from any thread; costs one look at each file.
    """

    def __init__(self, load: Callable[[Path], T], *patterns: str) -> None:
        self._load = load
        self._patterns = patterns
        self._kept: dict[Path, tuple[Stamp, T]] = {}
        self._lock = threading.Lock()

    def of(self, folder: Path) -> T:
        """The content of the knowledge folder `folder`. Raises KnowledgeError or OSError if there never was a good one."""
        stamp = look(folder, *self._patterns)
        with self._lock:
            known = self._kept.get(folder)
            if known is None or known[0] != stamp:
                known = self._kept[folder] = (stamp, self._read(folder, known))
            return known[1]

    def _read(self, folder: Path, known: tuple[Stamp, T] | None) -> T:
        try:
            return self._load(folder)
        except (KnowledgeError, OSError) as error:
            if known is None:
                raise
            logger.error("kept what was read before: %s", error)
            return known[1]
