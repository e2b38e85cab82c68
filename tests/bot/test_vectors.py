"""What a fresh clone would have to encode comes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.encoding.shipped import shipped
from bot.encoding.vector_table import key_of
from bot.vectors import texts

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_NEW = 1500  # a minute and a half on the slower kind of processor


def test_nearly_all_that_is_encoded_at_first_comes_with_attune(encode: Callable) -> None:
    keys = {key_of(text) for text in texts(encode)}
    new = keys - shipped(keys).keys()
    assert len(keys) > 30_000
    assert len(new) <= MOST_NEW, f"{len(new)} texts have no vector in bot/encoding/vectors.sqlite3: run `make vectors`."
