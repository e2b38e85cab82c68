"""The classifier layer of the screening: how much a text reads like danger, and of which kind.

Three models that err in different places look at the same text: a multi-class logistic regression on the
sentence vector (all labels; the crisis part of its mass), a binary one on the sentence vector, and a
binary one on character n-grams. Their log-odds are averaged with fixed weights and calibrated to a
probability on cross-validated scores (a whole voice left out each time).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from bot.understanding.features import CharacterFeatures

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from bot.understanding.examples import Example

    Floats = npt.NDArray[np.float32]

KERNEL_WIDTH = 1.0
"""gamma of the RBF kernel on unit vectors."""


class DangerModel:
    """Log-odds of danger and the likeliest crisis label. Training is deterministic."""

    def __init__(self, arrays: dict[str, npt.NDArray[Any]], features: CharacterFeatures) -> None:
        self._arrays = arrays
        self._features = features
        self.labels: list[str] = arrays["danger_labels"].tolist()

    @classmethod
    def fit(cls, examples: Sequence[Example], vectors: Floats) -> DangerModel:
        """Learns crisis labels against everything else; vectors of shape (len(examples), 768)."""
        danger = np.array([example.label.startswith("crisis_") for example in examples])
        texts = [example.text for example in examples]
        features = CharacterFeatures.fit(texts, most=40_000)
        wording = LogisticRegression(C=4.0, max_iter=200, class_weight="balanced", solver="liblinear", random_state=0)
        wording.fit(features(texts), danger)
        kernel = SVC(C=4.0, gamma=KERNEL_WIDTH, class_weight="balanced", cache_size=1000)
        kernel.fit(vectors, danger)
        kinds = LogisticRegression(C=10.0, max_iter=300, tol=1e-3)
        kinds.fit(vectors[danger], [example.label for example in examples if example.label.startswith("crisis_")])
        return cls(
            {
                "danger_labels": np.array(kinds.classes_.tolist()),
                "kinds": np.vstack([kinds.coef_.T, kinds.intercept_]).astype(np.float32),
                "support": kernel.support_vectors_.astype(np.float32),
                "dual": kernel.dual_coef_[0].astype(np.float32),
                "offset": np.array(kernel.intercept_[0], dtype=np.float32),
                "danger_wording": np.append(wording.coef_[0], wording.intercept_[0]).astype(np.float32),
            },
            features,
        )

    def scores(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """How much each text reads like danger, shape (len(texts),); 0 is the models' own border."""
        a = self._arrays
        # RBF kernel on unit vectors: |x - y|^2 = 2 - 2 x.y
        similarity = np.exp(-KERNEL_WIDTH * (2 - 2 * (vectors @ a["support"].T)))
        meaning = similarity @ a["dual"] + a["offset"]
        wording = np.asarray(self._features(texts) @ a["danger_wording"][:-1]) + a["danger_wording"][-1]
        result: Floats = (meaning + 0.4 * wording).astype(np.float32)
        return result

    def kind(self, vector: Floats, without: str = "") -> str:
        """The likeliest crisis label, other than `without`, of a vector of shape (768,)."""
        scores = vector @ self._arrays["kinds"][:-1] + self._arrays["kinds"][-1]
        return max((label for label in self.labels if label != without), key=lambda label: scores[self.labels.index(label)])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What `from_arrays` needs; plain arrays."""
        return {**self._arrays, **self._features.arrays()}

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> DangerModel:
        """The model that `arrays` describes."""
        return cls(arrays, CharacterFeatures.from_arrays(arrays))
