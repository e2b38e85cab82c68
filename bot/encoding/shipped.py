"""The vectors that come with Attune: those of its own phrasings and passages.

To encode them takes three minutes on a processor with instructions for 8-bit products, and half an hour on one
without, before a newcomer sees anything. `make vectors` writes the file (bot/vectors.py); one that another encoder
made is not used.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bot.encoding.vector_table import CREATE, keep, look_up
from bot.encoding.weights import encoder_identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PATH = Path(__file__).with_name("vectors.sqlite3")


def shipped(keys: Iterable[bytes]) -> dict[bytes, bytes]:
    """The rows of those of `keys` that come with Attune (`bot.encoding.vector_table.look_up`)."""
    if not PATH.exists():
        return {}
    # Immutable: nothing is locked, and no file is made beside it, where the code may not be written to.
    with closing(sqlite3.connect(f"{PATH.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        (encoder,) = connection.execute("SELECT encoder FROM about").fetchone()
        return look_up(connection, keys) if encoder == encoder_identity() else {}


def write_shipped(rows: Mapping[bytes, bytes]) -> None:
    """Replace the file by one with `rows`. The same rows make the same file."""
    new = PATH.with_suffix(".new")
    new.unlink(missing_ok=True)
    with closing(sqlite3.connect(new)) as connection:
        connection.execute("CREATE TABLE about (encoder TEXT)")
        connection.execute("INSERT INTO about VALUES (?)", (encoder_identity(),))
        connection.execute(CREATE)
        keep(connection, sorted(rows.items()))
    new.replace(PATH)
