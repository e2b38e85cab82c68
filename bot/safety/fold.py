"""Folds what a person typed to plain lower-case words, so that one rule sees every spelling of a word.

Zero-width characters, full-width and homoglyph letters, accents, missing apostrophes, stretched letters
("soooo") and digits for letters ("su1c1de") are undone. Every word keeps its place in the original text,
so that the evidence shown to staff is what the parent wrote.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

END = "|"  # stands between sentences; no rule reaches across it

# Cyrillic and Greek letters that look like Latin ones (Unicode confusables, the lower-case part).
LOOK_ALIKES = str.maketrans(
    "авекмнорстухіјѕԁԛԝһɡɩⅼοαεικνρτυχ" + "’‘ʼ´`",
    "abekmhopctyxijsdqwhgilo" + "aeiknptux" + "'''''",
)
_DIGIT_LETTERS = str.maketrans("013457@$", "oieastas")
_EMOJI_WORDS = {
    "🔫": "emojigun", "🔪": "emojiknife", "💊": "emojipills", "⚰": "emojicoffin", "🪦": "emojigrave",
    "💀": "emojiskull", "☠": "emojiskull", "🩸": "emojiblood", "😵": "emojidead",
}  # fmt: skip
_WORD = re.compile(
    r"[0-9]+[.,][0-9]+|[0-9]+(?=(?:am|pm|yo|yrs?|mo|mths?|months?|wks?|weeks?|days?|hrs?|hours?|mins?|mg|kg|ml|f)\b)|[a-z0-9@$]+(?:['/*]+[a-z0-9@$]+)*|[.!?\n;…]+|[,:()\[\]–—\"]+|[\U0001F300-\U0001FAFF\u2600-\u27BF]"
)
_SENTENCE_END = ".!?\n;…"
_CLAUSE_END = ',:()[]–—"'
_TYPOGRAPHY = str.maketrans("’‘ʼ´`“”–—…", "'''''\"\",,.")
_RUN = re.compile(r"[\t\n\x20-\x7e]+|.", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_STRETCHED = re.compile(r"(.)\1{2,}")
_SPACED = re.compile(r"\b(?:[a-z][ .\-_*]){3,}[a-z]\b")
LONGEST_WORD = 40


class Word(NamedTuple):
    """One folded word and where it stands in the original text."""

    text: str
    start: int
    end: int
    opens: bool = False
    """Whether a comma, bracket, dash or quotation mark stands before it: a new clause."""


@lru_cache(maxsize=4096)
def _letters(character: str) -> str:
    """The plain lower-case letters of one character; none for an invisible one."""
    result = ""
    for part in unicodedata.normalize("NFKD", character):
        category = unicodedata.category(part)
        if category in {"Mn", "Cf", "Me"} or (category in {"Cc", "Cs"} and part not in "\n\t"):
            continue
        result += part.lower().translate(LOOK_ALIKES)
    return result


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """Lower-case text without marks and invisible characters, and the original place of each character."""
    # Phones type curly quotes and dashes; without other marks every character stays one character.
    simple = text.translate(_TYPOGRAPHY)
    if simple.isascii() and not _CONTROL.search(simple):
        return simple.lower(), range(len(simple))
    pieces: list[str] = []
    places: list[int] = []
    for run in _RUN.finditer(simple):
        piece = run.group()
        if piece[0].isascii() and not _CONTROL.match(piece):
            pieces.append(piece.lower())
            places.extend(range(*run.span()))
        else:
            letters = _letters(piece)
            pieces.append(letters)
            places.extend([run.start()] * len(letters))
    return "".join(pieces), places


@lru_cache(maxsize=20_000)
def _word(raw: str) -> str:
    """One word in its plain form."""
    word = raw.replace("'", "").replace(",", ".")
    # A digit inside a word stands for a letter; one at its end ("every1") is a texting form.
    if word[-1].isalpha() and any(c in "013457@$" for c in word) and sum(c.isalpha() for c in word) >= 2:
        word = word.translate(_DIGIT_LETTERS)
    return _STRETCHED.sub(r"\1\1", word)[:LONGEST_WORD]


def fold(text: str) -> list[Word]:
    """The words of `text`, with END between sentences. Linear in the length of `text`."""
    plain, places = _plain(text)
    # "k i l l" and "d.i.e" are one word; the letters keep their places.
    joined: list[tuple[int, int]] = [match.span() for match in _SPACED.finditer(plain)]
    words: list[Word] = []
    position, opens = 0, False
    for start, end in [*joined, (len(plain), len(plain))]:
        for match in _WORD.finditer(plain, position, start):
            opens = _append(words, match.group(), places, match.span(), opens)
        if start < end:
            letters = "".join(c for c in plain[start:end] if c.isalpha())
            opens = _append(words, letters, places, (start, end), opens)
        position = end
    return words


def _append(words: list[Word], raw: str, places: Sequence[int], span: tuple[int, int], opens: bool) -> bool:
    """Adds what `raw` stands for; whether the next word opens a clause."""
    initial = raw[0]
    if initial in _CLAUSE_END:
        return True
    first, last = places[span[0]], places[span[1] - 1] + 1
    if initial.isascii() and initial not in _SENTENCE_END:
        if "/" not in raw or raw in {"s/h", "24/7"}:
            words.append(Word(_word(raw), first, last, opens))
            return False
        for part in filter(None, raw.split("/")):
            words.append(Word(_word(part), first, last, opens))
            opens = False
    elif initial in _SENTENCE_END:
        if words and words[-1].text != END:
            words.append(Word(END, first, last))
    elif initial in _EMOJI_WORDS:
        words.append(Word(_EMOJI_WORDS[initial], first, last, opens))
    return False
