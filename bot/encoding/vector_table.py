"""The SQLite table that vectors are kept in: a text's hash, and its vector in 8 bits. No text is in it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

CREATE = "CREATE TABLE IF NOT EXISTS rounded (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
AT_ONCE = 500  # SQLite takes at most 999 variables in one statement


def key_of(text: str) -> bytes:
    """What `text` is found by."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def look_up(connection: sqlite3.Connection, keys: Iterable[bytes]) -> dict[bytes, bytes]:
    """The rows of those of `keys` that are there, as `bot.encoding.rounding.to_bytes` made them."""
    found: dict[bytes, bytes] = {}
    unique = list(dict.fromkeys(keys))
    for start in range(0, len(unique), AT_ONCE):
        some = unique[start : start + AT_ONCE]
        marks = ",".join("?" * len(some))
        query = f"SELECT key, vector FROM rounded WHERE key IN ({marks})"  # noqa: S608 - only question marks
        found.update(connection.execute(query, some))
    return found


def keep(connection: sqlite3.Connection, rows: Sequence[tuple[bytes, bytes]]) -> None:
    """Add `rows` in one transaction; those that are there stay as they are."""
    with connection:
        connection.executemany("INSERT OR IGNORE INTO rounded VALUES (?, ?)", rows)
