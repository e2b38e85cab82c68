"""Lets those who book in one after the other where the database does not."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import connection

_one_at_a_time = threading.Lock()


def in_turn() -> AbstractContextManager[Any]:
    """Held while booking. PostgreSQL lets those who wait in in order, and this does nothing.

    SQLite has them try again by chance until they give up, so that there the parents of this process queue here.
    """
    return _one_at_a_time if connection.vendor == "sqlite" else nullcontext()
