"""Names of people, by lists of first names and by the words around them.

A name that is also an everyday word (may, hope, mark, grace) is taken for one only where the words around it say so,
or where it is capitalised in the middle of a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.masking.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parent / "data"
_NAME = r"(?!(?:[iI]['’]|[uU][kKsS]\b))[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))+"
_WORD = re.compile(_NAME)
_KIN = (
    r"(?:husband|wife|partner|boyfriend|girlfriend|bf|gf|fianc[eé]e?|ex|son|daughter|baby|babygirl|babyboy|boy|girl|toddler"
    r"|newborn|twin|twins|eldest|oldest|youngest|brother|sister|sis|bro|mother|mum|mom|father|dad|mil|fil|sil|bil|in-law|friend|mate"
    r"|bestie|cousin|aunt|auntie|aunty|uncle|niece|nephew|grandma|gran|granny|nana|nan|grandad|grandpa|neighbour|neighbor|boss|manager|colleague|roommate"
    r"|flatmate|dog|cat|midwife|doula|nurse|doctor|therapist|counsellor|counselor|psychologist|psychiatrist|health visitor|hv"
    r"|consultant|gp|ob|obgyn|social worker|pastor|priest|imam|teacher|nanny|childminder|hubby|hubs|dh|dw|ds|dd|oh)"
)
# After these any word may be a name. `_STRONG` says so whatever it is; the others need a capital or a known name.
_STRONG = re.compile(
    rf"\b(?:(?:my|his|her|the baby'?s|baby'?s|their|our|its|babys|full|first|last|sur|maiden) ?(?:full |first |last |middle )?name(?:'?s| is| was|:) (?:is )?"
    rf"|(?:is|was|we|i|been|be|baby|one|girl|boy|someone|somebody|woman|man|guy|lady|midwife|nurse|doctor|therapist|counsell?or) (?:called|named)(?: (?:him|her|it|them|the baby|our \w+|my \w+))? |named (?:him|her) )(?P<name>{_NAME}(?: {_NAME})?)",
    re.IGNORECASE,
)
_TITLE = re.compile(
    rf"\b(?:dr|doctor|mrs|mr|ms|miss|mx|prof|professor|nurse|midwife|sister|auntie|aunty|aunt|uncle|nana|pastor|father|sheikh|sr|officer|detective)\.? (?P<name>{_NAME}(?: {_NAME})?)",
    re.IGNORECASE,
)
_OWN = re.compile(
    rf"\b(?:i'?m|i am|im|this is|it'?s|its|hi,?|hello,?|hey,?|thanks,?|thank you,?|cheers,?|love,?|regards,?|xx?,?) (?P<name>{_NAME}(?: {_NAME})?)",
    re.IGNORECASE,
)
_CALLED = re.compile(rf"\bcall(?:s|ed)? (?:me|myself|her|him) (?P<name>{_NAME})")
_RELATIVE = re.compile(
    rf"\b(?:my|our|his|her|the|a|dear|little|old|new|baby|with|and|,) ?(?:\w+ )?{_KIN},? (?:is called |called |named |is )?(?P<name>{_NAME}(?: {_NAME})?)",
    re.IGNORECASE,
)
_BABY = re.compile(rf"\b(?:baby|lil|little|big|wee|poor|sweet|darling) (?P<name>{_NAME})")
_POSSESSIVE = re.compile(
    rf"\b(?P<name>{_NAME})['’]s (?:mum|mom|dad|mother|father|house|family|birth|birthday|room|cot|crib|name|parents|sister|brother|crying|asleep|fault|friend|phone)",
    re.IGNORECASE,
)
_SAYS = re.compile(
    rf"\b(?P<name>{_NAME}) (?:says|said|thinks|told|cries|cried|screams|screamed|wakes|woke|sleeps|slept|latched|latches|hates|loves|keeps|came|went|left|won'?t|doesn'?t|didn'?t|gets|got|wants|wanted|asked|smiled|smiles|hugged|works|helps|helped|shouts|shouted|walked|feeds|fed"
    r"|has (?:a|an|colic|reflux|been|no|had|got|not)|hasn'?t|is (?:at|back|in|on|only|away|not|\d+|one|two|three|four|five|six|seven|eight|nine|ten|crying|asleep|sleeping|awake|my|our))\b",
    re.IGNORECASE,
)
_TOWARDS = re.compile(
    rf"\b(?:with|for|to|at|from|about|and|when|if|that|holding|hold|feeding|feed|bathing|left|leave|love|hate|miss|told|tell|asked|ask|hit|hurt|call|ring|text|saw|see|seeing|met|because|but|says|said|like|poor|since|while|before|after|only|is|than|by|without) (?P<name>{_NAME})\b"
)
_SIGNED = re.compile(
    rf"(?:^|[.!?\n,] ?|\s[-–—~] ?)(?P<name>{_NAME}(?: {_NAME})?)\s*(?:(?:x+|<3)\s*)?(?:[.!]\s*)?$", re.IGNORECASE
)


@lru_cache(maxsize=1)
def _lists() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Well-known first names, all first names, and those that are words too; lower case, without accents."""
    known, rarer, words = map(_list, ("first_names", "rarer_names", "also_words"))
    return known, known | rarer, words


@lru_cache(maxsize=1)
def _no_names() -> frozenset[str]:
    """What is no name even after a cue."""
    return _list("no_person") | _list("no_name")


