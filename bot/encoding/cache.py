"""Remembers the vectors of texts that are encoded again and again: training phrasings and passages.

Those of Attune's own come with it (`bot/encoding/shipped.py`). What is new is encoded here, once on a machine, and kept
in a file beside the encoder. A parent's message is never written there.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import numpy as np

from bot.encoding.encoder import DIMENSIONS, get_encoder
from bot.encoding.rounding import from_bytes, to_bytes
from bot.encoding.shipped import shipped
from bot.encoding.vector_table import CREATE, keep, key_of, look_up
from bot.encoding.weights import encoder_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy.typing as npt

PORTION = 512  # texts encoded between two reports of progress
logger = logging.getLogger(__name__)


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=60)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(CREATE)
    return connection


def _open_or_copy(path: Path) -> sqlite3.Connection:
    """The file at `path`, or where it cannot be written a copy of it in memory: what is new is then encoded each time."""
    try:
        return _open(path)
    except (OSError, sqlite3.OperationalError) as error:
        logger.info("Vectors are not kept in %s: %s", path, error)
    connection = sqlite3.connect(":memory:")
    # Immutable, as the vectors that come with Attune are read: beside a read-only file none can be made.
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as kept:
        kept.backup(connection)
    connection.execute(CREATE)
    return connection


def rows_of(texts: Sequence[str], report: Callable[[int, int], None] = lambda done, total: None) -> dict[bytes, bytes]:
    """The stored row of each text by its key, encoded first where it is known neither to Attune nor to this machine.

    `report(done, total)` is called while texts are encoded.
    """
    keys = [key_of(text) for text in texts]
    found = shipped(keys)
    with closing(_open_or_copy(encoder_folder() / "vectors.sqlite3")) as connection:
        found.update(look_up(connection, (key for key in keys if key not in found)))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        pending = list(missing.items())
        for start in range(0, len(pending), PORTION):
            portion = pending[start : start + PORTION]
            encoded = to_bytes(get_encoder()([text for _, text in portion]))
            rows = [(key, row) for (key, _), row in zip(portion, encoded, strict=True)]
            keep(connection, rows)
            found.update(rows)
            report(min(start + PORTION, len(pending)), len(pending))
    return found


def encode_cached(
    texts: Sequence[str],
    report: Callable[[int, int], None] = lambda done, total: None,
) -> npt.NDArray[np.float32]:
    """Vectors of shape (len(texts), 768), rounded to 8 bits; `report` as in `rows_of`."""
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    rows = rows_of(texts, report)
    return np.stack([from_bytes(rows[key_of(text)]) for text in texts])
