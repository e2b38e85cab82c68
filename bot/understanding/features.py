"""Character n-grams weighted by TF-IDF: what spelling and word choice say beside the sentence vector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from scipy.sparse import csr_matrix

OPTIONS: dict[str, Any] = {
    "analyzer": "char_wb",
    "ngram_range": (2, 5),
    "sublinear_tf": True,
    "lowercase": True,
    "dtype": np.float32,
}
LONGEST = 4000  # characters that are read; a turn's text is shorter


class CharacterFeatures:
    """A TF-IDF of character n-grams that can be stored as plain arrays, without pickle."""

    def __init__(self, vectorizer: TfidfVectorizer) -> None:
        self._vectorizer = vectorizer

    @classmethod
    def fit(cls, texts: Sequence[str], most: int = 60_000) -> tuple[CharacterFeatures, csr_matrix]:
        """Learns the n-grams of `texts`, the `most` frequent ones that occur at least twice; and the texts' rows."""
        vectorizer = TfidfVectorizer(**OPTIONS, min_df=2, max_features=most)
        rows = vectorizer.fit_transform([text[:LONGEST] for text in texts])
        return cls(vectorizer), rows

    def __call__(self, texts: Sequence[str]) -> csr_matrix:
        """Rows of unit length, shape (len(texts), number of n-grams)."""
        return self._vectorizer.transform([text[:LONGEST] for text in texts])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What `from_arrays` needs."""
        terms = sorted(self._vectorizer.vocabulary_, key=self._vectorizer.vocabulary_.__getitem__)
        return {"terms": np.array(terms), "idf": np.asarray(self._vectorizer.idf_, dtype=np.float32)}

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> CharacterFeatures:
        """The features that `arrays` describes."""
        vectorizer = TfidfVectorizer(**OPTIONS, vocabulary={term: i for i, term in enumerate(arrays["terms"].tolist())})
        vectorizer.idf_ = arrays["idf"]
        return cls(vectorizer)
