"""Search over passages: sentence vectors, a share of BM25, and a prior from what was understood.

Scores of vectors and BM25 are put on one scale (z-scores over the passages) before they are added:
fusing ranks instead measured worse than vectors alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knowledge import stored
from knowledge.terms import terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from knowledge.passages import Passage
    from knowledge.stored import Encode

    Floats = npt.NDArray[np.float32]
    Rows = npt.NDArray[np.int64]

# Chosen on the project's own questions and on headings as questions (attune eval --suite retrieval).
WORDS_SHARE = 0.2  # of BM25's z-score
COVERED_SHARE = 1.0  # z-score points for a passage that has all words of the question, rare ones counting more
TOPIC_SHARE = 1.0  # z-score points for a passage whose article answers an intent of probability 1
# What is told rather than asked is far from every article's words, "up every 45 min since sunday": its label counts
# more, and so, less, where it is told in a question. Of the lines of tests/eval whose label an article has, .898 find
# such an article first (.852 with the label counted once), and no question of the judged ones is lost.
TOLD = ("feel_", "about_")
TOLD_WEIGHT, TOLD_IN_A_QUESTION = 2.0, 1.3
NAMES_SHARE = 0.2  # of the best cosine among heading and ways to ask, in the vector score
# What a surely understood topic adds to the cosine: a parent's metaphor is far from every article's words.
TOPIC_TRUST = 0.3
# Labels whose answer only the articles about the practice and this chat can hold: "do you do evenings" is about no
# evening drink. They count so many times as much in the score.
OF_THE_PRACTICE = ("ask_consultation", "ask_privacy", "ask_bot", "ask_capabilities")
PRACTICE_WEIGHT = 3.0
# Articles that are about a danger or a death, and such sections of others, come up only for who speaks of it, or names
# it in so many words: else "I cannot say no to visitors" is answered with the signs of psychosis.
CRISIS = "crisis_"
GRAVE_TOPICS = (CRISIS, "about_loss")
GRAVE_DISTRUST = 1.5  # z-score points taken from their passages
LEAST_FOR_GRAVE = 0.05  # probability of one of the article's grave topics from which on nothing is taken
# What having all words of the question adds: a rare name or term is far from every vector too.
COVERED_TRUST = 0.3
# Labels of which no article tells, and what a sure one takes away from the cosine.
OUTSIDE = ("out_of_scope", "small_talk")
OUTSIDE_DISTRUST = 0.2
# Best cosine, with these added, below which nothing is good enough, chosen on the project's own questions (attune eval --suite retrieval).
LEAST_COSINE = 0.33
# With an approximate index: candidates by meaning and by words, and passages from which mean and spread are taken.
NEAR, WORDED, SAMPLE = 200, 200, 2000
_ASKS = re.compile(
    r"\?|^\W*(?:how|what|whats|which|who|when|where|why|can|could|is|are|am|does|do|will|would|should)\b", re.IGNORECASE
)
LEAST_PROBABILITY = 0.01  # of an intent that has a say


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


@dataclass(frozen=True)
class Signals:
    """What speaks for each of some passages, `rows` of the index: the ingredients of the score."""

    rows: Rows
    cosine: Floats
    meaning: Floats
    words: Floats
    covered: Floats
    prior: Floats  # how far what was understood speaks for it, 0 to 1; up to 3 for those of the practice
    topic: Floats  # the same, with what is told counting more
    unasked: npt.NDArray[np.bool_]  # about a danger or a death, of which nobody speaks

    @property
    def score(self) -> Floats:
        """The mixed z-score."""
        words = WORDS_SHARE * self.words + COVERED_SHARE * self.covered
        result: Floats = self.meaning + words + TOPIC_SHARE * self.topic - GRAVE_DISTRUST * self.unasked
        return result

    @property
    def trust(self) -> Floats:
        """How sure it is that a passage is about the question at all: its cosine, and what supports it."""
        result: Floats = self.cosine + TOPIC_TRUST * np.minimum(self.prior, 1.0) + COVERED_TRUST * self.covered
        return result


def _z(scores: Floats, sample: Floats) -> Floats:
    """`scores` as distances from the mean of `sample` in its spread."""
    spread = float(sample.std())
    result: Floats = (scores - sample.mean()) / spread if spread > 1e-9 else np.zeros_like(scores)
    return result


class PassageIndex:
    """Passages ready to be searched; with 20,000 and more, by way of an approximate index.

    `store` is a folder where what was made is kept for the next time, and `identity` names the encoder there.
    """

    def __init__(
        self, passages: Sequence[Passage], encode: Encode, store: Path | None = None, identity: str = ""
    ) -> None:
        self.passages = list(passages)
        if not self.passages:
            return
        self._arrays = stored.load(self.passages, encode, store, identity)
        self._sample: Rows = np.arange(len(self.passages))
        if self._arrays.near is not None:
            chosen = np.random.default_rng(0).choice(len(self.passages), SAMPLE, replace=False)
            self._sample = np.sort(chosen)
            self._sample_texts = self._arrays.texts[self._sample]
            self._sample_names = self._arrays.names[self._arrays.named[self._arrays.starts[self._sample]]]
        topics: dict[str, list[tuple[int, float]]] = {}
        for row, passage in enumerate(self.passages):
            for place, topic in enumerate(passage.topics):
                # The first topic is what the article is about; later ones it touches.
                topics.setdefault(topic, []).append((row, 1.0 / (1 + 0.5 * place)))
        self._grave = np.array([bool(p.topics) and p.topics[0].startswith(GRAVE_TOPICS) for p in self.passages])
        self._danger = np.array([p.danger for p in self.passages])
        self._topics = {
            topic: (np.array([row for row, _ in rows]), np.array([share for _, share in rows], dtype=np.float32))
            for topic, rows in topics.items()
        }

    def search(self, text: str, vector: Floats, intents: Mapping[str, float] | None = None, most: int = 3) -> Found:
        """The `most` best passages for `text`, whose vector has shape (768,).

        `intents` gives the probability of each label; an article that answers a likely one is preferred.
        Without any passage the answer is an empty one.
        """
        if not self.passages:
            return Found([], answered=False)
        found = self.signals(text, vector, intents)
        best = np.argsort(-found.score, kind="stable")[:most]
        hits = [Hit(self.passages[found.rows[i]], float(found.score[i]), float(found.cosine[i])) for i in best]
        trust = float(found.trust[best].max())
        trust -= OUTSIDE_DISTRUST * sum((intents or {}).get(label, 0.0) for label in OUTSIDE)
        return Found(hits, answered=trust >= LEAST_COSINE)

    def signals(self, text: str, vector: Floats, intents: Mapping[str, float] | None = None) -> Signals:
        """What speaks for each passage, or, with an approximate index, for each candidate."""
        words, covered = self._words(text)
        prior = self._prior(intents or {})
        topic = self._prior(intents or {}, TOLD_IN_A_QUESTION if _ASKS.search(text) else TOLD_WEIGHT)
        spoken_of = self._prior({k: share for k, share in (intents or {}).items() if k.startswith(GRAVE_TOPICS)})
        unasked = self._grave & (spoken_of < LEAST_FOR_GRAVE)
        if sum(share for label, share in (intents or {}).items() if label.startswith(CRISIS)) < LEAST_FOR_GRAVE:
            unasked |= self._danger
        if self._arrays.near is None:
            cosine = self._arrays.texts @ vector
            names = (self._arrays.names @ vector)[self._arrays.named]
            meaning = self._meaning(cosine, np.maximum.reduceat(names, self._arrays.starts[:-1]))
            return Signals(self._sample, cosine, _z(meaning, meaning), _z(words, words), covered, prior, topic, unasked)
        rows = self._candidates(vector, words)
        cosine = self._arrays.texts[rows] @ vector
        meaning = self._meaning(cosine, self._names_of(rows, vector))
        sampled = self._meaning(self._sample_texts @ vector, self._sample_names @ vector)
        wording = _z(words[rows], words)
        return Signals(
            rows, cosine, _z(meaning, sampled), wording, covered[rows], prior[rows], topic[rows], unasked[rows]
        )

    @property
    def approximate(self) -> bool:
        """Whether candidates come from an approximate index."""
        return bool(self.passages) and self._arrays.near is not None

    def nearest(self, vector: Floats, most: int, *, exact: bool = False) -> list[int]:
        """Rows of the `most` passages whose vectors are nearest, by meaning alone; `exact` compares with all."""
        if exact or self._arrays.near is None:
            return [int(row) for row in np.argsort(-(self._arrays.texts @ vector), kind="stable")[:most]]
        return [int(row) for row in self._arrays.near.near(vector, NEAR)[:most]]

    def _meaning(self, cosine: Floats, names: Floats) -> Floats:
        result: Floats = (1 - NAMES_SHARE) * cosine + NAMES_SHARE * names
        return result

    def _names_of(self, rows: Rows, vector: Floats) -> Floats:
        """The best cosine among the names of each of `rows`."""
        spans = [self._arrays.named[self._arrays.starts[row] : self._arrays.starts[row + 1]] for row in rows]
        cosine = self._arrays.names[np.concatenate(spans)] @ vector
        result: Floats = np.maximum.reduceat(cosine, np.cumsum([0, *(len(span) for span in spans[:-1])]))
        return result

    def _candidates(self, vector: Floats, words: Floats) -> Rows:
        if self._arrays.near is None:
            return self._sample
        near = self._arrays.near.near(vector, NEAR)
        worded = np.argpartition(-words, WORDED)[:WORDED]
        result: Rows = np.unique(np.concatenate([near, worded[words[worded] > 0]]))
        return result

    def _words(self, text: str) -> tuple[Floats, Floats]:
        """BM25 of each passage, and the share of the question's words that it has, weighted by how rare they are."""
        bm25 = self._arrays.words
        count = len(self.passages)
        scores, covered = np.zeros(count, dtype=np.float32), np.zeros(count, dtype=np.float32)
        whole = 0.0
        for term in set(terms(text)):
            number = bm25.vocab_dict.get(term)
            start, end = bm25.scores["indptr"][number : number + 2] if number is not None else (0, 0)
            rarity = np.log(1 + (count - (end - start) + 0.5) / (end - start + 0.5))
            whole += rarity
            rows = bm25.scores["indices"][start:end]
            scores[rows] += bm25.scores["data"][start:end]
            covered[rows] += rarity
        return scores, covered / whole if whole else covered

    def _prior(self, intents: Mapping[str, float], told: float = 1.0) -> Floats:
        """How far what was understood speaks for each passage's article; `told` is the weight of feelings and situations."""
        prior = np.zeros(len(self.passages), dtype=np.float32)
        for label, probability in intents.items():
            if probability >= LEAST_PROBABILITY and label in self._topics:
                rows, shares = self._topics[label]
                weight = PRACTICE_WEIGHT if label in OF_THE_PRACTICE else told if label.startswith(TOLD) else 1.0
                prior[rows] = np.maximum(prior[rows], weight * probability * shares)
        return prior
