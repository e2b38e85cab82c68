"""Tells a message in another language from English, and rather misses one than takes hurried English for it.

Three signs have to agree: little everyday English, small words of the other language, and the statistics of letters
(lingua, low-accuracy mode: 26 MB, a tenth of a millisecond for a message once loaded). Other scripts speak for
themselves. The words are in data/languages.yml.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.reading.language_words import language_words
from bot.safety.patterns import FOLDER

if TYPE_CHECKING:
    from lingua import LanguageDetector

ENGLISH, SPANISH, OTHER = "en", "es", "other"
SHORTEST = 3  # words; fewer are a name, a slip or a loan word
SURE = 0.8  # share of the likeliest language by its letters
ENGLISH_SHARE = 0.34  # of words known in English from which on a message is English
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)


@lru_cache(maxsize=1)
def known_english() -> frozenset[str]:
    """Words of English from the phrasings, without those that stand in other languages' small words."""
    known = set((FOLDER / "vocabulary.txt").read_text("utf-8").split())
    return frozenset(known.difference(*language_words().small.values()))


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in (ENGLISH, *language_words().small)]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()


def folded(text: str) -> list[str]:
    """The words of `text` in lower case without accents."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).lower())
    return _WORD.findall("".join(c for c in plain if unicodedata.category(c) != "Mn").replace("'", "").replace("’", ""))


def language_of(text: str) -> str | None:
    """ "es", "other" for any language but English and Spanish, "en" where it is surely English, None where it is open."""
    words = folded(text)
    if not words:
        return None
    letters = "".join(words)
    if sum(1 for c in letters if not _LATIN.match(c)) > len(letters) / 2:
        return OTHER
    joined = " ".join(words)
    if short := next((code for code, known in language_words().short.items() if joined in known), None):
        return short
    if len(words) < SHORTEST:
        return None
    english = sum(word in known_english() for word in words) / len(words)
    code, share = _likeliest(text)
    if english >= ENGLISH_SHARE:
        return ENGLISH if english > 0.5 or code == ENGLISH else None
    small = {name: sum(word in listed for word in words) for name, listed in language_words().small.items()}
    found = max(small, key=lambda name: (small[name], name == code))
    if small[found] < max(2, len(words) / 4) or (code != found and small.get(code, 0) < small[found]) or share < SURE:
        # The letters of a short Spanish sentence are often those of its sisters; its small words are plain enough.
        return SPANISH if found == SPANISH and small[SPANISH] >= max(2, len(words) / 2) else None
    return SPANISH if found == SPANISH else OTHER


def _likeliest(text: str) -> tuple[str, float]:
    best = _detector().compute_language_confidence_values(text)[0]
    return best.language.iso_code_639_1.name.lower(), float(best.value)


def spanish_answer(text: str) -> str | None:
    """The label of a short Spanish yes, no or not sure; None for anything else."""
    words = " ".join(folded(text))
    return next((label for label, known in language_words().spanish_answers.items() if words in known), None)
