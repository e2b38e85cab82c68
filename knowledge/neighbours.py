"""The vectors nearest to one: an approximate index (HNSW by usearch) for more passages than can be compared in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from usearch.index import Index

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

CONNECTIONS = 16  # edges of a node; more find more and take memory
EXPANSION_ADD = 96  # candidates looked at while building
EXPANSION_SEARCH = 192  # candidates looked at while searching: recall@10 0.97 and more on clustered vectors


def build(vectors: Floats, path: Path, threads: int = 0) -> None:
    """Write an index over unit `vectors` of shape (passages, width) to `path`. `threads` 0 means all cores."""
    index = Index(
        ndim=vectors.shape[1],
        metric="ip",
        dtype="f16",
        connectivity=CONNECTIONS,
        expansion_add=EXPANSION_ADD,
        expansion_search=EXPANSION_SEARCH,
    )
    index.add(np.arange(len(vectors)), vectors, threads=threads)
    index.save(str(path))


class Neighbours:
    """An index that lies in a file and is mapped into memory: pages that a search touches are read, no more."""

    def __init__(self, path: Path, width: int) -> None:
        # The file does not keep how widely to search, so an index is made with it and then shown the file.
        self._index = Index(
            ndim=width,
            metric="ip",
            dtype="f16",
            connectivity=CONNECTIONS,
            expansion_add=EXPANSION_ADD,
            expansion_search=EXPANSION_SEARCH,
        )
        self._index.view(str(path))

    def near(self, vector: Floats, most: int) -> npt.NDArray[np.int64]:
        """Rows of (about) the `most` nearest vectors, nearest first."""
        found: npt.NDArray[np.int64] = np.asarray(self._index.search(vector, most).keys).astype(np.int64)
        return found
