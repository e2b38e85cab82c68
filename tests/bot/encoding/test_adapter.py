"""The shipped adapters fit the weights, say how they were made, and leave some voices unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.encoding import adapter
from bot.encoding.mpnet_layout import LAYERS, LINEAR
from bot.understanding.examples import load_examples

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 45_000_000


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(adapter, "PATH", tmp_path / "adapter.npz")
    down, up = np.ones((2, 3), dtype=np.float16), np.full((4, 2), 0.5, dtype=np.float16)
    return adapter.write_adapter({"a.down": down, "a.up": up}, {"seed": 7})


def test_an_adapter_is_added_to_its_weight_and_to_no_other(written: Path) -> None:
    weights = {"a.weight": np.zeros((4, 3), dtype=np.float32), "b.weight": np.ones((2, 2), dtype=np.float32)}
    merged = adapter.merge(weights)
    np.testing.assert_allclose(merged["a.weight"], 1.0)
    np.testing.assert_array_equal(merged["b.weight"], weights["b.weight"])
    assert not weights["a.weight"].any()


def test_an_adapter_of_no_weight_is_an_error(written: Path) -> None:
    with pytest.raises(KeyError):
        adapter.merge({"b.weight": np.ones((2, 2), dtype=np.float32)})


def test_the_description_is_kept_and_changes_the_hash(written: Path) -> None:
    before = adapter.adapter_hash()
    assert adapter.read_about() == {"seed": 7}
    adapter.write_adapter({}, {"seed": 8})
    assert adapter.adapter_hash() != before


def test_the_shipped_file_is_small_and_says_how_it_was_made() -> None:
    assert adapter.PATH.stat().st_size < MOST_BYTES
    about = adapter.read_about()
    assert about["recipe"]["seed"] == 0
    assert about["held_out"] == sorted(adapter.HELD_OUT)
    assert len(about["data"]) == 16


def test_the_shipped_adapters_are_for_linear_layers_of_the_network() -> None:
    names = {
        f"encoder.layer.{n}.{path}.{side}" for n in range(LAYERS) for path in LINEAR.values() for side in ("down", "up")
    }
    with np.load(adapter.PATH, allow_pickle=False) as stored:
        found = set(stored.files) - {adapter.ABOUT}
        assert all(np.isfinite(stored[name]).all() for name in found)
    assert found
    assert found <= names


def test_the_voices_that_were_never_shown_are_among_the_phrasings() -> None:
    assert {example.voice for example in load_examples()} > adapter.HELD_OUT
