"""A copy of the database while it runs, and its return.

SQLite: its online backup, which takes a consistent copy beside readers and writers. PostgreSQL: pg_dump and pg_restore
of Debian's postgresql-client. Secrets are not part of it: without ATTUNE_FIELD_SECRET contact details stay sealed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.settings import get_settings

PAGES = 256  # copied at a time, so that a turn waits for milliseconds
FIRST_BYTES = b"SQLite format 3\x00"
OURS = "chat_conversation"  # a table that every database of Attune has


class BackupError(RuntimeError):
    """No backup was made, or none came back; the message says why and what to do."""


def back_up(target: Path) -> int:
    """Write a copy of the database to `target`, which must not exist; its size in bytes. Raises BackupError."""
    if target.exists():
        raise BackupError(f"{target} is there already. Choose another name; no backup is overwritten.")
    draft = target.with_name(target.name + ".part")
    draft.unlink(missing_ok=True)
    url = get_settings().database_url
    try:
        draft.touch(mode=0o600)
        if _is_sqlite(url):
            _copy(_file(url), draft)
            _check(draft)
        else:
            _tool(url, "pg_dump", "--format=custom", "--no-owner", "--file", str(draft))
        _to_disk(draft)
        draft.rename(target)  # whole or not at all
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"The backup failed: {error}. Nothing was left at {target}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def restore(source: Path) -> Path | None:
    """Put `source` in the database's place, while nothing runs; where the old file went (SQLite). Raises BackupError."""
    if not source.is_file():
        raise BackupError(f"There is no file {source}.")
    url = get_settings().database_url
    with source.open("rb") as file:
        sqlite = file.read(len(FIRST_BYTES)) == FIRST_BYTES
    if sqlite != _is_sqlite(url):
        raise BackupError(f"{source} is of another kind of database than DATABASE_URL names.")
    if not sqlite:
        options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
        _tool(url, "pg_restore", *options, str(source))
        return None
    try:
        _check(source)
        _refuse_while_running()
        return _swap(source, _file(url))
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"The backup could not be restored: {error}. The database is as it was.") from error


def _swap(source: Path, target: Path) -> Path | None:
    """Copy beside the target, then rename: a full disk leaves the old database in its place."""
    draft, kept = target.with_name(target.name + ".restoring"), target.with_name(target.name + ".before-restore")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(source, draft)
    draft.chmod(0o600)
    _to_disk(draft)
    if not target.exists():
        draft.rename(target)
        return None
    with contextlib.closing(sqlite3.connect(target)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    target.rename(kept)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    draft.rename(target)
    return kept


def _copy(source: Path, target: Path) -> None:
    if not source.exists():
        raise BackupError(f"There is no database {source} yet. Start Attune once with `attune run`.")
    with (
        contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy, pages=PAGES, sleep=0.01)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it


def _check(path: Path) -> None:
    """Raises BackupError where the file is damaged or not Attune's."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        try:
            (found,) = database.execute("PRAGMA integrity_check").fetchone()
            ours = database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (OURS,)).fetchone()
        except sqlite3.DatabaseError as error:
            raise BackupError(f"{path} is damaged: {error}.") from error
    if found != "ok":
        raise BackupError(f"{path} is damaged: {found}.")
    if not ours:
        raise BackupError(f"{path} is no database of Attune: it has no table {OURS}.")


def _refuse_while_running() -> None:
    for path in get_settings().var.glob("*.pid"):
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(path.read_text()), 0)
            raise BackupError(f"Attune is running ({path.stem}, process {path.read_text()}). Stop it first.")


def _tool(url: str, name: str, *arguments: str) -> None:
    """Run a program of PostgreSQL on the database of `url`. Raises BackupError."""
    if not shutil.which(name):
        raise BackupError(f"{name} is not installed. Install postgresql-client, of the server's version or newer.")
    address, password = _parted(url)
    # Arguments are shown to every user of the machine (ps), the environment to this one alone.
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    command = [name, "--dbname", address, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        words = done.stderr.strip()
        raise BackupError(f"{name} failed: {words.replace(password, '...') if password else words}")


def _parted(url: str) -> tuple[str, str]:
    """`url` without its password, and that password as the server wants it; empty where there is none."""
    parts = urlsplit(url)
    before, at, host = parts.netloc.rpartition("@")
    user, _, password = before.partition(":")
    asked = []
    for one in filter(None, parts.query.split("&")):
        name, _, value = one.partition("=")
        if name == "password":  # a second place for it: libpq looks there too, and so does the web process
            password = value
        else:
            asked.append(one)
    query = "?" + "&".join(asked) if asked else ""
    return f"{parts.scheme}://{user}{at}{host}{parts.path}{query}", unquote(password)


def _to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
