"""Vectors in 8 bits keep their direction."""

from __future__ import annotations

import numpy as np
import pytest

from bot.encoding.rounding import from_bytes, rounded, steps_of, to_bytes


@pytest.fixture
def rows() -> np.ndarray:
    rows = np.random.default_rng(1).normal(size=(50, 768)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_a_rounded_vector_points_where_it_did(rows: np.ndarray) -> None:
    assert (rows * rounded(rows)).sum(axis=1).min() > 0.999


def test_no_number_moves_by_more_than_half_a_step(rows: np.ndarray) -> None:
    assert (np.abs(rounded(rows) - rows) <= steps_of(rows) * 0.5001).all()


def test_rounding_twice_changes_nothing(rows: np.ndarray) -> None:
    once = rounded(rows)
    np.testing.assert_allclose(rounded(once), once, atol=1e-7)


def test_what_is_stored_is_what_was_rounded(rows: np.ndarray) -> None:
    stored = to_bytes(rows)
    assert {len(row) for row in stored} == {4 + 768}
    np.testing.assert_array_equal(np.stack([from_bytes(row) for row in stored]), rounded(rows))


def test_a_vector_of_nothing_is_kept_too() -> None:
    nothing = np.zeros((1, 768), dtype=np.float32)
    np.testing.assert_array_equal(from_bytes(to_bytes(nothing)[0]), nothing[0])
