"""Words for BM25: lower case, without stop words, cut to their stems."""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

_STOP = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "do",
        "does",
        "for",
        "from",
        "have",
        "i",
        "if",
        "im",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "not",
        "of",
        "on",
        "or",
        "so",
        "that",
        "the",
        "they",
        "this",
        "to",
        "was",
        "we",
        "what",
        "when",
        "why",
        "with",
        "you",
        "your",
    ]
)


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def terms(text: str) -> list[str]:
    """The terms of `text` in its order, each as often as it stands there."""
    words = re.findall(r"[a-z]+", text.lower().replace("'", "").replace("’", ""))
    stems: list[str] = _stemmer().stemWords([word for word in words if word not in _STOP])
    return stems
