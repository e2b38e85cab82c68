"""Tells a message in another language from English, and rather misses one than takes hurried English for it.

Three signs have to agree: little everyday English, small words of the other language, and the statistics of letters
(lingua, low-accuracy mode: 26 MB, a tenth of a millisecond for a message once loaded). Other scripts speak for
themselves.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.safety.patterns import FOLDER

if TYPE_CHECKING:
    from lingua import LanguageDetector

ENGLISH, SPANISH, OTHER = "en", "es", "other"
SHORTEST = 3  # words; fewer are a name, a slip or a loan word
SURE = 0.8  # share of the likeliest language by its letters
ENGLISH_SHARE = 0.34  # of words known in English from which on a message is English
# Small words that no English sentence needs. Those that both languages have ("no", "me", "he", "a") are left out.
SMALL_WORDS = {
    "es": "que de la el los las un una y en por para con mi mis tu su es esta estoy soy tengo siento puedo quiero hay muy "
    "mas pero como cuando porque todo nada nadie bebe hijo hija esposo marido madre mama ayuda hola gracias buenas buenos "
    "noches dias yo ella ya si se lo le del al sin desde triste sola solo dormir llora lloro llorar necesito hablar espanol "
    "quien donde puede tiene morir vivir matarme cansada cansado miedo familia ahora aqui ayudame nacio vida",
    "fr": "je suis ne pas que les des une est et mon ma mes avec pour dans tout mais tres plus bebe jai cest moi vous nous "
    "le la qui sur bonjour merci aide fatiguee pleure peux veux ai",
    "de": "ich bin nicht und das die der mein meine mit ist es zu aber so sehr kann habe wie auf mich mir ein eine baby hilfe "
    "hallo danke mehr immer weine mude",
    "pt": "eu nao que de do da um uma e com meu minha para estou muito mas como bebe ola obrigada ajuda tenho sinto quero "
    "nao voce meus consigo",
    "it": "io non che di il la un una e con mio mia per sono molto ma come bambino ciao grazie aiuto ho sento voglio posso",
    "pl": "nie jestem mam sie jest na to ze moje moj moja dziecko bardzo i w z czuje pomoc czesc dziekuje mnie juz caly",
    "ro": "nu sunt si cu pentru ma am este foarte copil meu mea ajutor buna multumesc simt pot vreau",
    "nl": "ik ben niet en het een mijn met voor zo heel maar kan heb baby hallo dank moe voel wil",
    "tr": "ben bir ve cok icin bebegim degil yardim merhaba tesekkur hissediyorum istiyorum ne var yok",
    "tl": "ako ang ng sa na hindi ko po mga kasi lang anak ko pagod tulong salamat gusto",
    "vi": "toi khong va la con cua rat em be giup cam on muon met buon",
    "so": "waxaan ahay waan ma iyo ilmaha caawimaad aad",
}
SHORT = {"es": frozenset({"hola", "gracias", "ayuda", "ayudame", "buenas", "si por favor", "habla espanol", "hablas espanol",
                          "habla usted espanol", "en espanol", "espanol", "spanish", "quiero morir", "quiero morirme",
                          "no quiero vivir", "estoy sola", "estoy solo", "buenos dias", "buenas noches", "buenas tardes",
                          "me quiero morir", "necesito ayuda", "auxilio"})}  # fmt: skip
YES = {"si", "claro", "bueno", "vale", "si claro", "si por favor", "a veces", "creo que si"}
NO = {"no", "nunca", "para nada", "no gracias", "no nunca", "claro que no", "nadie"}
UNSURE = {"no se", "no lo se", "no estoy segura", "no estoy seguro", "tal vez", "quizas", "quiza"}
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)


@lru_cache(maxsize=1)
def known_english() -> frozenset[str]:
    """Words of English from the phrasings, without those that stand in other languages' small words."""
    known = set((FOLDER / "vocabulary.txt").read_text("utf-8").split())
    return frozenset(known - {word for words in SMALL_WORDS.values() for word in words.split()})


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in (ENGLISH, *SMALL_WORDS)]
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
    if short := next((code for code, known in SHORT.items() if joined in known), None):
        return short
    if len(words) < SHORTEST:
        return None
    english = sum(word in known_english() for word in words) / len(words)
    code, share = _likeliest(text)
    if english >= ENGLISH_SHARE:
        return ENGLISH if english > 0.5 or code == ENGLISH else None
    small = {name: sum(word in listed.split() for word in words) for name, listed in SMALL_WORDS.items()}
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
    answers = {"affirm": YES, "deny": NO, "unsure": UNSURE}
    return next((label for label, known in answers.items() if words in known), None)
