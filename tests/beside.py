"""Work in a second thread, with a connection of its own, for tests of what happens at the same time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from django.db import connection, connections

from bot.web.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable


def beside(work: Callable[[], Any]) -> threading.Thread:
    """`work` in a thread with a connection of its own; that it is refused is no failure."""

    def run() -> None:
        try:
            work()
        except ApiError:
            pass
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def until_it_waits(thread: threading.Thread) -> None:
    """Until PostgreSQL says that somebody waits for a lock; SQLite locks the file before anything is read."""
    while connection.vendor == "postgresql" and thread.is_alive():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
