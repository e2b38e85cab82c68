"""Writes a message as the encoder knows words: plain characters, and misspelt words as others spell them.

A thumb that slips, curly quotes, full-width letters or an invisible character cost a sentence encoder much of
its understanding. Words that the phrasings use are left alone; an unknown one becomes its nearest known
neighbour, if there is one a slip away. Words that the encoder has a token for are spared, since they are words:
a stitch is no switch. What staff see and what rules read stays as the parent wrote it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.safety.fold import LOOK_ALIKES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Span = tuple[int, int]

KNOWN_FROM = 2  # phrasings that a word stands in; a rarer one may be a slip itself
COMMON_FROM = 5  # only so common words are what somebody meant
SHORTEST = 3  # letters
SHORT_TO = 4  # so far, words have too many neighbours for any but the likely slips: "sre", "bac", "tihs"
TWO_SLIPS_FROM = 9
LONGEST = 24
_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?")
_QUOTES = str.maketrans("‘’ʼ´`“”–—…", "'''''\"\"--.")


def characters(text: str) -> str:
    """`text` without look-alike letters, invisible characters and typographic marks; emoji and accents stay."""
    if text.isascii():
        return text
    # A zero-width joiner holds an emoji together; all other invisible characters go.
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(LOOK_ALIKES)
        if character == "\u200d" or unicodedata.category(character) != "Cf"
    )


class Tidy:
    """Knows the words of the phrasings, `times` each; `spared` are further words that are spelt right."""

    def __init__(self, words: Sequence[str], times: Sequence[int], spared: frozenset[str] = frozenset()) -> None:
        self._spared = spared
        self.words = list(words)
        self.times = [int(count) for count in times]
        self._times = dict(zip(self.words, self.times, strict=True))
        self._by_first: dict[str, list[str]] = defaultdict(list)
        for word in self.words:
            if len(word) >= SHORTEST and self._times[word] >= COMMON_FROM:
                self._by_first[word[0]].append(word)
        self._spelt = lru_cache(maxsize=50_000)(self._nearest)

    @classmethod
    def learn(cls, texts: Iterable[str], spared: frozenset[str] = frozenset()) -> Tidy:
        """The words that stand in at least KNOWN_FROM of `texts`."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update({word.lower() for word in _WORD.findall(characters(text))})
        known = sorted((word, count) for word, count in counts.items() if count >= KNOWN_FROM)
        return cls([word for word, _ in known], [count for _, count in known], spared)

    def __call__(self, text: str) -> str:
        """`text` in plain characters with unknown words spelt like their nearest known neighbour."""
        return _WORD.sub(lambda match: self._word(match.group()), characters(text))

    def with_spans(self, text: str, spans: Sequence[Span]) -> tuple[str, list[Span]]:
        """The same, and where the `spans` of `text` stand in it; one may lie within another."""
        cuts = sorted({0, len(text), *(cut for span in spans for cut in span)})
        tidied = [self(text[start:end]) for start, end in pairwise(cuts)]
        place = dict(zip(cuts, accumulate(map(len, tidied), initial=0), strict=True))
        return "".join(tidied), [(place[start], place[end]) for start, end in spans]

    def _word(self, word: str) -> str:
        lowered = word.lower()
        if lowered in self._times or lowered in self._spared or not SHORTEST <= len(word) <= LONGEST:
            return word
        return self._spelt(lowered) or word

    def _nearest(self, word: str) -> str | None:
        allowed = 2 if len(word) >= TWO_SLIPS_FROM else 1
        near = process.extract(
            word, self._by_first.get(word[0], []), scorer=OSA.distance, score_cutoff=allowed, limit=40
        )
        if len(word) <= SHORT_TO:
            near = [hit for hit in near if not unlikely(word, hit[0])]
        # The nearest, and of equally near ones the likeliest slip of the commonest word.
        return min(near, key=lambda hit: (hit[1], unlikely(word, hit[0]), -self._times[hit[0]]))[0] if near else None


def unlikely(typed: str, meant: str) -> int:
    """How unlikely the slip is, among those of the same distance: the first letter is seldom wrong, and letters are
    swapped, dropped or doubled more often than one is hit for another.
    """
    swapped = sorted(typed) == sorted(meant)
    dropped = len(typed) < len(meant)
    doubled = len(typed) > len(meant) and any(
        typed[:place] + typed[place + 1 :] == meant and typed[place] == typed[place - 1]
        for place in range(1, len(typed))
    )
    return 2 * (typed[0] != meant[0]) + (not (swapped or dropped or doubled))
