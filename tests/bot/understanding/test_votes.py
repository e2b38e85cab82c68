"""The int8 votes say what the kernel ridge in float32 says."""

from __future__ import annotations

import numpy as np
import pytest

from bot.encoding.rounding import rounded
from bot.understanding.kernel import likeness, solve
from bot.understanding.votes import Votes, build


def unit_rows(count: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 96)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def trained() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    support = rounded(unit_rows(400, 1))
    targets = np.random.default_rng(2).normal(size=(400, 5)).astype(np.float32)
    base = targets.mean(axis=0)
    return support, solve(support, targets - base), base


def test_scores_are_those_of_the_exact_kernel(trained: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    support, weights, base = trained
    asked = unit_rows(9, 3)
    exact = likeness(asked, support) @ weights + base
    np.testing.assert_allclose(Votes(build(support, weights, base))(asked), exact, atol=2e-3)


def test_the_fine_part_of_the_asking_side_is_needed(trained: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    support, weights, base = trained
    asked = unit_rows(9, 3)
    exact = likeness(asked, support) @ weights + base
    coarse_only = likeness(rounded(asked), support) @ weights + base
    fine = Votes(build(support, weights, base))(asked)
    assert np.abs(fine - exact).mean() < np.abs(coarse_only - exact).mean() / 5


def test_a_row_does_not_depend_on_its_neighbours(trained: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    votes = Votes(build(*trained))
    asked = unit_rows(150, 4)
    alone = np.concatenate([votes(asked[row : row + 1]) for row in (0, 63, 64, 149)])
    np.testing.assert_allclose(votes(asked)[[0, 63, 64, 149]], alone, atol=1e-5)


def test_rounding_twice_changes_nothing() -> None:
    once = rounded(unit_rows(50, 5))
    np.testing.assert_allclose(rounded(once), once, atol=1e-7)


@pytest.mark.parametrize("phrasings", [1, 17, 29, 63, 64, 65, 95, 286, 411])
@pytest.mark.parametrize("asking", [1, 7, 16, 17, 33, 64])
def test_no_number_of_phrasings_or_rows_is_counted_wrongly(phrasings: int, asking: int) -> None:
    support = rounded(unit_rows(phrasings, phrasings))
    weights = np.random.default_rng(7).normal(size=(phrasings, 3)).astype(np.float32)
    base = np.zeros(3, dtype=np.float32)
    asked = unit_rows(asking, 8)
    exact = likeness(asked, support) @ weights
    np.testing.assert_allclose(Votes(build(support, weights, base))(asked), exact, atol=2e-2)
