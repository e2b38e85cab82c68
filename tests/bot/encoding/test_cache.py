"""Vectors are kept: each text is encoded at most once on a machine."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.encoding import cache, shipped, vector_table
from bot.encoding.cache import encode_cached
from bot.encoding.rounding import to_bytes
from bot.encoding.vector_table import key_of
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


class Counting:
    """An encoder that remembers what it was asked."""

    def __init__(self, encode: Callable) -> None:
        self._encode = encode
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.asked.extend(texts)
        return self._encode(texts)


@pytest.fixture
def encoder(encode: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ATTUNE_CACHE", str(tmp_path))
    get_settings.cache_clear()
    counting = Counting(encode)
    monkeypatch.setattr(cache, "get_encoder", lambda: counting)
    monkeypatch.setattr(shipped, "PATH", tmp_path / "none.sqlite3")
    yield counting
    monkeypatch.undo()
    get_settings.cache_clear()


def test_each_text_is_encoded_once(encoder: Counting) -> None:
    first = encode_cached(["so sad", "hello", "so sad"])
    assert encoder.asked == ["so sad", "hello"]
    again = encode_cached(["hello", "so sad"])
    assert encoder.asked == ["so sad", "hello"]
    np.testing.assert_array_equal(again, first[[1, 0]])


def test_vectors_come_in_the_order_of_the_texts(encoder: Counting, encode: Callable) -> None:
    encode_cached(["b"])
    texts = ["a", "b", "c", "a"]
    np.testing.assert_allclose(encode_cached(texts), encode(texts), atol=0.005)


def test_many_texts_are_looked_up_and_encoded_in_portions(encoder: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "PORTION", 10)
    monkeypatch.setattr(vector_table, "AT_ONCE", 7)
    progress: list[tuple[int, int]] = []
    texts = [f"text {n}" for n in range(25)]
    assert encode_cached(texts, lambda done, total: progress.append((done, total))).shape == (25, 768)
    assert progress == [(10, 25), (20, 25), (25, 25)]
    assert encode_cached(texts).shape == (25, 768)
    assert len(encoder.asked) == 25


def test_no_texts_have_no_vectors(encoder: Counting) -> None:
    assert encode_cached([]).shape == (0, 768)


def test_a_text_that_is_no_valid_unicode_can_be_kept(encoder: Counting) -> None:
    assert encode_cached(["half an emoji \ud83d"]).shape == (1, 768)


def test_no_text_is_written_to_the_file(encoder: Counting, tmp_path: Path) -> None:
    encode_cached(["a very private sentence"])
    (path,) = tmp_path.glob("encoder-*/vectors.sqlite3")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert b"private" not in path.read_bytes()


def test_what_comes_with_attune_is_not_encoded(encoder: Counting, encode: Callable, tmp_path: Path) -> None:
    shipped.write_shipped(
        dict(zip(map(key_of, ["so sad", "hello"]), to_bytes(encode(["so sad", "hello"])), strict=True))
    )
    found = encode_cached(["hello", "new here", "so sad"])
    assert encoder.asked == ["new here"]
    np.testing.assert_allclose(found, encode(["hello", "new here", "so sad"]), atol=0.005)


def test_where_nothing_can_be_written_what_is_known_is_read_and_the_rest_encoded(
    encoder: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(path: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    known = encode_cached(["so sad"])
    monkeypatch.setattr(cache, "_open", read_only)
    both = encode_cached(["so sad", "hello"])
    assert encoder.asked == ["so sad", "hello"]
    np.testing.assert_array_equal(both[0], known[0])
    monkeypatch.setenv("ATTUNE_CACHE", str(tmp_path / "no such folder"))
    get_settings.cache_clear()
    np.testing.assert_array_equal(encode_cached(["so sad"]), known)
