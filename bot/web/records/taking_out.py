"""Writes the files of exports anew, without what was erased since they were made.

That a file is due stands in the tables from the erasing on, until it was written: whatever fails on the way, the
background work comes back to it. One at a time writes a file, and holds the lock of another one beside it meanwhile. The
kernel frees that however its holder ends, and SQLite has no lock for less than the whole database.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import fcntl
import json
import logging
import os
import secrets
from functools import partial
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.db import Error, connection
from django.db.models import Exists, OuterRef

from bot.web.records.content import CONVERSATION_COLUMNS
from bot.web.records.models import Export, RewriteDue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.db.models import QuerySet

EVERY = 60.0  # seconds until what could not be written is tried again
AT_ONCE = 500  # rows of the tables in one statement
logger = logging.getLogger(__name__)
_wake: Callable[[], object] | None = None  # the background work, where this process has it


@contextlib.contextmanager
def held(made: Export) -> Iterator[None]:
    """For as long as it lasts, nobody else writes the file of `made`, in whatever thread or process.

    Raises BlockingIOError at once where somebody does.
    """
    handle = os.open(_lock_of(made), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def take_out(made: Export) -> None:
    """Write the file of `made` anew for as long as something was erased of it. Raises OSError, DatabaseError.

    Where somebody else writes it, or is making it, they do so: everybody looks once more after letting go. Where it is
    not on this machine it stays due, since another machine may have it, for as long as exports are kept.
    """
    while made.path.exists() and RewriteDue.objects.filter(export=made, export__being_made=False).exists():
        try:
            with held(made):
                rewrite(made)
        except BlockingIOError:
            return


def rewrite(made: Export) -> None:
    """Write the file of `made` anew, with what its index still has. For who holds it. Raises OSError, DatabaseError."""
    due = list(RewriteDue.objects.filter(export=made).values_list("pk", flat=True))
    if not due or not made.path.exists():
        return
    # After what is due, which is noted in the transaction that takes the conversation out of the index.
    kept = set(made.contents.values_list("conversation_id", flat=True))
    _remove_drafts(made)
    draft = made.path.with_name(f".{made.name}.{secrets.token_hex(8)}.draft")
    try:
        _copy(made.path, draft, kept)
        draft.replace(made.path)
    finally:
        draft.unlink(missing_ok=True)
    _to_disk(made.path.parent)
    for first in range(0, len(due), AT_ONCE):
        RewriteDue.objects.filter(pk__in=due[first : first + AT_ONCE]).delete()


def discard(made: Export) -> None:
    """Delete the file of `made`, whatever lies beside it, and its entry. For who holds it."""
    _remove_drafts(made)
    made.path.unlink(missing_ok=True)
    made.delete()
    _lock_of(made).unlink(missing_ok=True)


def take_out_soon(export: int) -> None:
    """Have the background work write the file of `export` anew; where this process has none, do so now.

    Raises nothing: the erasing is done, and what it left is tried again.
    """
    if _wake:
        _wake()
    else:
        _each(Export.objects.filter(pk=export), take_out)


def catch_up() -> None:
    """Write every file anew that is due, and delete what was begun and is no longer made.

    One with which that fails is logged, and holds up no other.
    """
    _each(Export.objects.filter(being_made=True), discard_if_abandoned)
    _each(Export.objects.filter(Exists(RewriteDue.objects.filter(export=OuterRef("pk")))), take_out)


def discard_if_abandoned(made: Export) -> None:
    """Delete an export that was begun on this machine by a process that died. Raises OSError, DatabaseError."""
    if not _lock_of(made).exists():
        return
    with contextlib.suppress(BlockingIOError), held(made):
        if Export.objects.filter(pk=made.pk, being_made=True).exists():  # else it was finished a moment ago
            discard(made)


async def keep_taking_out() -> None:
    """Background work: when the process starts, when something was erased, and every minute."""
    global _wake
    erased = asyncio.Event()
    _wake = partial(asyncio.get_running_loop().call_soon_threadsafe, erased.set)
    try:
        while True:
            erased.clear()
            await sync_to_async(_catch_up_and_close, thread_sensitive=False)()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(erased.wait(), EVERY)
    finally:
        _wake = None


def _catch_up_and_close() -> None:
    """In a thread of its own, which must not keep a database connection that may be broken."""
    try:
        catch_up()
    finally:
        connection.close()


def _each(exports: QuerySet[Export], work: Callable[[Export], None]) -> None:
    try:
        for made in exports:
            _do_or_say(work, made)
    except Error as fault:
        logger.error("cannot tell which exports have to be written anew: %s", type(fault).__name__)


def _do_or_say(work: Callable[[Export], None], made: Export) -> None:
    try:
        work(made)
    except Exception:  # whatever is the matter with this one must hold up neither the others nor an erasing
        logger.exception("what has to go out of %s is still there", made.name)


def _copy(old: Path, new: Path, kept: set[str]) -> None:
    """Write the lines of `kept` conversations from one file to the other, which must not exist, down to the disk."""
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(descriptor, "w", encoding="utf-8", newline="") as target,
        old.open(encoding="utf-8", newline="") as source,
    ):
        if old.suffix == ".csv":
            stay = kept | {CONVERSATION_COLUMNS[0]}  # the headings' row
            csv.writer(target).writerows(row for row in csv.reader(source) if row and row[0] in stay)
        else:
            target.writelines(line for line in source if json.loads(line)["conversation"] in kept)
        target.flush()
        os.fsync(target.fileno())


def _remove_drafts(made: Export) -> None:
    """What a process left that died while it wrote one: it holds what was to go."""
    for draft in made.path.parent.glob(f".{made.name}.*.draft"):
        draft.unlink(missing_ok=True)


def _lock_of(made: Export) -> Path:
    return made.path.with_name(f".{made.name}.lock")


def _to_disk(folder: Path) -> None:
    """That a file has another content is on the disk before the tables say so, also when the power goes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
