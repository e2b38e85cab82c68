"""What Attune's encoder learnt beyond its publisher's: low-rank adapters, merged into the weights at set-up.

The file is made by `python -m bot.encoding.tuning`; docs/decisions/006-tuned-encoder.md says why and what it brought.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

PATH = Path(__file__).with_name("adapter.npz")
ABOUT = "about"
# Voices that the tuning never saw: what `attune eval --suite voices` says of them holds for strangers.
HELD_OUT = frozenset({"american_plain", "second_language", "us_everyday", "uk_forum_long"})


def adapter_hash() -> str:
    """Names the adapters: part of the built encoder's and of every model's identity."""
    return hashlib.sha256(PATH.read_bytes()).hexdigest()[:12]


def write_adapter(matrices: Mapping[str, npt.NDArray[np.float16]], about: Mapping[str, Any]) -> Path:
    """Store the trained matrices with a description (recipe, seed, hash of the data); returns where."""
    np.savez_compressed(PATH, **{ABOUT: np.array(json.dumps(about, sort_keys=True))}, **matrices)
    return PATH


def read_about() -> dict[str, Any]:
    """The description stored with the adapters."""
    with np.load(PATH, allow_pickle=False) as stored:
        about: dict[str, Any] = json.loads(str(stored[ABOUT]))
    return about


def merge(weights: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """The publisher's weights with every adapter's product added. Raises KeyError for an adapter of no weight."""
    merged = dict(weights)
    with np.load(PATH, allow_pickle=False) as stored:
        for name in stored.files:
            if not name.endswith(".down"):
                continue
            layer = name.removesuffix(".down")
            product = stored[f"{layer}.up"].astype(np.float32) @ stored[name].astype(np.float32)
            merged[f"{layer}.weight"] = weights[f"{layer}.weight"].astype(np.float32) + product
    return merged
