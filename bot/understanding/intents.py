"""What a text says: scores over all labels from meaning (sentence vector) and wording (character n-grams).

The two see different things and err in different places, so their geometric mean beats each. The same
reading serves the intents of a message and the screening of each of its sentences.
docs/decisions/003-understanding.md has the table of what was tried.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.encoding.rounding import rounded
from bot.understanding.features import CharacterFeatures
from bot.understanding.kernel import solve
from bot.understanding.labels import is_crisis
from bot.understanding.votes import Votes, build

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from bot.understanding.examples import Example

    Floats = npt.NDArray[np.float32]

WORDING_SHARE = 0.35  # exponent of the n-gram model in the geometric mean
ALSO_SHARE = 0.25  # of a phrasing's weight that goes to its further labels
SHARPNESS = 9.0  # from kernel scores (0..1) to log-probabilities; chosen for calibration
INVERSE_REGULARISATION = 10.0  # C of the n-gram model
# Exponent that makes confidences honest: expected calibration error 0.03 to 0.05 on left-out voices and on
# tests/eval alike, against 0.16 to 0.28 without it.
CERTAINTY = 2.25
SOMEBODY_ELSE = "crisis_third_party"  # its phrasings name in `also` which danger it is
COURTESIES = frozenset({"greet", "small_talk", "thank", "goodbye"})
# A clause that says something as surely as this goes before a courtesy: "hello, 27, one daughter, never feel happy".
# On two voices of such openings that nothing was learnt from, acceptable readings rose from .79 to .87.
SAID = 0.5
COURTESY_BESIDE = 0.1  # of a courtesy's probability that is left beside something said
SENTENCES_SHARE = 0.3  # of a message's probabilities that its sentences have: a long one has more than one topic


@dataclass(frozen=True)
class Reading:
    """What was read in some texts; a row a text. `probabilities` and `wording` are (texts, labels).

    The first row is the whole message, then come its sentences, and last as many clauses as `clauses` says.

    `danger` is the kernel's own estimate of danger, about -1 (none) to 1 (certain). `kinds` has a column for each
    crisis label: how much the text speaks of that danger, the writer's own or somebody else's, about 0 to 1.
    `red_flag` is the kernel's estimate of what a clinician would ask about (phrasings marked so), about -1 to 1; danger
    itself lies between.
    """

    labels: list[str]
    probabilities: Floats
    wording: Floats
    danger: Floats
    kinds: Floats
    red_flag: Floats
    clauses: int = 0

    def confidences(self) -> Floats:
        """Calibrated probabilities of the labels for the message, shape (labels,), with its sentences' say."""
        mixed = self.probabilities[0]
        sentences = self.probabilities[1 : len(self.probabilities) - self.clauses]
        if len(sentences):
            mixed = (1 - SENTENCES_SHARE) * mixed + SENTENCES_SHARE * sentences.mean(axis=0)
        sharpened = self._beside_courtesy(mixed) ** CERTAINTY
        result: Floats = sharpened / sharpened.sum()
        return result

    def _beside_courtesy(self, mixed: Floats) -> Floats:
        """What is said in some part of a message that reads as a courtesy on the whole; else `mixed`."""
        courteous = np.array([label in COURTESIES for label in self.labels])
        if not self.clauses or not courteous[mixed.argmax()]:
            return mixed
        parts = self.probabilities[1:]
        said = parts[(parts.max(axis=1) >= SAID) & ~courteous[parts.argmax(axis=1)]]
        if not len(said):
            return mixed
        result: Floats = np.where(courteous, COURTESY_BESIDE, 1.0) * said.mean(axis=0)
        return result

    def danger_mass(self) -> Floats:
        """Log-odds that the text belongs to some crisis label, by meaning and wording together."""
        return _log_odds(self.probabilities, self.labels)

    def danger_wording(self) -> Floats:
        """The same by wording alone."""
        return _log_odds(self.wording, self.labels)


def crises(labels: Sequence[str]) -> list[str]:
    """The crisis labels among `labels`, in their order: the columns of Reading.kinds."""
    return [label for label in labels if is_crisis(label)]


def _log_odds(probabilities: Floats, labels: list[str]) -> Floats:
    crisis = np.array([is_crisis(label) for label in labels])
    mass = np.clip(probabilities[:, crisis].sum(axis=1), 1e-6, 1 - 1e-6)
    result: Floats = np.log(mass / (1 - mass)).astype(np.float32)
    return result


