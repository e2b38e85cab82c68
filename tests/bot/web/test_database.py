"""Work of the chat in the database: what its failures say, and that they are counted."""

from __future__ import annotations

import logging
import threading

import pytest
from django.db import IntegrityError, OperationalError

from bot.web import database
from bot.web.metrics import errors

NAME = "Zaphodine"


class UniqueViolationError(Exception):
    """As psycopg's: the text quotes the row."""

    sqlstate = "23505"


def quoting() -> None:
    text = f"duplicate key value violates unique constraint. DETAIL: Key (text)=(I am {NAME}) already exists."
    raise IntegrityError(text) from UniqueViolationError(text)


def full() -> None:
    raise OperationalError("database or disk is full")


def counted() -> float:
    return float(errors.labels("database")._value.get())


async def test_what_the_database_quotes_of_a_parent_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(database.DatabaseUnavailableError) as failed:
        await database.read(quoting, 1.0)
    logging.getLogger("bot.web").error("not stored: %s", failed.value, exc_info=failed.value)
    assert "IntegrityError: 23505" in caplog.text
    assert NAME not in caplog.text


async def test_what_sqlite_says_of_itself_is_told() -> None:
    with pytest.raises(database.DatabaseUnavailableError, match=r"^OperationalError: database or disk is full$"):
        await database.write(full, 1.0)


async def test_every_failure_is_counted() -> None:
    before = counted()
    for _ in range(2):
        with pytest.raises(database.DatabaseUnavailableError):
            await database.read(full, 1.0)
    assert counted() == before + 2


async def test_an_answer_that_is_too_late_is_counted() -> None:
    before, free = counted(), threading.Event()
    with pytest.raises(database.DatabaseUnavailableError, match="no answer within"):
        await database.read(lambda: free.wait(5), 0.05)
    free.set()
    assert counted() == before + 1
