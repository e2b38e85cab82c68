"""pg_dump and pg_restore: `bot/deploy/postgres.sh .venv/bin/python -m pytest tests/bot/test_backup_of_postgresql.py`."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import psycopg2
import pytest

from bot.backup import BackupError, back_up, restore
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = os.environ.get("DATABASE_URL", "")
pytestmark = pytest.mark.skipif(
    not URL.startswith("postgres") or not shutil.which("pg_dump"), reason="needs PostgreSQL: bot/deploy/postgres.sh"
)


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database of its own, gone afterwards."""
    name = "attune_backup_test"
    own = URL.rsplit("/", 1)[0] + f"/{name}"
    _run(URL, f"CREATE DATABASE {name}")
    _run(own, "CREATE TABLE chat_conversation (text TEXT)")
    _run(own, "INSERT INTO chat_conversation VALUES ('first')")
    monkeypatch.setenv("DATABASE_URL", own)
    get_settings.cache_clear()
    yield own
    monkeypatch.undo()
    get_settings.cache_clear()
    _run(URL, f"DROP DATABASE {name}")


def _run(url: str, statement: str) -> list[str]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = [row[0] for row in cursor.fetchall()] if cursor.description else []
    connection.close()
    return rows


def test_what_was_there_comes_back(database: str, tmp_path: Path) -> None:
    assert back_up(tmp_path / "dump") > 0
    _run(database, "INSERT INTO chat_conversation VALUES ('later')")
    assert restore(tmp_path / "dump") is None
    assert _run(database, "SELECT text FROM chat_conversation") == ["first"]


def test_a_damaged_dump_changes_nothing(database: str, tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(b"PGDMP" + os.urandom(400))
    with pytest.raises(BackupError, match="pg_restore failed"):
        restore(tmp_path / "dump")
    assert _run(database, "SELECT text FROM chat_conversation") == ["first"]
