"""Search over passages: sentence vectors, a share of BM25, and a prior from what was understood.

Scores of vectors and BM25 are put on one scale (z-scores over the passages) before they are added:
fusing ranks instead measured worse than vectors alone.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import bm25s
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from knowledge.passages import Passage

    Floats = npt.NDArray[np.float32]
    Encode = Callable[[Sequence[str]], Floats]

# bm25s turns its own logger to DEBUG when it is imported, which would end up among a command's output.
logging.getLogger("bm25s").setLevel(logging.WARNING)

WORDS_SHARE = 0.15  # of BM25's z-score
TOPIC_SHARE = 1.0  # z-score points for a passage whose article answers an intent of probability 1
HEADING_SHARE = 0.35  # of the heading's own cosine in the vector score
# What a surely understood topic adds to the cosine: a parent's metaphor is far from every article's words.
TOPIC_TRUST = 0.3
# Labels of which no article tells, and what a sure one takes away from the cosine.
OUTSIDE = ("out_of_scope", "small_talk")
OUTSIDE_DISTRUST = 0.2
# Best cosine below which nothing is good enough, chosen on the project's own questions (attune eval --suite retrieval).
LEAST_COSINE = 0.30

_STOP = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "do",
        "does",
        "for",
        "from",
        "have",
        "i",
        "if",
        "im",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "not",
        "of",
        "on",
        "or",
        "so",
        "that",
        "the",
        "they",
        "this",
        "to",
        "was",
        "we",
        "what",
        "when",
        "why",
        "with",
        "you",
        "your",
    ]
)


@dataclass(frozen=True)
class Hit:
    """A passage and how well it fits: `score` is the mixed z-score, `cosine` the vectors' own."""

    passage: Passage
    score: float
    cosine: float


@dataclass(frozen=True)
class Found:
    """What a search brings. `answered` is False where nothing is good enough to quote."""

    hits: list[Hit]
    answered: bool


def tokens(text: str) -> list[str]:
    """Words for BM25: lower case, without stop words, with a plain plural stripped."""
    words = re.findall(r"[a-z]+", text.lower().replace("'", "").replace("’", ""))
    return [word[:-1] if len(word) > 4 and word.endswith("s") else word for word in words if word not in _STOP]


def _z(scores: Floats) -> Floats:
    spread = float(scores.std())
    result: Floats = (scores - scores.mean()) / spread if spread > 1e-9 else np.zeros_like(scores)
    return result


class PassageIndex:
    """Passages ready to be searched."""

    def __init__(self, passages: Sequence[Passage], encode: Encode) -> None:
        if not passages:
            raise ValueError("There are no passages to search: add an article to knowledge/articles.")
        self.passages = list(passages)
        self._texts = encode([passage.searched for passage in passages])
        headings = sorted({passage.heading for passage in passages})
        rows = {heading: row for row, heading in enumerate(headings)}
        self._headings = encode(headings)[[rows[passage.heading] for passage in passages]]
        self._bm25 = bm25s.BM25()
        self._bm25.index([tokens(f"{p.title} {p.searched}") or ["-"] for p in passages], show_progress=False)
        topics: dict[str, list[tuple[int, float]]] = {}
        for row, passage in enumerate(self.passages):
            for place, topic in enumerate(passage.topics):
                # The first topic is what the article is about; later ones it touches.
                topics.setdefault(topic, []).append((row, 1.0 / (1 + 0.5 * place)))
        self._topics = {
            topic: (np.array([row for row, _ in rows]), np.array([share for _, share in rows], dtype=np.float32))
            for topic, rows in topics.items()
        }

    def search(self, text: str, vector: Floats, intents: Mapping[str, float] | None = None, most: int = 3) -> Found:
        """The `most` best passages for `text`, whose vector has shape (768,).

        `intents` gives the probability of each label; an article that answers a likely one is preferred.
        """
        cosine = self._texts @ vector
        meaning = (1 - HEADING_SHARE) * cosine + HEADING_SHARE * (self._headings @ vector)
        score = _z(meaning)
        words = [word for word in tokens(text) if word in self._bm25.vocab_dict]
        if words:
            score = score + WORDS_SHARE * _z(np.asarray(self._bm25.get_scores(words), dtype=np.float32))
        prior = np.zeros(len(self.passages), dtype=np.float32)
        for label, probability in (intents or {}).items():
            if label in self._topics:
                rows, shares = self._topics[label]
                prior[rows] = np.maximum(prior[rows], probability * shares)
        score = score + TOPIC_SHARE * prior
        best = np.argsort(-score, kind="stable")[:most]
        hits = [Hit(self.passages[i], float(score[i]), float(cosine[i])) for i in best]
        trust = max((float(cosine[i]) + TOPIC_TRUST * float(prior[i]) for i in best), default=0.0)
        trust -= OUTSIDE_DISTRUST * sum((intents or {}).get(label, 0.0) for label in OUTSIDE)
        return Found(hits, answered=trust >= LEAST_COSINE)
