"""Finds phone numbers and e-mail addresses in what a parent types, and puts a word in their place.

Rather too much than too little: a number that was masked for nothing costs a little context, one that was not stays
in the log. What must stay are the numbers that matter to safety or to understanding: helplines and emergency numbers
(at most six digits), dates, times, ages, weights, amounts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.masking.spans import PLACEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

EMAIL, PHONE = PLACEHOLDERS["mail"], PLACEHOLDERS["phone"]
FEWEST_DIGITS = 7  # of a phone number with its area; shorter ones are helplines
LONGEST_READ = 20_000  # characters; what is longer is masked piece by piece

# name@host.tld, with what people put around the signs: "sam (at) mail dot example", "sam[at]mail.example".
_AT = r"(?:\s{0,3}@\s{0,3}|\s{0,3}[(\[{<]\s{0,2}at\s{0,2}[)\]}>]\s{0,3}|\s{1,3}at\s{1,3})"
_DOT = r"(?:\s{0,2}\.\s{0,2}|\s{0,3}[(\[{<]\s{0,2}dot\s{0,2}[)\]}>]\s{0,3}|\s{1,3}(?:dot|punto)\s{1,3})"
_NAME = r"[^\W_][\w.+%'’-]{0,63}"
_LABEL = r"[^\W_](?:[\w-]{0,62}[^\W_])?"
_SIGNED = re.compile(rf"{_NAME}\s?@\s?{_LABEL}(?:\.{_LABEL}){{1,4}}", re.IGNORECASE)
# Spelt out, an ending is needed that is no ordinary word: "meet me at home. so tired" is no address.
_ENDINGS = r"(?:com|org|net|edu|gov|info|icloud|co|uk|us|ca|au|nz|ie|de|fr|es|it|nl|pl|ch|eu|io|me|mx|br)"
_SPELT = re.compile(
    rf"\b{_NAME}(?:{_DOT}{_NAME})?{_AT}{_LABEL}(?:{_DOT}{_LABEL})?{_DOT}{_ENDINGS}\b(?!\s?@)", re.IGNORECASE
)
# With "at" as a bare word and an ordinary dot it may be a sentence ("I was at home. me neither"); then only what
# mail providers are called counts.
_PROVIDER = re.compile(
    r"gmail|googlemail|hotmail|outlook|yahoo|icloud|proton|aol|live|msn|gmx|web\W|btinternet|sky", re.IGNORECASE
)
_PLAIN_AT = re.compile(r"@|[(\[{<]\s{0,2}at\s{0,2}[)\]}>]", re.IGNORECASE)

# Digits with what is written between them. Not after a letter, a currency sign or another digit.
_DIGITS = re.compile(r"(?<![\w$€£.])(?:\+|\(\s?\+?)?\d(?:[ \t\u00a0().\-\u2010-\u2015/·]{0,3}\d){6,29}(?![\d%])")
_DATE = re.compile(
    r"(?<![\d/.-])(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|(?:19|20)\d{2}\s?[-–/]\s?(?:19|20)\d{2})"
    r"(?![-/.]?\d)"
)
_GROUPED_AMOUNT = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_WORD = r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_SPOKEN = re.compile(rf"\b{_WORD}(?:[\s,.-]{{1,3}}{_WORD}){{6,19}}\b", re.IGNORECASE)
_VALUES = {
    word: value
    for value, words in enumerate(
        (
            ("zero", "oh", "nought"),
            *((one,) for one in ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]),
        )
    )
    for word in words
}


@dataclass(frozen=True)
class Masked:
    """A text without contact details; `found` says which kinds were in it: "email", "phone"."""

    text: str
    found: frozenset[str]


def mask_contacts(text: str) -> Masked:
    """`text` with EMAIL and PHONE in place of addresses and numbers; the same text where there are none.

    Idempotent. Never raises; takes time in proportion to the length.
    """
    found: set[str] = set()
    parts = []
    for piece in _pieces(text):
        masked = _masked(piece, emails(piece), EMAIL)
        if masked != piece:
            found.add("email")
        without = _masked(masked, phones(masked), PHONE)
        if without != masked:
            found.add("phone")
        parts.append(without)
    return Masked("".join(parts), frozenset(found))


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces that end between words, so that no expression reads without end."""
    while len(text) > LONGEST_READ:
        cut = max(text.rfind("\n", 0, LONGEST_READ), text.rfind(". ", 0, LONGEST_READ)) + 1 or LONGEST_READ
        yield text[:cut]
        text = text[cut:]
    yield text


def _masked(text: str, spans: list[tuple[int, int]], word: str) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]}{word}{text[end:]}"
    return text


def emails(text: str) -> list[tuple[int, int]]:
    """Where e-mail addresses stand in `text`."""
    if "@" not in text and not re.search(r"\bat\b", text, re.IGNORECASE):
        return []
    spans = [match.span() for match in _SIGNED.finditer(text)]
    for match in _SPELT.finditer(text):
        sure = _PLAIN_AT.search(match.group()) or _PROVIDER.search(match.group())
        spelt_dot = re.search(r"\bdot\b", match.group(), re.IGNORECASE)
        if (sure or spelt_dot) and not any(match.start() < end and start < match.end() for start, end in spans):
            spans.append(match.span())
    return spans


def phones(text: str) -> list[tuple[int, int]]:
    """Where phone numbers stand in `text`, and other rows of digits that are as long."""
    spans = [match.span() for match in _DIGITS.finditer(text) if _is_phone(match.group())]
    return spans + [match.span() for match in _SPOKEN.finditer(text) if not _is_counting(match.group())]


def _is_phone(written: str) -> bool:
    """Whether `written`, seven digits or more, is a number rather than dates, an amount, or a row of small figures.

    More digits than a phone number has are a card or an account, and nobody's business either.
    """
    groups = re.findall(r"\d+", _DATE.sub(" ", written))
    digits = sum(map(len, groups))
    if digits < FEWEST_DIGITS or written.count("/") > 1 or _GROUPED_AMOUNT.fullmatch(written):
        return False
    # Feeds at 12 2 4 6 30; numbers that are read out in pairs are longer.
    return digits > 8 or any(len(group) > 2 for group in groups)


def _is_counting(spoken: str) -> bool:
    """Whether the words count up or down, as in an exercise."""
    values = [_VALUES[word] for word in re.findall(r"[a-z]+", spoken.lower()) if word in _VALUES]
    steps = {after - before for before, after in pairwise(values)}
    return len(steps) == 1 and steps <= {1, -1}
