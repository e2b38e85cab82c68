"""Undoes typos in words that matter for safety, so that rules can name each word once."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST = 5  # letters; shorter words have too many harmless neighbours
TWO_TYPOS_FROM = 10
CENSORED = frozenset(
    {"suicide", "suicidal", "kill", "killed", "killing", "die", "dead", "dying", "death", "harm", "cutting"}
)
"""Words that people write with asterisks."""
_DOUBLED = re.compile(r"(.)\1+")


class Spelling:
    """Maps an unknown word to the safety word that it misspells."""

    def __init__(self, safety_words: set[str], known_words: Iterable[str]) -> None:
        self._short = frozenset(safety_words)
        targets = sorted({word for word in safety_words if len(word) >= SHORTEST and word.isalpha()})
        self._known = frozenset(known_words) | frozenset(targets)
        self._targets: dict[str, list[str]] = defaultdict(list)  # by first letter, which typos seldom touch
        for word in targets:
            self._targets[word[0]].append(word)
        # "tkae": of so short a word, two letters that changed place.
        self._swaps: dict[str, list[str]] = defaultdict(list)
        for word in sorted(safety_words):
            if len(word) == SHORTEST - 1:
                self._swaps[_letters(word)].append(word)
        self.correct = lru_cache(maxsize=20_000)(self._correct)

    def _correct(self, word: str) -> str:
        if word in self._short:
            return word
        if "*" in word:  # "su*cide"
            return next((w for w in sorted(CENSORED) if _uncensors(w, word)), word)
        # "dieee" arrives here as "diee": a stretched short word has one neighbour only.
        if (single := _DOUBLED.sub(r"\1", word)) in self._short and word not in self._known:
            return single
        if word in self._known or not word.isalpha():
            return word
        if len(word) < SHORTEST:
            return next((near for near in self._swaps.get(_letters(word), ()) if OSA.distance(near, word) == 1), word)
        allowed = 2 if len(word) >= TWO_TYPOS_FROM else 1
        # Optimal string alignment: a swap of neighbours, the commonest slip of a thumb, counts as one.
        near = self._targets.get(word[0], [])
        best = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=allowed)
        return best[0] if best else word


def _letters(word: str) -> str:
    """Its letters in order, the first one apart: thumbs seldom miss that."""
    return word[:1] + "".join(sorted(word[1:]))


def _uncensors(word: str, censored: str) -> bool:
    return len(word) == len(censored) and all(b in {a, "*"} for a, b in zip(word, censored, strict=True))
