"""Stretches of a text that could tell who somebody is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Kind = Literal["name", "phone", "mail", "url", "handle", "address", "date", "number"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""`address`: street, flat, postcode. `date`: of birth, or whole with its year. `number`: of a patient, insurance,
card or account."""

# What stands in the place of each kind, wherever it was masked: the words that a parent is shown for a number typed into
# the chat are those that Rasa reads, that staff see and that are learnt.
PLACEHOLDERS: dict[Kind, str] = {kind: f"[{kind}]" for kind in KINDS} | {
    "phone": "[phone number]",
    "mail": "[e-mail address]",
}
PLACEHOLDER = re.compile("|".join(map(re.escape, PLACEHOLDERS.values())))


@dataclass(frozen=True)
class Span:
    """`text[start:end]` is of `kind`."""

    start: int
    end: int
    kind: Kind

    @property
    def length(self) -> int:
        """Characters."""
        return self.end - self.start


def matches(pattern: re.Pattern[str], text: str, kind: Kind, group: str = "") -> Iterator[Span]:
    """A span for each match of `pattern`: the whole of it, or its `group` where it has one."""
    for match in pattern.finditer(text):
        start, end = match.span(group or 0)
        if start < end:
            yield Span(start, end, kind)


def merged(spans: Iterable[Span]) -> list[Span]:
    """`spans` in order and without overlap: of two that overlap the longer stays, of equal ones the first given."""
    chosen: list[Span] = []
    for span in sorted(spans, key=lambda one: -one.length):
        if all(span.end <= other.start or other.end <= span.start for other in chosen):
            chosen.append(span)
    return sorted(chosen, key=lambda one: one.start)
