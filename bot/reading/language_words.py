"""The words of other languages, from data/languages.yml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from bot.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PATH = ROOT / "data" / "languages.yml"
NEEDED = {"small": ("es",), "short": ("es",), "spanish_answers": ("affirm", "deny", "unsure")}


class LanguageWordsError(ValueError):
    """The file of words cannot be used; the message names it, what is wrong, and the fix."""


@dataclass(frozen=True)
class LanguageWords:
    """Small words and whole messages by language (ISO 639-1, in the file's order), and Spanish answers by label."""

    small: dict[str, frozenset[str]]
    short: dict[str, frozenset[str]]
    spanish_answers: dict[str, frozenset[str]]


def load_language_words(path: Path = PATH) -> LanguageWords:
    """The words of `path`. Raises LanguageWordsError where something is missing, or is no words."""
    content = yaml.safe_load(path.read_text("utf-8"))
    return LanguageWords(**{name: _part(path, content, name) for name in NEEDED})


@lru_cache(maxsize=1)
def language_words() -> LanguageWords:
    """The words of this process."""
    return load_language_words()


def _part(path: Path, content: Any, name: str) -> dict[str, frozenset[str]]:
    part = (content.get(name) if isinstance(content, dict) else None) or {}
    if missing := [key for key in NEEDED[name] if key not in part]:
        raise LanguageWordsError(f"{path}: {name} lacks {', '.join(missing)}. Fix: add the words.")
    return {key: _words(f"{path}: {name}, {key}", written) for key, written in part.items()}


def _words(where: str, written: Any) -> frozenset[str]:
    """The words of a text, or the messages of a list."""
    if isinstance(written, str):
        return frozenset(written.split())
    if isinstance(written, list) and all(isinstance(one, str) for one in written):
        return frozenset(written)
    raise LanguageWordsError(f"{where} has what is no word. Fix: put each word in quotes.")
