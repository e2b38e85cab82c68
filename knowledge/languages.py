"""Loads knowledge/languages/<code>.yml: written replies in other languages, by the name of the reply in domain.yml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knowledge.current import Current
from knowledge.errors import Fields, parse_yaml, read_text

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


@dataclass(frozen=True)
class Language:
    """Replies of one language: texts by the reply's name, labels of buttons by their payload."""

    code: str
    responses: dict[str, tuple[str, ...]]
    buttons: dict[str, str]
    reviewed_by: str | None
    reviewed_on: date | None


def load_language(path: Path) -> Language:
    """The language in `path`. Raises KnowledgeError."""
    from datetime import date

    fields = Fields(parse_yaml(read_text(path), path), path)
    responses: dict[str, Any] = fields.take("responses", dict, "texts by the name of the reply", ...)
    buttons: dict[str, Any] = fields.take("buttons", dict, "labels by payload", ...)
    language = Language(
        path.stem,
        {},
        {str(payload): str(label) for payload, label in buttons.items()},
        fields.text("reviewed_by", None),
        fields.take("reviewed_on", date, "a date such as 2026-01-31", None),
    )
    for name, texts in responses.items():
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text for text in texts):
            raise fields.error("responses", f"has no texts for {name}", "write a list of one wording or more")
        language.responses[str(name)] = tuple(texts)
    fields.done()
    return language


def load_languages(folder: Path) -> dict[str, Language]:
    """All languages of the knowledge folder `folder` by code; none where it has no folder `languages`."""
    return {path.stem: load_language(path) for path in sorted((folder / "languages").glob("*.yml"))}


_languages = Current(load_languages, "languages/*.yml")


def current_languages(folder: Path) -> dict[str, Language]:
    """The languages of `folder` as they are now. Raises KnowledgeError or OSError if they could never be read."""
    return _languages.of(folder)
