"""Turns that the database has not taken yet, on disk, so that they outlive their process.

One file for a turn in a folder of the process below ATTUNE_VAR/unstored, for this user's eyes only; it goes as soon as
the turn is stored or the conversation is erased. A process holds the lock of its folder for as long as it lives, and
the kernel frees it however the process ends: what lies in a folder whose lock is free is anybody's to store.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.settings import get_settings
from bot.web.chat.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

WRITE_SECONDS = 0.3  # the parent waits for it, as for the database before
FOLDER = "unstored"
logger = logging.getLogger(__name__)


Key = tuple[str, str]  # a session and a client id


@dataclass(frozen=True)
class Kept:
    """A turn of `session` that is on disk. Page and opening are those of a conversation that is not stored either."""

    session: str
    record: Record
    page: str = ""
    opening: tuple[dict[str, Any], ...] = ()

    @property
    def key(self) -> Key:
        """What names the turn: its session and its client id."""
        return self.session, self.record.client_id


def folders() -> list[Path]:
    """The folders of all processes that keep something now, or did when they died."""
    top = get_settings().var / FOLDER
    return sorted(path for path in top.iterdir() if path.is_dir()) if top.is_dir() else []


class Journal:
    """What one process keeps on disk. Its files are written and removed by one thread, in the order of the calls."""

    def __init__(self) -> None:
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._folder: Path | None = None
        self._lock: int | None = None
        self._kept: set[Key] = set()  # of which there is a file, or will be: for the event loop's thread
        self._files: dict[Key, Path] = {}  # for the disk's thread, as all below
        self._stuck: set[Path] = set()  # stored or erased, and not to be removed: not to be stored again and again

    async def keep(self, kept: Kept) -> bool:
        """Whether `kept` is on disk now. A disk that is slow or full is logged, and delays nobody for long."""
        self._kept.add(kept.key)
        writing = asyncio.get_running_loop().run_in_executor(self._disk, self._write, kept)
        try:
            await asyncio.wait_for(asyncio.shield(writing), WRITE_SECONDS)
        except asyncio.TimeoutError:
            logger.error("a turn of %s is still being written to %s", kept.session, FOLDER)
            writing.add_done_callback(_say_if_failed)
            return False
        except OSError as error:
            logger.error("a turn of %s cannot be kept on disk either: %s", kept.session, error.strerror)
            return False
        return True

    async def drop(self, keys: Iterable[Key]) -> None:
        """Remove the files of turns that are stored; a disk that is slow does it later, and delays nobody."""
        if gone := self._kept.intersection(keys):
            self._kept -= gone
            removing = asyncio.get_running_loop().run_in_executor(self._disk, self._remove, gone)
            try:
                await asyncio.wait_for(asyncio.shield(removing), WRITE_SECONDS)
            except asyncio.TimeoutError:
                logger.error("%d stored turns are still being removed from %s", len(gone), FOLDER)

    async def drop_session(self, session: str) -> None:
        """Remove all files of a conversation that was erased, also one that is being written now.

        It waits for the disk: nobody is told that something is erased that is still there. Who cannot wait so long
        gives up on waiting alone.
        """
        self._kept -= {key for key in self._kept if key[0] == session}
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._disk, self._remove_session, session))

    async def claim(self, most: int, held: Collection[Key]) -> list[Kept]:
        """Up to `most` turns on disk that nobody has in memory: of processes that died, and those not `held` here.

        They are this process's from now on, in the order in which they were kept. Raises OSError.
        """
        found = await asyncio.get_running_loop().run_in_executor(self._disk, self._claim, most, held)
        self._kept.update(kept.key for kept in found)
        return found

    def _write(self, kept: Kept) -> None:
        folder = self._own_folder()
        # The name gives the order; what it belongs to stands inside.
        path = folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}.json"
        draft = path.with_suffix(".new")
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123 - the mode
                json.dump(_as_plain(kept), file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            with contextlib.suppress(OSError):  # what is half written holds a parent's words too
                draft.unlink()
            raise
        if before := self._files.pop(kept.key, None):
            before.unlink(missing_ok=True)
        self._files[kept.key] = path

    def _own_folder(self) -> Path:
        if self._folder is None:
            top = get_settings().var / FOLDER
            top.mkdir(mode=0o700, parents=True, exist_ok=True)
            name = secrets.token_hex(8)
            folder, lock = top / name, top / f"{name}.lock"
            handle = os.open(lock, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                # Locked before there is a folder: nobody can take it for a dead one's.
                fcntl.flock(handle, fcntl.LOCK_EX)
                folder.mkdir(mode=0o700)
            except OSError:
                # On a full disk, every turn tries again: nothing of this one may stay.
                os.close(handle)
                with contextlib.suppress(OSError):
                    lock.unlink()
                raise
            self._folder, self._lock = folder, handle
        return self._folder

    def _remove(self, keys: Iterable[Key]) -> None:
        for key in keys:
            if path := self._files.pop(key, None):
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:  # the parent's answer does not depend on it
                    self._stuck.add(path)
                    logger.error("%s cannot be removed: %s; remove it by hand", path, error.strerror)

    def _remove_session(self, session: str) -> None:
        self._remove([key for key in self._files if key[0] == session])

    def _claim(self, most: int, held: Collection[Key]) -> list[Kept]:
        for folder in folders():
            if folder != self._folder:
                self._take_over(folder)
        found: list[Kept] = []
        for path in sorted(self._folder.glob("*.json")) if self._folder else ():
            if len(found) == most:
                break
            kept = _read(path) if path not in self._stuck else None
            if kept and kept.key not in held:
                self._files[kept.key] = path
                found.append(kept)
        return found

    def _take_over(self, folder: Path) -> None:
        """Move what lies in the `folder` of a process that died into the own one."""
        lock = folder.with_suffix(".lock")
        try:
            handle = os.open(lock, os.O_WRONLY)
        except FileNotFoundError:
            return  # another process was quicker
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for draft in folder.glob("*.new"):
                draft.unlink()
            for path in folder.glob("*.json"):
                path.replace(self._own_folder() / path.name)
            folder.rmdir()
            lock.unlink()
        except (BlockingIOError, FileNotFoundError):
            return  # it lives, or another process has just taken all of it
        finally:
            os.close(handle)


def _say_if_failed(writing: asyncio.Future[None]) -> None:
    if not writing.cancelled() and (error := writing.exception()):
        logger.error("a turn could not be kept on disk: %s", getattr(error, "strerror", type(error).__name__))


def _as_plain(kept: Kept) -> dict[str, Any]:
    record = {**asdict(kept.record), "created": kept.record.created.isoformat()}
    return {"session": kept.session, "page": kept.page, "opening": list(kept.opening), "record": record}


def _read(path: Path) -> Kept | None:
    try:
        content = json.loads(path.read_text("utf-8"))
        record = content["record"]
        record["created"] = datetime.fromisoformat(record["created"])
        return Kept(content["session"], Record(**record), content["page"], tuple(content["opening"]))
    except (ValueError, KeyError, TypeError) as error:
        logger.error("%s is no turn (%s); it stays where it is", path.name, type(error).__name__)
        return None
