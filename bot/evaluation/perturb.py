"""Writes the same text as somebody in a hurry, on another keyboard or in another app would.

Each kind changes the form and leaves the meaning: words stay, in number and order. Everything is seeded with
the text itself, so that a line is changed in the same way on every machine and whatever stands beside it.
"""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SEED = 2027
SHORTEST = 4  # letters; shorter words carry too much of the meaning to be mistyped ("no", "not", "die")
WORDS_TO_A_TYPO = 8  # so many words carry one or two typos
ROOM = 4  # gaps between words from which on an emoji is put into one of them

_LETTER = r"[^\W\d_]"
_WORD = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)*")
# Faces and gestures that add a mood at most. Knife, pills or skull would change what is said (bot/safety/fold.py).
EMOJI = ("😭", "😩", "🥺", "😔", "😅", "😬", "🙂", "🙏", "🤷‍♀️", "❤️")
_INSIDE_NUMBER = r"(?<=\d)[.,:–-](?=\d)"  # 38.4 degrees must not become 38 4, nor 2-3 days 2 3 days
_PUNCTUATION = re.compile(rf"(?!{_INSIDE_NUMBER})[.,;:!?…\"“”()\[\]–—-]+")
_ACCENTS = str.maketrans("aeiouAEIOU", "áèïöúÁÈÏÖÚ")
_FULL_WIDTH = 0xFEE0  # from a printable ASCII character to its full-width form
ZERO_WIDTH_SPACE = "\u200b"


def typos(text: str, source: Random) -> str:
    """One or two slips of the finger in some eight words, at most one in a word, none in a short one."""
    words = list(_WORD.finditer(text))
    parts = max(1, round(len(words) / WORDS_TO_A_TYPO))
    changed: dict[int, str] = {}
    for part in range(parts):
        here = [place for place in range(len(words)) if place * parts // len(words) == part]
        long = [place for place in here if _letters(words[place].group()) >= SHORTEST]
        for place in source.sample(long, min(len(long), source.choice((1, 2)))):
            changed[place] = _slip(words[place].group(), source)
    return _replaced(text, words, changed)


def _slip(word: str, source: Random) -> str:
    """Two neighbours swapped, or a letter dropped or doubled.

    The first letter stays, as in most real slips (Kukich 1992, ACM Computing Surveys 24:377-439).
    """
    letters = [i for i in range(1, len(word)) if word[i].isalpha()]
    swaps = [i for i in letters[:-1] if word[i + 1].isalpha() and word[i] != word[i + 1]]
    way = source.choice(("swap", "drop", "double"))
    if way == "swap" and swaps:
        i = source.choice(swaps)
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    i = source.choice(letters)
    return word[:i] + word[i + 1 :] if way == "drop" else word[: i + 1] + word[i:]


def no_punctuation(text: str, source: Random) -> str:
    """No stops, commas, quotation marks, dashes or apostrophes. A text of nothing else stays as it is."""
    without = re.sub(r"(?<=\w)['’](?=\w)", "", text)
    # What parted two words still does: "tired...so tired", "well-meant".
    without = re.sub(r"[ \t]+", " ", _PUNCTUATION.sub(" ", without).replace("'", " ").replace("’", " "))
    without = "\n".join(line.strip() for line in without.splitlines())
    return without if re.search(r"\w", without) else text


def lower_case(text: str, source: Random) -> str:
    """No capitals."""
    return text.lower()


def emoji(text: str, source: Random) -> str:
    """An emoji at the end and, where there is room, another between two words."""
    gaps = [match.start() for match in re.finditer(r"(?<=\S)[ \t]+(?=\S)", text)]
    if len(gaps) >= ROOM:
        at = source.choice(gaps)
        text = f"{text[:at]} {source.choice(EMOJI)}{text[at:]}"
    return f"{text} {source.choice(EMOJI)}"


def unicode(text: str, source: Random) -> str:
    """Curly quotes; and in a word each full-width letters, a zero-width space and accents."""
    curly = re.sub(r'(^|(?<=[\s(]))"', "“", text).replace('"', "”").replace("'", "’")
    words = list(_WORD.finditer(curly))
    places = [place for place, word in enumerate(words) if _letters(word.group()) >= SHORTEST]
    # In a text of short words, any word will do, rather than none.
    places = places or [place for place, word in enumerate(words) if _letters(word.group()) > 1]
    source.shuffle(places)
    changed: dict[int, str] = {}
    for change in source.sample((_full_width, _parted, _accented), 3):
        for place in places:
            word = words[place].group()
            if place not in changed and change(word) != word:
                changed[place] = change(word)
                break
    return _replaced(curly, words, changed)


def _full_width(word: str) -> str:
    return "".join(chr(ord(c) + _FULL_WIDTH) if c.isascii() and c.isalpha() else c for c in word)


def _parted(word: str) -> str:
    middle = len(word) // 2
    return word[:middle] + ZERO_WIDTH_SPACE + word[middle:]


def _accented(word: str) -> str:
    return word.translate(_ACCENTS)


def _letters(word: str) -> int:
    return sum(character.isalpha() for character in word)


def _replaced(text: str, words: Sequence[re.Match[str]], changed: dict[int, str]) -> str:
    for place in sorted(changed, reverse=True):
        start, end = words[place].span()
        text = text[:start] + changed[place] + text[end:]
    return text


KINDS: dict[str, Callable[[str, Random], str]] = {
    "typos": typos,
    "no punctuation": no_punctuation,
    "lower case": lower_case,
    "emoji": emoji,
    "unicode": unicode,
}


def perturb(text: str, kind: str) -> str:
    """`text`, changed as the kind of KINDS says; the same every time. Raises KeyError for an unknown kind."""
    # Random takes a string's own bytes, not Python's salted hash, so that every process draws the same.
    return KINDS[kind](text, Random(f"{SEED} {kind} {text}"))
