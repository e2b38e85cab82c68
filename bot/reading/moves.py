"""Small words read by what was asked and offered: "done" within an exercise is a step further, "the water one" a choice.

A move is an intent and, where a pressed choice would carry one, its value: `Move("unsure", "pause")` is what the
payload `/unsure{"choice": "pause"}` means. Only a short message is a move; a longer one says more than its first
word. The words are in data/moves.yml (bot/reading/move_rules.py).
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.reading.move_rules import Move, get_moves
from bot.reading.slips import Slips
from bot.safety.context import ANSWERS, SAFETY_QUESTIONS
from bot.safety.fold import END, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_WORDS = 9
MOST_WORDS_ANYWHERE = 14
RATINGS = frozenset({"rating_before", "rating_after"})
NUMBERS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
           "nine": 9, "ten": 10, "none": 0}  # fmt: skip
_NUMBER = re.compile(
    r"^(?:(?:its|id say|i would say|im|im at|like|around|about|maybe|probably|say|still|now|prob|a|an|at|number|feels like|"
    rf"roughly|ok|yeah|yes) )*(10|[0-9]|{'|'.join(NUMBERS)})(?: (?:out of|of) (?:10|ten)| 10)?"
    r"(?: (?:now|maybe|i think|i guess|ish|or so|probably|today))*$"
)
_ORDINAL = re.compile(
    r"^(?:(?:the|do|lets|ok|yes|ill|try|take) )*(first|second|third|1st|2nd|3rd|last)(?: (?:one|please))*$"
)
_PLACES = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "last": -1}
# "Tell me more" in other words, where it is offered.
_MORE = re.compile(
    r"^(?:(?:and|so|ok|okay|yes|thanks) )*(?:(?:tell|say|show|give) me |say |(?:is|isnt) there )?(?:some |any )?"
    r"(?:more|anything else|anything more|something else on that|what else|go on|keep going|is that all|is that it)"
    r"(?: (?:please|pls|then|on|about|of|to|it|that|this|there))*$"
)
_PAYLOAD = re.compile(r"^/(\w+)(\{.*\})?$")
_REFUSES = re.compile(
    r"^(?:(?:no|sorry|please|um|but|ok) )*(?:not|no|anything but|i hate|i cant do|i dont (?:like|want|do))\b"
)
NEAR_A_NO = 6  # words in which a refused exercise is named
_STEM = 5  # letters that two words of one family share
# Words of a sentence that chooses, and of most names of exercises: none of them tells which one is meant.
_COMMON = frozenset(
    [
        "the",
        "a",
        "an",
        "one",
        "please",
        "pls",
        "yes",
        "ok",
        "okay",
        "lets",
        "do",
        "try",
        "id",
        "like",
        "i",
        "want",
        "to",
        "go",
        "with",
        "for",
        "think",
        "ill",
        "have",
        "that",
        "can",
        "we",
        "your",
        "my",
        "you",
        "on",
        "at",
        "in",
        "of",
        "and",
        "it",
        "is",
        "about",
        "me",
        "something",
        "thing",
        "exercise",
        "guess",
        "then",
        "maybe",
        "suppose",
        "this",
        "sounds",
        "good",
        "give",
        "show",
    ]
)


@lru_cache(maxsize=1)
def _small_words() -> list[str]:
    """The words of the moves, of numbers, and of answers to the questions about safety."""
    written = [rule.pattern.pattern for rule in get_moves()] + [_NUMBER.pattern, _ORDINAL.pattern]
    return [*re.findall(r"[a-z]+", re.sub(r"\\[a-z]", " ", " ".join(written))), *ANSWERS]


@lru_cache(maxsize=256)
def _slips(further: tuple[str, ...]) -> Slips:
    return Slips([*_small_words(), *further])


def plain(text: str, further: Sequence[str] = ()) -> list[str]:
    """The words of `text` without punctuation, lower case, slips in the words of moves and in `further` ones mended."""
    slips = _slips(tuple(further))
    return [slips.mend(word.text) for word in fold(text) if word.text != END]


def rating(text: str) -> int | None:
    """The number from 0 to 10 that `text` gives: "7", "about a seven", "6/10"; None where it is more than that."""
    match = _NUMBER.match(" ".join(plain(text.replace("/", " "))))
    if match is None:
        return None
    found = match.group(1)
    return NUMBERS[found] if found in NUMBERS else int(found)


def of_payload(payload: str) -> Move:
    """The move that pressing `payload` makes."""
    match = _PAYLOAD.match(payload)
    if match is None:
        return Move(payload.lstrip("/"))
    return Move(match.group(1), str(json.loads(match.group(2)).get("choice")) if match.group(2) else None)


def named_choice(words: Sequence[str], offered: Sequence[tuple[str, str]]) -> Move | None:
    """The one of the `offered` (label, payload) that `words` name: whole, by a word of its own, or by its place."""
    labels = [(plain(label), payload) for label, payload in offered]
    for label, payload in labels:
        if label == list(words):
            return of_payload(payload)
    if _MORE.match(" ".join(words)) and (more := next((p for _, p in labels if '"choice": "more"' in p), None)):
        return of_payload(more)
    exercises = [(label, payload) for label, payload in labels if payload.startswith("/request_exercise{")]
    if not exercises:
        return None
    if ordinal := _ORDINAL.match(" ".join(words)):
        place = _PLACES[ordinal.group(1)]
        return of_payload(exercises[place][1]) if place < len(exercises) else None
    if _REFUSES.match(" ".join(words)) and any(_stems(words[:NEAR_A_NO]) & _own_stems(*one) for one in exercises):
        return Move("request_exercise")  # "not breathing, it makes me panic": another kind
    own = _stems(words)
    hits = [payload for label, payload in exercises if own and own <= _own_stems(label, payload)]
    return of_payload(hits[0]) if len(hits) == 1 else None


def _stems(words: Sequence[str]) -> set[str]:
    """The beginnings of the words that tell an exercise: "breathing" is in "breath"."""
    return {word[:_STEM] for word in words if word not in _COMMON}


def _own_stems(label: Sequence[str], payload: str) -> set[str]:
    """Those of an exercise's name and id: "slow-breathing" is called "A longer breath out"."""
    return _stems([*label, *(of_payload(payload).choice or "").split("-")])


