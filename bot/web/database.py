"""Runs database work of the chat beside the event loop, and never waits for it longer than a parent can.

Readers and writers have threads of their own: a locked database stops writers, and reading goes on.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from django.db import Error, InterfaceError, OperationalError, connection

from bot import tracing
from bot.web.counters import errors

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
# SQLite has no SQLSTATE. These sentences of it tell what to do, and hold nothing else.
SAID_BY_SQLITE = (
    "database is locked",
    "database or disk is full",
    "attempt to write a readonly database",
    "unable to open database file",
    "disk I/O error",
)

_readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="db-read")
_writers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="db-write")


class DatabaseUnavailableError(Exception):
    """The database failed, or gave no answer in time. The message says which, and holds nothing of what is stored."""


class DatabaseRefusedError(DatabaseUnavailableError):
    """The database refused this work, and may well take other work."""


async def read(work: Callable[[], T], seconds: float) -> T:
    """The result of `work`. Raises DatabaseUnavailableError after `seconds`, or when the database fails."""
    with tracing.span("read database"):
        return await _run(_readers, work, seconds)


async def write(work: Callable[[], T], seconds: float) -> T:
    """Like `read`. Work that is given up on may still be done later, so it must be safe to do twice."""
    with tracing.span("write database"):
        return await _run(_writers, work, seconds)


async def _run(pool: ThreadPoolExecutor, work: Callable[[], T], seconds: float) -> T:
    future = asyncio.get_running_loop().run_in_executor(pool, _with_connection, work)
    try:
        return await asyncio.wait_for(future, seconds)
    except asyncio.TimeoutError:
        errors.labels("database").inc()
        raise DatabaseUnavailableError(f"no answer within {seconds:.1f} s") from None
    except Error as error:
        errors.labels("database").inc()
        away = isinstance(error, (OperationalError, InterfaceError))
        fault = DatabaseUnavailableError if away else DatabaseRefusedError
        raise fault(_kind(error)) from None  # nor is its text to be logged as the cause


def _kind(error: Error) -> str:
    """The kind of error with PostgreSQL's SQLSTATE. Its text stays out: it quotes rows, with what parents wrote."""
    state = getattr(error.__cause__, "sqlstate", None)
    said = state or next((text for text in SAID_BY_SQLITE if str(error) == text), None)
    return type(error).__name__ + (f": {said}" if said else "")


def _with_connection(work: Callable[[], T]) -> T:
    """Run `work` on the thread's own connection, which stays open: opening one takes longer than a turn's queries."""
    try:
        return work()
    except Exception:
        connection.close()  # whatever state it is in: the next work begins with a new one
        raise
