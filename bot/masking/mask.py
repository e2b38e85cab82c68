"""All recognisers together, and the text with placeholders."""

from __future__ import annotations

from dataclasses import dataclass

from bot.masking.contacts import emails, phones
from bot.masking.names import names
from bot.masking.numbers import dates, numbers
from bot.masking.online import online
from bot.masking.places import addresses
from bot.masking.spans import PLACEHOLDERS, Span, merged

LONGEST = 20_000  # characters that are looked at; what is longer is cut, never left unmasked
# The recognisers are searched for in pieces: some need a time that grows faster than the text, and a parent's message
# is shorter than one piece.
PIECE = 600
OVERLAP = 100  # characters that two pieces share, so that nothing is missed where they meet


@dataclass(frozen=True)
class Masked:
    """`text` with placeholders; `spans` say where in the original what stood."""

    text: str
    spans: tuple[Span, ...]


def find(text: str) -> list[Span]:
    """What could tell who somebody is in the first LONGEST characters, in order and without overlap.

    What is beyond them is one span of the kind "number": nobody has looked at it.
    """
    spans: list[Span] = []
    for start in range(0, min(len(text), LONGEST), PIECE - OVERLAP):
        piece = text[start : min(start + PIECE, LONGEST)]
        spans += [Span(start + span.start, start + span.end, span.kind) for span in _find(piece)]
        if start + PIECE >= len(text):
            break
    if len(text) > LONGEST:
        spans.append(Span(LONGEST, len(text), "number"))
    return merged(spans)


def _find(text: str) -> list[Span]:
    # The first of two equally long ones stays: the narrower kind goes before the wider.
    contacts = [
        *(Span(start, end, "mail") for start, end in emails(text)),
        *(Span(start, end, "phone") for start, end in phones(text)),
    ]
    return merged([*numbers(text), *dates(text), *online(text), *contacts, *addresses(text), *names(text)])


def mask(text: str) -> Masked:
    """`text` with the placeholder of its kind in the place of every find: "[name]"."""
    text = text[:LONGEST]
    spans = find(text)
    parts: list[str] = []
    at = 0
    for span in spans:
        parts += [text[at : span.start], PLACEHOLDERS[span.kind]]
        at = span.end
    return Masked("".join([*parts, text[at:]]), tuple(spans))
