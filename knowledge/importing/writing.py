"""Carries an import out, all of it or nothing, and takes the last one back."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.importing.planning import Change


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _put(path: Path, text: str | None) -> None:
    """Write `text` whole or not at all; None removes the file."""
    if text is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise


def carry_out(changes: Sequence[Change], records: Path) -> Path | None:
    """Write the articles of `changes`; the record that `take_back` reads lies in the folder `records`.

    Returns the record, or None where nothing changed. Raises KnowledgeError, with every file as it was before.
    """
    real = [change for change in changes if change.state != "unchanged"]
    if not real:
        return None
    record = records / f"{datetime.now(timezone.utc):%Y%m%dT%H%M%S%f}.json"
    rows = [{"path": str(c.path.resolve()), "before": c.before, "after": _digest(c.after)} for c in real]
    done: list[Change] = []
    try:
        _put(record, json.dumps(rows, ensure_ascii=False, indent=1))
        for change in real:
            _put(change.path, change.after)
            done.append(change)
    except OSError as error:
        with contextlib.suppress(OSError):
            for change in done:
                _put(change.path, change.before)
            record.unlink(missing_ok=True)
        raise KnowledgeError(
            str(error.filename or records),
            f"cannot be written ({error.strerror}); nothing was changed",
            "check the rights of the folder and the space on the disk",
        ) from error
    return record


def take_back(records: Path) -> list[Path]:
    """Undo the last import that was not undone yet; the files that changed. Raises KnowledgeError.

    Refuses where an article was edited since, so that nobody's work is lost.
    """
    found = sorted(records.glob("*.json"))
    if not found:
        raise KnowledgeError(records, "there is no import to take back", "import something first")
    rows = json.loads(found[-1].read_text("utf-8"))
    paths = [Path(row["path"]) for row in rows]
    for path, row in zip(paths, rows, strict=True):
        now = path.read_text("utf-8") if path.exists() else None
        if now is None or _digest(now) != row["after"]:
            raise KnowledgeError(
                path, "has changed since it was imported", "undo your own change first, or edit the article by hand"
            )
    for path, row in zip(paths, rows, strict=True):
        _put(path, row["before"])
    found[-1].unlink()
    return paths