@lru_cache(maxsize=8)
def _list(name: str) -> frozenset[str]:
    lines = (DATA / f"{name}.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _plain(word: str) -> str:
    """Lower case, without accents and genitive, as in the lists."""
    parts = unicodedata.normalize("NFKD", word.replace("’", "'"))
    bare = "".join(c for c in parts if not unicodedata.combining(c)).lower()
    return bare.removesuffix("'s")


def names(text: str) -> Iterator[Span]:
    """Names of people in `text`, with the surname where one follows."""
    found: list[Span] = []
    shouted = _capitals_tell_nothing(text)
    for pattern, rule in (
        (_STRONG, _after_a_strong_cue),
        (_TITLE, _after_a_title),
        (_OWN, _known),
        (_CALLED, _known_or_word),
        (_RELATIVE, _known_or_word),
        (_BABY, _capital),
        (_POSSESSIVE, _capital),
        (_SAYS, _capital),
        (_SIGNED, _known_capital),
    ):
        for match in pattern.finditer(text):
            words = [*_WORD.finditer(text, match.start("name"), match.end("name"))]
            count = rule([word.group() for word in words], shouted)
            if count:
                found.append(_span(text, words[0].start(), words[count - 1].end()))
    found.extend(_standing_alone(text, shouted))
    yield from (span for span in found if span.length > 1)


def _capitals_tell_nothing(text: str) -> bool:
    """Whether the text is shouted, or Written Like This."""
    if text.isupper():
        return True
    words = [match.group() for match in _WORD.finditer(text) if len(match.group()) > 2]
    return len(words) > 3 and sum(word[0].isupper() for word in words) > 0.7 * len(words)


def _span(text: str, start: int, end: int) -> Span:
    """Without the genitive's 's, and with a capitalised surname that follows."""
    if re.search(r"['’][sS]$", text[start:end]):
        end -= 2
    surname = re.compile(
        rf" (?:(?:o|mc|mac|van|de|von|al|el|bin)['’ -]?)?({_NAME})(?!\s+(?:street|road|avenue|hospital))"
    ).match(text, end)
    if surname and surname.group(1)[:1].isupper() and not surname.group(1).isupper():
        last = _plain(surname.group(1))
        if last not in _list("no_person") and not (
            surname.end() < len(text) and text[surname.end() : surname.end() + 1] == "'"
        ):
            end = surname.end()
    return Span(start, end, "name")


def _is_capital(word: str, shouted: bool) -> bool:
    return word[:1].isupper() and not shouted


def _after_a_strong_cue(words: list[str], shouted: bool) -> int:
    _, every, also = _lists()
    first = _plain(words[0])
    if first in _list("no_name"):
        return 0
    if not (_is_capital(words[0], shouted) or first in every or first in also or len(first) > 2):
        return 0
    return (
        2
        if len(words) > 1
        and (
            _plain(words[1]) in every or (_is_capital(words[1], shouted) and _plain(words[1]) not in _list("no_person"))
        )
        else 1
    )


def _after_a_title(words: list[str], shouted: bool) -> int:
    known, every, _ = _lists()
    first = _plain(words[0])
    if first in _no_names():
        return 0
    if _is_capital(words[0], shouted) or first in known:
        return (
            2
            if len(words) > 1 and (_is_capital(words[1], shouted) and _plain(words[1]) not in _list("no_person"))
            else 1
        )
    return 1 if first in every or first in _list("surnames") else 0


def _known(words: list[str], shouted: bool) -> int:
    """A name of the lists; one that is a word too only with a capital."""
    known, every, also = _lists()
    first = _plain(words[0])
    if first in _list("no_person"):
        return 0
    if first in known or (first in every and len(first) > 3) or (first in also and _is_capital(words[0], shouted)):
        return (
            2 if len(words) > 1 and _is_capital(words[1], shouted) and _plain(words[1]) not in _list("no_person") else 1
        )
    return 0


def _known_or_word(words: list[str], shouted: bool) -> int:
    """The same, or any word with a capital that is not the name of a day, a place or a service."""
    return _known(words, shouted) or int(_is_capital(words[0], shouted) and _plain(words[0]) not in _no_names())


def _capital(words: list[str], shouted: bool) -> int:
    """A name of the lists with a capital, also one that is a word."""
    _, every, also = _lists()
    first = _plain(words[0])
    return int(first not in _list("no_person") and (first in every or first in also) and _is_capital(words[0], shouted))


def _known_capital(words: list[str], shouted: bool) -> int:
    known, _, also = _lists()
    first = _plain(words[0])
    if first in _list("no_person") or not (first in known or (first in also and _is_capital(words[0], shouted))):
        return 0
    return 2 if len(words) > 1 and _is_capital(words[1], shouted) else 1


def _standing_alone(text: str, shouted: bool) -> Iterator[Span]:
    """Names that nothing announces: well-known ones however written, others by a capital within a sentence."""
    known, every, also = _lists()
    no_person = _list("no_person")
    for match in _WORD.finditer(text):
        word = match.group()
        plain = _plain(word)
        if plain in no_person or word.lower() in no_person or (word.isupper() and len(word) < 4):
            continue
        before = text[: match.start()].rstrip()
        begins = not before or before[-1] in '.!?\n:;"“(-–—'
        capital = _is_capital(word, shouted)
        if (
            (plain in known and (capital or len(plain) > 3 or _announced(text, match)))
            or (capital and not begins and (plain in every or plain in also))
            or (capital and plain in every)
        ):
            yield _span(text, match.start(), match.end())


def _announced(text: str, match: re.Match[str]) -> bool:
    """Whether a short name in lower case stands where a person would."""
    before = _TOWARDS.search(text, max(0, match.start() - 12), match.end())
    return bool(before and before.end("name") >= match.end()) or bool(_SAYS.match(text, match.start()))
