"""Which intents a message carries: logistic regression on the sentence vector and on character n-grams.

The two models see different things (meaning; wording) and err in different places, so their geometric
mean beats each. docs/decisions/003-understanding.md has the table of what was tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.understanding.features import CharacterFeatures

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from bot.understanding.examples import Example

    Floats = npt.NDArray[np.float32]

INVERSE_REGULARISATION = 10.0  # C; with unit vectors C = 1 leaves all probabilities near the floor
WORDING_SHARE = 0.35  # exponent of the n-gram model in the geometric mean
ALSO_SHARE = 0.25  # of a phrasing's weight that goes to its further labels


def _weighted(examples: Sequence[Example], labels: set[str]) -> tuple[list[int], list[str], list[float]]:
    """Rows, labels and weights; a phrasing with `also` counts for each of its labels in part."""
    rows: list[int] = []
    targets: list[str] = []
    weights: list[float] = []
    for index, example in enumerate(examples):
        also = [label for label in example.also if label in labels]
        share = ALSO_SHARE if also else 0.0
        for label, weight in [(example.label, 1 - share), *((label, share / len(also)) for label in also)]:
            rows.append(index)
            targets.append(label)
            weights.append(weight)
    return rows, targets, weights


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Floats = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return result


class IntentModel:
    """Probabilities over labels. Training is deterministic: same data, same model."""

    def __init__(self, labels: list[str], meaning: Floats, wording: Floats, features: CharacterFeatures) -> None:
        self.labels = labels
        self._meaning = meaning  # (768 + 1, labels); the last row is the intercept
        self._wording = wording  # (n-grams + 1, labels)
        self._features = features

    @classmethod
    def fit(cls, examples: Sequence[Example], vectors: Floats) -> IntentModel:
        """Learns from `examples` and their `vectors`, shape (len(examples), 768)."""
        labels = sorted({example.label for example in examples})
        rows, targets, weights = _weighted(examples, set(labels))
        features = CharacterFeatures.fit([example.text for example in examples])
        counts = features([example.text for example in examples])
        meaning = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=120, tol=1e-3)
        meaning.fit(vectors[rows], targets, sample_weight=weights)
        wording = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=60, tol=1e-2, solver="saga", random_state=0)
        wording.fit(counts[rows], targets, sample_weight=weights)
        stacked = [np.vstack([model.coef_.T, model.intercept_]).astype(np.float32) for model in (meaning, wording)]
        return cls(labels, stacked[0], stacked[1], features)

    def probabilities(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """Shape (len(texts), len(labels)); rows sum to 1."""
        meaning = _softmax(vectors @ self._meaning[:-1] + self._meaning[-1])
        wording = _softmax(np.asarray(self._features(texts) @ self._wording[:-1]) + self._wording[-1])
        mixed = meaning ** (1 - WORDING_SHARE) * wording**WORDING_SHARE
        result: Floats = mixed / mixed.sum(axis=1, keepdims=True)
        return result

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What `from_arrays` needs; plain arrays, so that loading a model never runs code."""
        return {
            "labels": np.array(self.labels),
            "meaning": self._meaning,
            "wording": self._wording.astype(np.float16),
            **self._features.arrays(),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> IntentModel:
        """The model that `arrays` describes."""
        return cls(
            arrays["labels"].tolist(),
            arrays["meaning"],
            arrays["wording"].astype(np.float32),
            CharacterFeatures.from_arrays(arrays),
        )
