"""The vectors that come with Attune are those of its encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.encoding import shipped
from bot.encoding.encoder import get_encoder
from bot.encoding.rounding import from_bytes
from bot.encoding.vector_table import key_of
from bot.understanding.examples import load_examples

if TYPE_CHECKING:
    from pathlib import Path

ROW = b"0" * 772


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(shipped, "PATH", tmp_path / "vectors.sqlite3")
    return tmp_path


def test_they_are_what_the_encoder_says() -> None:
    some = [example.text for example in load_examples() if not example.batch][::1500]
    found = shipped.shipped(map(key_of, some))
    texts = [text for text in some if key_of(text) in found]
    assert len(texts) >= 0.9 * len(some)
    alike = (get_encoder()(texts) * np.stack([from_bytes(found[key_of(text)]) for text in texts])).sum(axis=1)
    assert alike.min() > 0.99  # processors differ in the last digits of 8-bit products


def test_those_of_another_encoder_are_not_used(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped.write_shipped({b"a": ROW})
    assert shipped.shipped([b"a", b"b"]) == {b"a": ROW}
    monkeypatch.setattr(shipped, "encoder_identity", lambda: "another")
    assert shipped.shipped([b"a"]) == {}


def test_without_the_file_there_are_none(elsewhere: Path) -> None:
    assert shipped.shipped([b"a"]) == {}


def test_the_same_rows_make_the_same_file(elsewhere: Path) -> None:
    shipped.write_shipped({b"b": ROW, b"a": ROW})
    first = shipped.PATH.read_bytes()
    shipped.write_shipped({b"a": ROW, b"b": ROW})
    assert shipped.PATH.read_bytes() == first
    assert [path.name for path in elsewhere.iterdir()] == ["vectors.sqlite3"]


def test_it_is_read_where_nothing_may_be_written(elsewhere: Path) -> None:
    shipped.write_shipped({b"a": ROW})
    shipped.PATH.chmod(0o444)
    assert shipped.shipped([b"a"]) == {b"a": ROW}
    assert [path.name for path in elsewhere.iterdir()] == ["vectors.sqlite3"]