def move_in(
    text: str,
    asked: str | None,
    *,
    running: bool,
    paused: bool = False,
    offered: Sequence[tuple[str, str]] = (),
    calm: bool = False,
    quoted: bool = False,
) -> Move | None:
    """The move that `text` makes after `asked` (a value of that slot); None where it is more than a move.

    `running` says whether an exercise goes on, `paused` whether one was left; `offered` are label and payload of the
    choices of the last reply; `calm`: nothing in `text` alarms, so that what the senses find may be told in free words;
    `quoted`: a passage was quoted before.
    """
    listed = plain(text, sorted({word for label, _ in offered for word in plain(label)}))
    if not listed or len(listed) > MOST_WORDS_ANYWHERE:
        return None
    words = " ".join(listed)
    if found := _first(words, "anywhere"):
        return found
    if asked not in SAFETY_QUESTIONS and (found := _first(words, "refused")):
        return found
    if running and calm and (found := _first(words, "sensed")):
        return found
    if quoted and not running and (found := _first(words, "quoted")):
        return found
    if len(listed) > MOST_WORDS:
        return None
    if asked in RATINGS and (number := rating(text)) is not None:
        return named_choice([str(number)], offered)
    if asked == "rating_after" and (found := _first(words, "rated")):
        return found
    if chosen := named_choice(listed, offered):
        return chosen
    if asked and (found := _first(words, asked)):
        return found
    state = "within" if running else "paused" if paused else None if asked else "unasked"
    return _first(words, state) if state else None


def _first(words: str, when: str) -> Move | None:
    return next((rule.move for rule in get_moves() if rule.when == when and rule.fits(words)), None)
