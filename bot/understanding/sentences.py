"""Cuts a message into sentences with spaCy, so that one clause in a rant can be read alone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import spacy

if TYPE_CHECKING:
    from spacy.language import Language

# Longer runs without a full stop are cut at commas and conjunctions: tired parents do not punctuate.
LONG = 24
SHORTEST = 4
_JOINT = re.compile(
    r"\s*(?:[,;:\u2013\u2014]|\.\.+|\u2026|\s-\s|\b(?=(?:and|but|then|so|because|cause|anyway|also|tbh|idk)\b))\s*",
    re.IGNORECASE,
)
MOST = 400  # sentences of one message; a hostile text of full stops must not cost more


@lru_cache(maxsize=1)
def pipeline() -> Language:
    """Blank English with spaCy's rule-based sentence splitter; no model is downloaded."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", "\u2026", "\u3002", "\n"]})
    nlp.max_length = 2_000_000
    return nlp


def _pieces(sentence: str) -> list[str]:
    """A long sentence as clauses of at least SHORTEST words."""
    if len(sentence.split()) <= LONG:
        return [sentence]
    pieces: list[str] = []
    for part in _JOINT.split(sentence):
        if not part:
            continue
        if pieces and min(len(pieces[-1].split()), len(part.split())) < SHORTEST:
            pieces[-1] = f"{pieces[-1]} {part}"
        else:
            pieces.append(part)
    return pieces


def split(text: str) -> list[str]:
    """The sentences and long clauses of `text`, in order, without empty ones; at most MOST."""
    found: list[str] = []
    for line in text.splitlines():
        for sentence in pipeline()(line).sents:
            stripped = sentence.text.strip()
            if stripped:
                found.extend(_pieces(stripped))
        if len(found) >= MOST:
            break
    return found[:MOST]
