"""Carries an import out, all of it or nothing, and takes the last one back in the same way."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import KnowledgeError
from knowledge.importing.together import write_together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.importing.planning import Change


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def carry_out(changes: Sequence[Change], records: Path) -> Path | None:
    """Write the articles of `changes`; the record that `take_back` reads lies in the folder `records`.

    Returns the record, or None where nothing changed. Raises KnowledgeError, with every file as it was before.
    """
    real = [change for change in changes if change.state != "unchanged"]
    if not real:
        return None
    record = records / f"{datetime.now(timezone.utc):%Y%m%dT%H%M%S%f}.json"
    rows = [{"path": str(c.path.resolve()), "before": c.before, "after": _digest(c.after)} for c in real]
    # The record first: after a power cut in between, `take_back` knows what there is to take back.
    wanted = {record: json.dumps(rows, ensure_ascii=False, indent=1)}
    write_together(wanted | {change.path: change.after for change in real})
    return record


def take_back(records: Path) -> list[Path]:
    """Undo the last import that was not undone yet; the files that changed.

    Refuses where an article was edited since, so that nobody's work is lost. Raises KnowledgeError, with every file as
    it was before.
    """
    found = sorted(records.glob("*.json"))
    if not found:
        raise KnowledgeError(records, "there is no import to take back", "import something first")
    rows = json.loads(found[-1].read_text("utf-8"))
    for row in rows:
        _refuse_edited(Path(row["path"]), row)
    wanted = {Path(row["path"]): row["before"] for row in rows}
    write_together({**wanted, found[-1]: None})
    return list(wanted)


def _refuse_edited(path: Path, row: dict[str, Any]) -> None:
    now = path.read_text("utf-8") if path.exists() else None
    if now == row["before"]:
        return  # as if it was taken back: an import, or its undo, was cut off in the middle
    if now is None or _digest(now) != row["after"]:
        raise KnowledgeError(
            path, "has changed since it was imported", "undo your own change first, or edit the article by hand"
        )
