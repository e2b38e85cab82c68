"""Kernel ridge regression on sentence vectors: one linear solve, many questions.

Every phrasing votes for its labels with the likeness of its vector (a Gaussian kernel on unit vectors).
With 28,500 phrasings one Cholesky factorisation serves all labels at once, takes about a minute and 3 GB
on two cores (it grows with the cube and the square of their number) and is exact, so that training needs no seed and no stopping rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

WIDTH = 0.5
"""gamma of exp(-gamma |x - y|^2); for unit vectors |x - y|^2 = 2 - 2 x.y."""
RIDGE = 0.03
"""How far a phrasing's own label may be overruled by its neighbours."""
BLOCK = 1024
"""Rows that are factorised at once; the products between blocks take nearly all of the time."""


def likeness(vectors: Floats, others: Floats) -> Floats:
    """Kernel values, shape (len(vectors), len(others)), between 0 and 1."""
    result: Floats = (vectors * np.float32(2 * WIDTH)) @ others.T
    result -= np.float32(2 * WIDTH)
    np.exp(result, out=result)
    return result


def solve(vectors: Floats, targets: Floats) -> Floats:
    """Weights of shape targets.shape, so that likeness(x, vectors) @ weights estimates the targets at x."""
    kernel = np.empty((len(vectors), len(vectors)), dtype=np.float32)
    for start, end in _blocks(len(vectors)):  # it is symmetric, and what is above the diagonal is never read
        kernel[start:, start:end] = likeness(vectors[start:], vectors[start:end])
    kernel[np.diag_indices(len(kernel))] += RIDGE
    _factorise(kernel)
    return _substitute(kernel, targets)


def _factorise(matrix: Floats) -> None:
    """Overwrites the lower triangle of a positive definite `matrix` by its Cholesky factor, block by block.

    One call of LAPACK would do it, but the OpenBLAS 0.3.18 in scipy's wheel (Rasa pins scipy) ends the process with a
    segmentation fault at 26,500 rows; at 24,600 it did not.
    """
    for start, end in _blocks(len(matrix)):
        matrix[start:end, start:end] = np.linalg.cholesky(matrix[start:end, start:end])
        below = matrix[end:, start:end]
        below[:] = solve_triangular(matrix[start:end, start:end], below.T, lower=True, check_finite=False).T
        for left, right in _blocks(len(matrix), end):
            matrix[left:, left:right] -= matrix[left:, start:end] @ matrix[left:right, start:end].T


def _substitute(factor: Floats, targets: Floats) -> Floats:
    """The solution of factor @ factor.T @ x = targets; what is above the diagonal of `factor` is not read."""
    found = targets.astype(np.float32)
    for start, end in _blocks(len(factor)):
        rest = found[start:end] - factor[start:end, :start] @ found[:start]
        found[start:end] = solve_triangular(factor[start:end, start:end], rest, lower=True, check_finite=False)
    for start, end in reversed(list(_blocks(len(factor)))):
        rest = found[start:end] - factor[end:, start:end].T @ found[end:]
        square = factor[start:end, start:end]
        found[start:end] = solve_triangular(square, rest, lower=True, trans="T", check_finite=False)
    return found


def _blocks(size: int, start: int = 0) -> Iterator[tuple[int, int]]:
    """Beginning and end of each block of BLOCK rows from `start` on."""
    return ((first, min(first + BLOCK, size)) for first in range(start, size, BLOCK))
