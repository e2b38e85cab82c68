"""Slips of the thumb in the small words of a conversation: "fniished", "codl waetr", "nto reealy".

A word of the language stays as it was typed. Another one becomes the nearest of the words that would be understood
at this point; whether the whole message then is a move, an answer or a choice is for others to say.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.encoding.encoder import whole_words
from bot.understanding.tidy import unlikely

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST = 3  # letters
LONG_FROM = 5
TWO_SLIPS_FROM = 8
# Written so on purpose, and no slip of another word.
_TEXTING = frozenset(
    {"idk", "idc", "tbh", "omg", "lol", "hmm", "pls", "plz", "thx", "ikr", "smh", "gtg", "brb", "nvm", "imo"}
)


class Slips:
    """Mends words towards `words`."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted({word for word in words if len(word) >= SHORTEST and word.isalpha()})
        self.mend = lru_cache(maxsize=8192)(self._mend)

    def _mend(self, word: str) -> str:
        if (
            len(word) < SHORTEST
            or not word.isalpha()
            or word in _TEXTING
            or word in self._words
            or word in whole_words()
        ):
            return word
        allowed = 2 if len(word) >= TWO_SLIPS_FROM else 1
        near = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=allowed, limit=12)
        # Of a short word, another letter makes another word: "dine" is not "done".
        likely = [hit for hit in near if len(word) >= LONG_FROM or not unlikely(word, hit[0])]
        return min(likely, key=lambda hit: (hit[1], unlikely(word, hit[0]), hit[0]))[0] if likely else word