def _targets(examples: Sequence[Example], labels: list[str]) -> Floats:
    """Shares of each label, then danger (1 or -1), then which danger it is: the first crisis label beside others', then
    red flag (1, -1; danger 0).
    """
    column = {label: place for place, label in enumerate(labels)}
    kinds = {label: len(labels) + 1 + place for place, label in enumerate(crises(labels))}
    targets = np.zeros((len(examples), len(labels) + 1 + len(kinds) + 1), dtype=np.float32)
    for row, example in enumerate(examples):
        also = [label for label in example.also if label in column and label != example.label]
        share = ALSO_SHARE if also else 0.0
        targets[row, column[example.label]] = 1 - share
        for label in also:
            targets[row, column[label]] += share / len(also)
        danger = example.label in kinds
        targets[row, len(labels)] = 1.0 if danger else -1.0
        if danger:
            named = (label for label in (example.label, *example.also) if label in kinds and label != SOMEBODY_ELSE)
            targets[row, kinds[next(named, SOMEBODY_ELSE)]] = 1.0
        else:
            targets[row, -1] = 1.0 if example.red_flag else -1.0
    return targets


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Floats = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return result


def _product(rows: csr_matrix, table: Floats) -> Floats:
    """rows @ table. A sentence's n-grams are its message's too: each row of the table is fetched once."""
    used, place = np.unique(rows.indices, return_inverse=True)
    result: Floats = csr_matrix((rows.data, place, rows.indptr), shape=(rows.shape[0], len(used))) @ table[used]
    return result


def _learn_wording(examples: Sequence[Example]) -> tuple[CharacterFeatures, LogisticRegression]:
    features, rows = CharacterFeatures.fit([example.text for example in examples])
    model = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=60, tol=3e-2, solver="saga", random_state=0)
    return features, model.fit(rows, [example.label for example in examples])


class IntentModel:
    """Reads texts. Training is deterministic: same data, same model."""

    def __init__(self, arrays: dict[str, npt.NDArray[Any]], features: CharacterFeatures) -> None:
        self.labels: list[str] = arrays["labels"].tolist()
        self._graph: npt.NDArray[np.uint8] = arrays["votes"]
        self._votes = Votes(self._graph)
        self._wording: Floats = np.ascontiguousarray(arrays["wording"][:-1], dtype=np.float32)
        self._wording_base: Floats = arrays["wording"][-1].astype(np.float32)
        self._features = features

    @classmethod
    def fit(cls, examples: Sequence[Example], vectors: Floats) -> IntentModel:
        """Learns from `examples` and their `vectors`, shape (len(examples), 768)."""
        labels = sorted({example.label for example in examples})
        targets = _targets(examples, labels)
        # Trained on the rounded vectors, so that the solution fits what is stored.
        support = rounded(vectors)
        base = targets.mean(axis=0)
        with ThreadPoolExecutor(1) as beside:  # it keeps one core busy, and the blocks of the other leave room for it
            learning = beside.submit(_learn_wording, examples)
            weights = solve(support, targets - base)
            features, wording = learning.result()
        arrays = {
            "labels": np.array(labels),
            "votes": build(support, weights, base),
            "wording": np.vstack([wording.coef_.T, wording.intercept_]).astype(np.float16),
        }
        return cls(arrays, features)

    def read(self, texts: Sequence[str], vectors: Floats, clauses: int = 0) -> Reading:
        """The reading of `texts`, whose vectors have shape (len(texts), 768); the last `clauses` of them are clauses."""
        scores = self._votes(vectors)
        last = len(self.labels)
        meaning = _softmax(SHARPNESS * scores[:, :last])
        wording = _softmax(_product(self._features(texts), self._wording) + self._wording_base)
        mixed = meaning ** (1 - WORDING_SHARE) * wording**WORDING_SHARE
        probabilities = mixed / mixed.sum(axis=1, keepdims=True)
        danger, kinds, red_flag = scores[:, last], scores[:, last + 1 : -1], scores[:, -1]
        return Reading(self.labels, probabilities, wording, danger, kinds, red_flag, clauses)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What `from_arrays` needs; plain arrays, so that loading a model never runs code."""
        return {
            "labels": np.array(self.labels),
            "votes": self._graph,
            "wording": np.vstack([self._wording, self._wording_base]).astype(np.float16),
            **self._features.arrays(),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> IntentModel:
        """The model that `arrays` describes."""
        return cls(arrays, CharacterFeatures.from_arrays(arrays))
