"""The arrays behind a search, made once from the passages and kept in a file that is mapped into memory."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
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

    Without `store` they are made in a folder that is gone when this returns: for tests and one-off use.
    """
    if store is None:
        with tempfile.TemporaryDirectory() as passing:
            _write(passages, _encoded(passages, encode), Path(passing))
            return _read(Path(passing))
    folder = store / key(passages, identity)
    if not is_whole(folder):
        # Before the draft is begun: a start that is killed while it encodes leaves none behind.
        vectors = _encoded(passages, encode)
        store.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(store)
        draft = Path(tempfile.mkdtemp(dir=store, prefix=DRAFT))
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
    os.utime(folder)
    return _read(folder)


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
