"""Kernel ridge regression, solved in blocks."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding import kernel


@pytest.fixture
def vectors() -> np.ndarray:
    drawn = np.random.default_rng(0).standard_normal((70, 12)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.mark.parametrize("block", [1, 7, 10, 35, 69, 70, 71, 1024])
def test_the_weights_solve_the_equations_whatever_the_blocks_are(
    vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(kernel, "BLOCK", block)
    targets = np.random.default_rng(1).standard_normal((70, 3)).astype(np.float32)
    weights = kernel.solve(vectors, targets)
    matrix = kernel.likeness(vectors, vectors).astype(np.float64) + kernel.RIDGE * np.eye(70)
    assert weights.dtype == np.float32
    assert weights == pytest.approx(np.linalg.solve(matrix, targets.astype(np.float64)), abs=2e-3)


def test_a_vector_is_most_like_itself_and_likeness_is_even(vectors: np.ndarray) -> None:
    found = kernel.likeness(vectors, vectors)
    assert np.diag(found) == pytest.approx(np.ones(70), abs=1e-6)
    assert found == pytest.approx(found.T, abs=1e-6)
    assert (found.argmax(axis=1) == np.arange(70)).all()
