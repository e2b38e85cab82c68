"""The files of data/nlu/reviewed: one for each label, in blocks that name the learning that brought them."""

from __future__ import annotations

import difflib
import hashlib
import os
from collections import defaultdict
from typing import TYPE_CHECKING

from bot.understanding.examples import Example, read_phrasings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

VOICE = "reviewed"
HEAD = 'version: "3.1"\nnlu:\n'


def digest(label: str, text: str) -> str:
    """Names a learnt line without its words."""
    return hashlib.sha256(f"{label}\n{text}".encode()).hexdigest()[:32]


def read_folder(folder: Path) -> list[Example]:
    """All phrasings of the folder."""
    return [example for path in sorted(folder.glob("*.yml")) for example in read_phrasings(path)]


def write_folder(folder: Path, examples: Iterable[Example]) -> None:
    """Make the folder hold exactly `examples`; each file is replaced whole, one without a line left is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = texts(examples)
    for name, text in wanted.items():
        draft = folder / f"{name}.draft"
        draft.write_text(text, "utf-8")
        os.replace(draft, folder / name)  # noqa: PTH105 - atomic on one file system
    for path in folder.glob("*.yml"):
        if path.name not in wanted:
            path.unlink()


def texts(examples: Iterable[Example]) -> dict[str, str]:
    """What each file holds, by name; the same examples always give the same text."""
    blocks: dict[str, dict[tuple[str, bool, bool], list[str]]] = defaultdict(lambda: defaultdict(list))
    for example in examples:
        blocks[example.label][example.batch, example.twin, example.red_flag].append(example.text)
    return {f"{label}.yml": HEAD + "".join(_block(label, *of, lines) for of, lines in sorted(own.items()))
            for label, own in sorted(blocks.items())}  # fmt: skip


def _block(label: str, batch: str, twin: bool, red_flag: bool, lines: list[str]) -> str:
    metadata = f"voice: {VOICE}, learnt: '{batch}'"
    metadata += ", twin: true" if twin else ""
    metadata += ", red_flag: true" if red_flag else ""
    examples = "".join(f"    - {line}\n" for line in sorted(lines))
    return f"- intent: {label}\n  metadata: {{{metadata}}}\n  examples: |\n{examples}"


def as_diff(before: Iterable[Example], after: Iterable[Example]) -> str:
    """What would change, as a unified diff; empty where nothing does."""
    old, new = texts(before), texts(after)
    parts = []
    for name in sorted({*old, *new}):
        lines = difflib.unified_diff(
            old.get(name, "").splitlines(keepends=True),
            new.get(name, "").splitlines(keepends=True),
            f"a/data/nlu/reviewed/{name}",
            f"b/data/nlu/reviewed/{name}",
            n=2,
        )
        parts.append("".join(lines))
    return "".join(parts)
