"""Phrasings that say the same: word for word, or nearly."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIKE = 0.8  # Jaccard similarity of word pairs from which two phrasings say the same
RARE = 60  # word pairs in more phrasings than this tell nothing
LEAST_SHARED = 3  # word pairs


def plain(text: str) -> str:
    """The words alone, in lower case, without accents and marks."""
    return re.sub(r"[^a-z0-9]+", " ", unicodedata.normalize("NFKD", text).lower()).strip()


def word_pairs(text: str) -> set[tuple[str, str]]:
    """The pairs of neighbouring words."""
    return set(pairwise(plain(text).split()))


class Likeness:
    """Finds, among texts that were added, those that are nearly the same as another; linear, over rare word pairs.

    A text may have a `label`; only texts of the same label are compared.
    """

    def __init__(self, texts: Iterable[tuple[str, str]] = ()) -> None:
        """`texts`: pairs of text and label."""
        self._texts: list[str] = []
        self._labels: list[str] = []
        self._pairs: list[set[tuple[str, str]]] = []
        self._where: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._same: dict[tuple[str, str], int] = {}
        for text, label in texts:
            self.add(text, label)

    def add(self, text: str, label: str = "") -> None:
        """Remember `text`."""
        number = len(self._texts)
        pairs = word_pairs(text)
        self._texts.append(text)
        self._labels.append(label)
        self._pairs.append(pairs)
        self._same.setdefault((plain(text), label), number)
        for pair in pairs:
            self._where[pair].append(number)

    def like(self, text: str, label: str = "") -> str | None:
        """The first text that says the same as `text`, if there is one."""
        words = plain(text)
        number = self._same.get((words, label)) if words else None
        if number is None:
            number = min(self._nearly(word_pairs(text), label), default=None)
        return None if number is None else self._texts[number]

    def pairs_alike(self) -> list[tuple[str, str]]:
        """Every two of the texts that are nearly the same, in the order in which they were added."""
        return [
            (self._texts[other], text)
            for number, text in enumerate(self._texts)
            for other in sorted(self._nearly(self._pairs[number], self._labels[number]))
            if other < number
        ]

    def _nearly(self, pairs: set[tuple[str, str]], label: str) -> list[int]:
        shared = Counter(
            number for pair in pairs if len(self._where.get(pair, ())) <= RARE for number in self._where.get(pair, ())
        )
        return [
            number
            for number, count in shared.items()
            if count >= LEAST_SHARED
            and self._labels[number] == label
            and len(pairs & self._pairs[number]) / len(pairs | self._pairs[number]) >= ALIKE
        ]
