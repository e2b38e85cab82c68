"""Keeps a component's arrays in Rasa's model file: plain numbers and texts, never pickled code."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

FILE = "arrays.npz"


def save_arrays(storage: ModelStorage, resource: Resource, arrays: dict[str, npt.NDArray[Any]]) -> None:
    """Write `arrays` to the model."""
    with storage.write_to(resource) as folder:
        np.savez_compressed(folder / FILE, **arrays)


def load_arrays(storage: ModelStorage, resource: Resource) -> dict[str, npt.NDArray[Any]]:
    """The arrays that were saved. Raises ValueError when the model lacks them, instead of an untrained component."""
    with storage.read_from(resource) as folder, np.load(folder / FILE, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
