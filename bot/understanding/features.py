"""Character n-grams weighted by TF-IDF: what spelling and word choice say beside the sentence vector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

SHORTEST, LONGEST_GRAM = 2, 5  # characters of an n-gram; a word's edges count as spaces
LONGEST = 4000  # characters that are read; a turn's text is shorter
WORDS_KEPT = 20_000  # whose n-grams are remembered: most words of a message were met before


class CharacterFeatures:
    """A TF-IDF of the character n-grams of words; plain arrays store it, without pickle.

    Reading equals scikit-learn's TfidfVectorizer (analyzer "char_wb", sublinear), which learns it; word by word
    it takes a tenth of the time.
    """

    def __init__(self, columns: Mapping[str, int], idf: npt.NDArray[np.float32]) -> None:
        self._columns = columns
        self._idf = idf
        self._known: dict[str, npt.NDArray[np.int32]] = {}

    @classmethod
    def fit(cls, texts: Sequence[str], most: int = 60_000) -> tuple[CharacterFeatures, csr_matrix]:
        """Learns the n-grams of `texts`, the `most` frequent ones that occur at least twice; and the texts' rows."""
        vectorizer = TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(SHORTEST, LONGEST_GRAM),
            sublinear_tf=True,
            lowercase=True,
            dtype=np.float32,
            min_df=2,
            max_features=most,
        )
        rows = vectorizer.fit_transform([text[:LONGEST] for text in texts])
        return cls(vectorizer.vocabulary_, vectorizer.idf_.astype(np.float32)), rows

    def __call__(self, texts: Sequence[str]) -> csr_matrix:
        """Rows of unit length, shape (len(texts), number of n-grams)."""
        columns, values, ends = [], [], [0]
        for text in texts:
            words = [self._of_word(word) for word in text[:LONGEST].lower().split()]
            found, counts = np.unique(np.concatenate(words) if words else _NONE, return_counts=True)
            weighted = (1 + np.log(counts, dtype=np.float32)) * self._idf[found]
            columns.append(found)
            values.append(weighted / max(float(np.linalg.norm(weighted)), 1e-12))
            ends.append(ends[-1] + len(found))
        return csr_matrix(
            (np.concatenate(values, dtype=np.float32), np.concatenate(columns), np.array(ends)),
            shape=(len(texts), len(self._idf)),
        )

    def _of_word(self, word: str) -> npt.NDArray[np.int32]:
        """Columns of the word's n-grams, those that were learnt, as often as they occur."""
        known = self._known.get(word)
        if known is None:
            padded = f" {word} "
            grams = []
            for length in range(SHORTEST, LONGEST_GRAM + 1):
                grams += [padded[start : start + length] for start in range(max(1, len(padded) - length + 1))]
                if len(padded) <= length:
                    break  # the whole word counts once
            known = np.array([self._columns[gram] for gram in grams if gram in self._columns], dtype=np.int32)
            if len(self._known) >= WORDS_KEPT:
                self._known.clear()
            self._known[word] = known
        return known

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What `from_arrays` needs."""
        terms = sorted(self._columns, key=self._columns.__getitem__)
        return {"terms": np.array(terms), "idf": self._idf}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> CharacterFeatures:
        """The features that `arrays` describes."""
        columns = {term: column for column, term in enumerate(arrays["terms"].tolist())}
        return cls(columns, arrays["idf"].astype(np.float32))


_NONE = np.zeros(0, dtype=np.int32)
