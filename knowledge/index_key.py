"""Which index belongs to a knowledge folder, and whether it is made.

That is asked at every start: here nothing is imported that a search needs, which takes a second and 130 MB.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
from typing import TYPE_CHECKING

from knowledge.articles import load_articles
from knowledge.passages import passages_of
from knowledge.practice import current_practice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from knowledge.passages import Passage

FORM = 1  # raised when what is stored changes its form
APPROXIMATE_FROM = 20_000  # passages from which on not all are compared
LAST = "starts.npy"  # written last: it says that all the others are there


def key(passages: Sequence[Passage], identity: str) -> str:
    """A hash of all that the arrays are made from: wording of the passages, encoder (`identity`), form."""
    bm25 = importlib.metadata.version("bm25s")
    digest = hashlib.sha256(f"{FORM} {APPROXIMATE_FROM} {identity} {bm25}".encode())
    for passage in passages:
        digest.update(json.dumps([passage.title, passage.searched, passage.asked]).encode())
    return digest.hexdigest()[:24]


def is_whole(folder: Path) -> bool:
    """Whether an index was written to its end there, and may be read."""
    return os.access(folder / LAST, os.R_OK)


def passages_in(folder: Path) -> list[Passage]:
    """The passages of a knowledge folder. Raises KnowledgeError."""
    site = current_practice(folder).site if (folder / "practice.yml").exists() else ""
    return passages_of(load_articles(folder), site)


def is_made(folder: Path, store: Path, identity: str) -> bool:
    """Whether a `Library` of `folder` would find its index in `store`, and encode nothing. Raises KnowledgeError."""
    passages = passages_in(folder)
    return not passages or is_whole(store / key(passages, identity))
