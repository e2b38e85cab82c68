"""Writes several files together: all of them, or none."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_together(wanted: Mapping[Path, str | None]) -> None:
    """Make each file hold its text, None removes it; in this order, and each of them whole at any moment.

    Raises KnowledgeError where that fails, with every file as it was before.
    """
    with contextlib.ExitStack() as left_over:
        try:
            # Whatever takes space comes first, the copies for the way back too: after that there are names to change.
            drafts = {path: _draft(path, text.encode(), left_over) for path, text in wanted.items() if text is not None}
            copies = {path: _draft(path, path.read_bytes(), left_over) for path in wanted if path.exists()}
            _swap(wanted, drafts, copies)
        except OSError as error:
            raise KnowledgeError(
                str(error.filename or next(iter(wanted))),
                f"cannot be written ({error.strerror}); nothing was changed",
                "check the rights of the folder and the space on the disk",
            ) from error


def _draft(path: Path, content: bytes, left_over: contextlib.ExitStack) -> Path:
    """`content` in a file beside `path`, which goes with `left_over` unless it takes the place of another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    left_over.callback(_removed, Path(name))
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    return Path(name)


def _removed(draft: Path) -> None:
    with contextlib.suppress(OSError):
        draft.unlink(missing_ok=True)


def _swap(wanted: Mapping[Path, str | None], drafts: Mapping[Path, Path], copies: Mapping[Path, Path]) -> None:
    done: list[Path] = []
    try:
        for path in wanted:
            _put(path, drafts.get(path))
            done.append(path)
    except OSError:
        for path in reversed(done):
            _put(path, copies.get(path))
        raise


def _put(path: Path, draft: Path | None) -> None:
    if draft is None:
        path.unlink(missing_ok=True)
    else:
        draft.replace(path)
