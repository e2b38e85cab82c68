"""The arrays behind a search, made once from the passages and kept in a file that is mapped into memory."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import bm25s
import numpy as np

# After bm25s: it imports jax where that is installed, which does not work once usearch is there.
from knowledge import neighbours
from knowledge.index_key import APPROXIMATE_FROM, LAST, is_whole, key
from knowledge.terms import terms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from knowledge.passages import Passage

    Floats = npt.NDArray[np.float32]
    Encode = Callable[[Sequence[str]], Floats]

# bm25s turns its own logger to DEBUG when it is imported, which would end up among a command's output.
logging.getLogger("bm25s").setLevel(logging.WARNING)
logger = logging.getLogger(__name__)

KEPT = 3  # indexes; older ones are removed
DRAFT = ".making-"
ABANDONED = 3600.0  # seconds; with all encoded before, writing one takes seconds, or minutes where it is approximate


@dataclass(frozen=True)
class Arrays:
    """What a search compares with.

    `texts` is (passages, width): the vector of each passage with its heading. `names` is (names, width): the vectors of
    headings and ways to ask; those of passage n are the rows `named[starts[n]:starts[n + 1]]` of it.
    """

    texts: Floats
    names: Floats
    named: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    words: bm25s.BM25
    near: neighbours.Neighbours | None


def load(passages: Sequence[Passage], encode: Encode, store: Path | None = None, identity: str = "") -> Arrays:
    """The arrays for `passages`, from the folder `store` where they lie there, else made and kept there.

    Without `store`, or where it cannot be written, they are made in a folder that is gone when this returns.
    """
    if store is None:
        return _in_passing(passages, _encoded(passages, encode))
    folder = store / key(passages, identity)
    if not is_whole(folder):
        # Before the draft is begun: a start that is killed while it encodes leaves none behind.
        vectors = _encoded(passages, encode)
        try:
            _keep(passages, vectors, store, folder)
        except OSError as error:
            # An image and a unit have the cache read-only; articles that are edited there are found all the same.
            _warn(store, error.strerror)
            return _in_passing(passages, vectors)
    with contextlib.suppress(OSError):  # the time only says which indexes to remove first
        os.utime(folder)
    return _read(folder)


def _keep(passages: Sequence[Passage], vectors: tuple[Floats, Floats], store: Path, folder: Path) -> None:
    """Write the arrays to `folder` in `store`. Raises OSError where they are not there afterwards."""
    store.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(store)
    # Not by tempfile, whose folders are for one user only: an index that was made by another one has to be readable.
    draft = store / f"{DRAFT}{secrets.token_hex(8)}"
    draft.mkdir()
    try:
        _write(passages, vectors, draft)
        # Made whole, then put into place: of two processes that make the same one wins, and none reads half.
        draft.rename(folder)
    except OSError:
        if not is_whole(folder):
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _remove_old(store)


def _in_passing(passages: Sequence[Passage], vectors: tuple[Floats, Floats]) -> Arrays:
    with tempfile.TemporaryDirectory() as passing:
        _write(passages, vectors, Path(passing))
        return _read(Path(passing))


@lru_cache(maxsize=16)
def _warn(store: Path, why: str | None) -> None:
    """Say it once: with a cache that is read-only by intent, every edited article comes here again."""
    logger.warning(
        "The search index cannot be kept in %s (%s). It is made in memory, at every start and change of an article: "
        "run `attune knowledge index` as who may write there, or set ATTUNE_CACHE to a folder that this user may write.",
        store,
        why,
    )


def _remove_old(store: Path) -> None:
    found = [path for path in store.iterdir() if path.is_dir() and not path.name.startswith(".")]
    for path in sorted(found, key=lambda one: one.stat().st_mtime, reverse=True)[KEPT:]:
        # A process that has it mapped keeps it until it looks again.
        shutil.rmtree(path, ignore_errors=True)


def _remove_abandoned(store: Path) -> None:
    """Drafts of processes that were killed."""
    for path in store.glob(f"{DRAFT}*"):
        try:
            abandoned = time.time() - path.stat().st_mtime > ABANDONED
        except FileNotFoundError:
            continue  # put into place by now
        if abandoned:
            shutil.rmtree(path, ignore_errors=True)


def _names(passages: Sequence[Passage]) -> list[tuple[str, ...]]:
    return [(passage.heading, *passage.asked) for passage in passages]


def _encoded(passages: Sequence[Passage], encode: Encode) -> tuple[Floats, Floats]:
    """The vectors of the passages, and those of their names, each name once."""
    names = list(dict.fromkeys(one for some in _names(passages) for one in some))
    # In one call, so that its report of progress counts them all.
    vectors = np.ascontiguousarray(encode([*(passage.searched for passage in passages), *names]), dtype=np.float32)
    return vectors[: len(passages)], vectors[len(passages) :]


def _write(passages: Sequence[Passage], vectors: tuple[Floats, Floats], folder: Path) -> None:
    texts, named = vectors
    names = _names(passages)
    rows = {name: row for row, name in enumerate(dict.fromkeys(one for some in names for one in some))}
    np.save(folder / "texts.npy", texts)
    np.save(folder / "names.npy", named)
    np.save(folder / "named.npy", np.array([rows[one] for some in names for one in some], dtype=np.int64))
    bm25 = bm25s.BM25()
    corpus = [terms(" ".join((p.title, p.heading, p.searched, *p.asked))) or ["-"] for p in passages]
    bm25.index(corpus, show_progress=False)
    bm25.save(str(folder / "words"), show_progress=False)
    if len(passages) >= APPROXIMATE_FROM:
        neighbours.build(texts, folder / "near.usearch")
    np.save(folder / LAST, np.cumsum([0, *(len(some) for some in names)], dtype=np.int64))


def _read(folder: Path) -> Arrays:
    # Seen as plain arrays: the pages stay mapped, and a slice costs a third of what np.memmap's own takes.
    texts, names, named, starts = (
        np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in ("texts", "names", "named", "starts")
    )
    words = bm25s.BM25.load(str(folder / "words"), mmap=True, show_progress=False)
    words.scores = {
        name: np.asarray(value) if isinstance(value, np.ndarray) else value for name, value in words.scores.items()
    }
    near = folder / "near.usearch"
    return Arrays(
        texts,
        names,
        named,
        starts,
        words,
        neighbours.Neighbours(near, texts.shape[1]) if near.exists() else None,
    )
