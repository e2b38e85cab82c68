"""Folds what a person typed to plain lower-case words, so that one rule sees every spelling of a word.

Zero-width characters, full-width and homoglyph letters, accents, missing apostrophes, stretched letters
("soooo") and digits for letters ("su1c1de") are undone. Every word keeps its place in the original text,
so that the evidence shown to staff is what the parent wrote.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

END = "|"  # stands between sentences; no rule reaches across it

# Cyrillic and Greek letters that look like Latin ones (Unicode confusables, the lower-case part).
_HOMOGLYPHS = str.maketrans(
    "авекмнорстухіјѕԁԛԝһɡɩⅼοαεικνρτυχ" + "’‘ʼ´`",
    "abekmhopctyxijsdqwhgilo" + "aeiknptux" + "'''''",
)
_DIGIT_LETTERS = str.maketrans("013457@$", "oieastas")
_EMOJI_WORDS = {
    "🔫": "emojigun", "🔪": "emojiknife", "💊": "emojipills", "⚰": "emojicoffin", "🪦": "emojigrave",
    "💀": "emojiskull", "☠": "emojiskull", "🩸": "emojiblood", "😵": "emojidead",
}  # fmt: skip
_WORD = re.compile(
    r"[0-9]+[.,][0-9]+|[a-z0-9@$]+(?:['/*]+[a-z0-9@$]+)*|[.!?\n;…]+|[,:()\[\]–—\"]+|[\U0001F300-\U0001FAFF\u2600-\u27BF]"
)
_SENTENCE_END = ".!?\n;…"
_CLAUSE_END = ",:()[]–—\""
_STRETCHED = re.compile(r"(.)\1{2,}")
_SPACED = re.compile(r"\b(?:[a-z][ .\-_*]){3,}[a-z]\b")
LONGEST_WORD = 40


@dataclass(frozen=True)
class Word:
    """One folded word and where it stands in the original text."""

    text: str
    start: int
    end: int
    opens: bool = False
    """Whether a comma, bracket, dash or quotation mark stands before it: a new clause."""


def _plain(text: str) -> tuple[str, list[int]]:
    """Lower-case text without marks and invisible characters, and the original place of each character."""
    characters: list[str] = []
    places: list[int] = []
    for place, original in enumerate(text):
        for decomposed in unicodedata.normalize("NFKD", original):
            category = unicodedata.category(decomposed)
            if category in {"Mn", "Cf", "Me"}:
                continue
            if category in {"Cc", "Cs"} and decomposed not in "\n\t":
                continue
            for letter in decomposed.lower().translate(_HOMOGLYPHS):
                characters.append(letter)
                places.append(place)
    return "".join(characters), places


def _word(raw: str) -> str:
    """One word in its plain form."""
    word = raw.replace("'", "").replace(",", ".")
    if not word.isdigit() and any(c in "013457@$" for c in word) and sum(c.isalpha() for c in word) >= 2:
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


def _append(words: list[Word], raw: str, places: list[int], span: tuple[int, int], opens: bool) -> bool:
    """Adds what `raw` stands for; whether the next word opens a clause."""
    first, last = places[span[0]], places[span[1] - 1] + 1
    if raw[0] in _SENTENCE_END:
        if words and words[-1].text != END:
            words.append(Word(END, first, last))
        return False
    if raw[0] in _CLAUSE_END:
        return True
    if raw[0] in _EMOJI_WORDS:
        words.append(Word(_EMOJI_WORDS[raw[0]], first, last, opens))
    elif raw[0].isascii():
        for part in raw.split("/") if raw not in {"s/h", "24/7"} else [raw]:
            if part:
                words.append(Word(_word(part), first, last, opens))
                opens = False
    return False
