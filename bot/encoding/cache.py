"""Remembers the vectors of texts that are encoded again and again: training phrasings and passages.

Vectors are kept in one SQLite file beside the encoder, so that a second training, a fresh clone and the
tests need not wait for them. A parent's message is never written here.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from bot.encoding.encoder import DIMENSIONS, get_encoder
from bot.encoding.weights import encoder_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy.typing as npt

PORTION = 512  # texts encoded between two reports of progress
LOOKUP = 500  # SQLite takes at most 999 variables in one statement


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=60)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
    return connection


def encode_cached(
    texts: Sequence[str],
    report: Callable[[int, int], None] = lambda done, total: None,
) -> npt.NDArray[np.float32]:
    """Vectors of shape (len(texts), 768), each encoded at most once on this machine.

    `report(done, total)` is called while texts that were not known are encoded.
    """
    keys = [_key(text) for text in texts]
    found: dict[bytes, npt.NDArray[np.float32]] = {}
    with closing(_open(encoder_folder() / "vectors.sqlite3")) as connection:
        unique = list(dict.fromkeys(keys))
        for start in range(0, len(unique), LOOKUP):
            some = unique[start : start + LOOKUP]
            marks = ",".join("?" * len(some))
            query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608 - only question marks
            for key, blob in connection.execute(query, some):
                found[key] = np.frombuffer(blob, dtype=np.float32)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        pending = list(missing.items())
        for start in range(0, len(pending), PORTION):
            portion = pending[start : start + PORTION]
            vectors = get_encoder()([text for _, text in portion])
            with connection:
                connection.executemany(
                    "INSERT OR IGNORE INTO vectors VALUES (?, ?)",
                    [(key, vector.tobytes()) for (key, _), vector in zip(portion, vectors, strict=True)],
                )
            found.update(zip((key for key, _ in portion), vectors, strict=True))
            report(min(start + PORTION, len(pending)), len(pending))
    return np.stack([found[key] for key in keys]) if keys else np.zeros((0, DIMENSIONS), dtype=np.float32)
