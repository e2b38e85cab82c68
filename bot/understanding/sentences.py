"""Cuts a message into sentences with spaCy, and a short one into clauses, so that each can be read alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import spacy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.language import Language

    Span = tuple[int, int]

# Longer runs without a full stop are cut at commas and conjunctions: tired parents do not punctuate.
LONG = 24
SHORTEST = 4
_JOINT = re.compile(
    r"\s*(?:[,;:\u2013\u2014]|\.\.+|\u2026|\s-\s|\b(?=(?:and|but|then|so|because|cause|anyway|also|tbh|idk)\b))\s*",
    re.IGNORECASE,
)
MOST_WORDS = 60  # of a message that is also cut into clauses; a longer one has sentences enough
MOST = 400  # sentences of one message; a hostile text of full stops must not cost more


@lru_cache(maxsize=1)
def pipeline() -> Language:
    """Blank English with spaCy's rule-based sentence splitter; no model is downloaded."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", "\u2026", "\u3002", "\n"]})
    nlp.max_length = 2_000_000
    return nlp


def _pieces(text: str, start: int, end: int) -> list[Span]:
    """The part of `text` from `start` to `end`; cut into clauses of at least SHORTEST words where it is long."""
    if len(text[start:end].split()) <= LONG:
        return [(start, end)]
    pieces: list[Span] = []
    begin = start
    joints = [match.span() for match in _JOINT.finditer(text, start, end)]
    for stop, after in [*joints, (end, end)]:
        if text[begin:stop].strip():
            last = pieces[-1] if pieces else None
            words = len(text[begin:stop].split())
            if last and min(len(text[last[0] : last[1]].split()), words) < SHORTEST:
                pieces[-1] = (last[0], stop)
            else:
                pieces.append((begin, stop))
        begin = after
    return pieces


@dataclass(frozen=True)
class Parts:
    """What is read of a message beside the whole: `spans` are (first character, character after the last), sentences
    in their order and then clauses, of which there are `clauses`.
    """

    spans: list[Span] = field(default_factory=list)
    clauses: int = 0


def parts(text: str) -> Parts:
    """The sentences of `text`, where it has several, and the clauses of a short one.

    "hello, 27, one daughter, never feel happy" says what matters in its last clause only.
    """
    sentences = spans(text)
    cut = _clauses(text, sentences) if len(text.split()) <= MOST_WORDS else []
    return Parts([*(sentences if len(sentences) > 1 else []), *cut], len(cut))


def _clauses(text: str, sentences: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sentences:
        joints = [match.span() for match in _JOINT.finditer(text, start, end)]
        begins = [start, *(after for _, after in joints)]
        stops = [*(before for before, _ in joints), end]
        clauses = [(begin, stop) for begin, stop in zip(begins, stops, strict=True) if text[begin:stop].strip()]
        if len(clauses) > 1:
            found.extend(clauses)
    return found


def spans(text: str) -> list[Span]:
    """Where the sentences and long clauses of `text` stand, in order, without empty ones; at most MOST.

    A span is (first character, character after the last).
    """
    found: list[Span] = []
    offset = 0
    for line in text.splitlines(keepends=True):
        for sentence in pipeline()(line).sents:
            raw = sentence.text
            start = offset + sentence.start_char + len(raw) - len(raw.lstrip())
            end = offset + sentence.start_char + len(raw.rstrip())
            if start < end:
                found.extend(_pieces(text, start, end))
        offset += len(line)
        if len(found) >= MOST:
            break
    return found[:MOST]
