"""Parses and lines that no model has read, for tests of what is counted from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.evaluation.rows import Row

if TYPE_CHECKING:
    from pathlib import Path


def parse(
    *ranking: str,
    confidence: float = 0.8,
    tier: str | None = None,
    by: str | None = None,
    score: float = -4.0,
    danger: str | None = None,
    articles: tuple[str, ...] = (),
    answered: bool = False,
) -> dict[str, Any]:
    """What the pipeline gives: a ranking whose first has `confidence`, a verdict, passages."""
    rest = (1 - confidence) / max(1, len(ranking) - 1)
    return {
        "intent_ranking": [{"name": name, "confidence": rest if k else confidence} for k, name in enumerate(ranking)],
        "safety": {"tier": tier, "label": danger, "by": by, "evidence": None, "score": score},
        "passages": [{"id": f"{article}#h.1", "article": article} for article in articles],
        "answered": answered,
    }


def row(label: str, *ranking: str, also: tuple[str, ...] = (), text: str = "words", **rest: Any) -> Row:
    """A line of `label` that was read as `ranking`."""
    return Row(text, label, also, parse(*ranking, **rest))


def write_lines(path: Path, *lines: str) -> None:
    """A .jsonl file."""
    path.write_text("\n".join(lines) + "\n", "utf-8")
