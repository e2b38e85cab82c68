"""Which sections answer a question, as judged by reading: tests/eval/judgements.jsonl.

A line is `{"id", "sections"}`: `id` is a hash of the question, so that questions of a folder which may not be copied
can be judged all the same, and `sections` are `<article>#<heading>` as in a passage's address. Several may be right.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE = "judgements.jsonl"


def question_id(question: str) -> str:
    """Twelve hexadecimal digits for `question`, the same whatever its case and spaces."""
    return hashlib.sha256(" ".join(question.lower().split()).encode()).hexdigest()[:12]


def read_judgements(path: Path) -> dict[str, frozenset[str]]:
    """The sections that answer each question, by the question's id."""
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    return {row["id"]: frozenset(row["sections"]) for row in rows}


def section_of(passage: str) -> str:
    """The section of a passage's id: `a#what-helps.1f3c9a` is in `a#what-helps`."""
    return passage.rpartition(".")[0]
