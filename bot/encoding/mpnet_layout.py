"""Sizes and names of MPNet's parts (Song et al. 2020, arXiv:2004.09297), for whoever builds or tunes it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

LAYERS = 12
HEADS = 12
WIDTH = 768
HEAD_WIDTH = WIDTH // HEADS
LAYER_NORM_EPSILON = 1e-5
RELATIVE_BUCKETS = 32
RELATIVE_MAX_DISTANCE = 128
FIRST_POSITION = 2  # MPNet counts positions from padding_idx + 1
MAX_TOKENS = 384
# The linear layers of a transformer layer, by a short name.
LINEAR = {
    "q": "attention.attn.q",
    "k": "attention.attn.k",
    "v": "attention.attn.v",
    "o": "attention.attn.o",
    "inner": "intermediate.dense",
    "outer": "output.dense",
}


def relative_buckets(length: int) -> npt.NDArray[np.int64]:
    """Bucket of every (query, key) pair, shape (length, length), values 0..31 (T5's bidirectional rule)."""
    positions = np.arange(length)
    distance = positions[:, None] - positions[None, :]
    half = RELATIVE_BUCKETS // 2
    exact = half // 2
    buckets = np.where(distance < 0, half, 0)
    distance = np.abs(distance)
    scale = (half - exact) / math.log(RELATIVE_MAX_DISTANCE / exact)
    far = exact + (np.log(np.maximum(distance, 1) / exact) * scale).astype(np.int64)
    far = np.minimum(far, half - 1)
    result: npt.NDArray[np.int64] = buckets + np.where(distance < exact, distance, far)
    return result.astype(np.int64)
