"""A backup of a live database, and its return; what is damaged or foreign is refused."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from bot.backup import BackupError, back_up, restore
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Calls = list[tuple[list[str], dict[str, str]]]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "var" / "attune.sqlite3"
    path.parent.mkdir()
    monkeypatch.setenv("ATTUNE_VAR", str(path.parent))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    get_settings.cache_clear()
    with contextlib.closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE chat_conversation (id INTEGER PRIMARY KEY, text TEXT)")
        made.commit()
    write(path, "first")
    yield path
    monkeypatch.undo()
    get_settings.cache_clear()


def write(path: Path, text: str) -> None:
    with contextlib.closing(sqlite3.connect(path, timeout=10)) as connection:
        connection.execute("INSERT INTO chat_conversation (text) VALUES (?)", (text,))
        connection.commit()


def texts(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM chat_conversation ORDER BY id")]


def test_what_was_there_comes_back_and_what_came_later_is_kept_aside(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    assert back_up(copy) == copy.stat().st_size
    assert copy.stat().st_mode & 0o777 == 0o600
    write(database, "later")
    kept = restore(copy)
    assert texts(database) == ["first"]
    assert kept is not None
    assert texts(kept) == ["first", "later"]


def test_a_backup_while_somebody_writes_has_whole_turns_in_their_order(database: Path, tmp_path: Path) -> None:
    begun, stop = threading.Event(), threading.Event()
    failed: list[Exception] = []

    def writer() -> None:
        number = 0
        try:
            while not stop.is_set():
                write(database, str(number))
                number += 1
                begun.set()
        except Exception as error:  # noqa: BLE001 - told by the test, and not by this thread
            failed.append(error)
            begun.set()

    thread = threading.Thread(target=writer)
    thread.start()
    try:
        assert begun.wait(30)
        for number in range(3):
            back_up(tmp_path / f"copy{number}")
    finally:
        stop.set()
        thread.join()
    assert failed == []
    for number in range(3):
        found = texts(tmp_path / f"copy{number}")
        assert found == ["first", *map(str, range(len(found) - 1))]
    assert len(found) > 1


def test_a_backup_is_not_overwritten(database: Path, tmp_path: Path) -> None:
    back_up(tmp_path / "copy")
    with pytest.raises(BackupError, match="is there already"):
        back_up(tmp_path / "copy")


def test_a_damaged_backup_is_refused_and_the_database_stays(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for number in range(50):
        write(database, f"{number} " * 200)
    back_up(copy)
    content = bytearray(copy.read_bytes())
    content[4096:12288] = os.urandom(8192)
    copy.write_bytes(content)
    before = texts(database)
    with pytest.raises(BackupError, match="damaged"):
        restore(copy)
    assert texts(database) == before


def test_another_programs_database_is_refused(database: Path, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE something (id INTEGER)")
    with pytest.raises(BackupError, match="no database of Attune"):
        restore(tmp_path / "other")
    with pytest.raises(BackupError, match="There is no file"):
        restore(tmp_path / "nowhere")


def test_a_file_of_the_other_kind_is_refused(database: Path, tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(b"PGDMP...")
    with pytest.raises(BackupError, match="another kind"):
        restore(tmp_path / "dump")


def test_nothing_is_restored_under_a_running_attune(database: Path, tmp_path: Path) -> None:
    back_up(tmp_path / "copy")
    (database.parent / "web.pid").write_text(str(os.getpid()))
    with pytest.raises(BackupError, match=r"Attune is running \(web"):
        restore(tmp_path / "copy")
    assert texts(database) == ["first"]


def test_a_folder_that_is_not_there_leaves_nothing(database: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="The backup failed"):
        back_up(tmp_path / "nowhere" / "copy")


@pytest.fixture
def postgresql(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    """The programs that would have been run, each with its environment; both fail."""
    calls: Calls = []

    def run(command: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        calls.append((command, env))
        return subprocess.CompletedProcess(command, 1, "", "password p@ss/word refused")

    monkeypatch.setattr("bot.backup.shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("bot.backup.subprocess.run", run)
    monkeypatch.delenv("PGPASSWORD", raising=False)
    yield calls
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "postgres://attune:p%40ss%2Fword@db.example:5433/attune?sslmode=require",
            "postgres://attune@db.example:5433/attune?sslmode=require",
        ),
        (
            "postgresql:///attune?host=/run/postgresql&password=p%40ss%2Fword&connect_timeout=3",
            "postgresql:///attune?host=/run/postgresql&connect_timeout=3",
        ),
    ],
)
def test_no_program_of_postgresql_is_told_the_password_where_others_could_read_it(
    postgresql: Calls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, shown: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    get_settings.cache_clear()
    (tmp_path / "dump").write_bytes(b"PGDMP...")
    with pytest.raises(BackupError, match=r"pg_dump failed: password \.\.\. refused"):
        back_up(tmp_path / "copy")
    with pytest.raises(BackupError, match="pg_restore failed"):
        restore(tmp_path / "dump")
    assert [command[0] for command, _ in postgresql] == ["pg_dump", "pg_restore"]
    for command, environment in postgresql:
        assert command[1:3] == ["--dbname", shown]
        assert not any("word" in argument for argument in command)
        assert environment["PGPASSWORD"] == "p@ss/word"
        assert environment["PATH"] == os.environ["PATH"]


def test_without_a_password_postgresql_looks_for_one_where_it_always_does(
    postgresql: Calls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://attune@db.example/attune")
    get_settings.cache_clear()
    with pytest.raises(BackupError, match="pg_dump failed"):
        back_up(tmp_path / "copy")
    ((command, environment),) = postgresql
    assert command[1:3] == ["--dbname", "postgres://attune@db.example/attune"]
    assert "PGPASSWORD" not in environment
