"""Thoughts that frighten: whether they are unwanted, or feel like an order, by the words of an answer."""

from __future__ import annotations

import itertools

from bot.safety.fold import END, fold

_UNWANTED = frozenset(
    [
        "scare",
        "scares",
        "scared",
        "scary",
        "terrify",
        "terrifies",
        "terrified",
        "terrifying",
        "horrify",
        "horrifies",
        "horrified",
        "horrible",
        "hate",
        "hated",
        "unwanted",
        "disgust",
        "disgusts",
        "disgusted",
        "disgusting",
        "awful",
        "sick",
        "sickens",
        "frighten",
        "frightens",
        "frightened",
        "frightening",
        "against",
        "petrified",
        "horrific",
        "panic",
        "ashamed",
        "upset",
        "upsets",
        "distressing",
        "intrusive",
    ]
)
_WANTED = frozenset(
    [
        "should",
        "supposed",
        "told",
        "tell",
        "tells",
        "telling",
        "order",
        "orders",
        "ordered",
        "ordering",
        "command",
        "commands",
        "commanded",
        "voice",
        "voices",
        "meant",
        "mission",
        "chosen",
        "god",
        "sign",
        "destined",
        "instructed",
        "instruction",
        "instructions",
        "plan",
    ]
)
_NEGATIONS = frozenset(
    [
        "not",
        "never",
        "dont",
        "no",
        "without",
        "wouldnt",
        "isnt",
        "arent",
        "nothing",
        "nobody",
        "noone",
        "rather",
        "than",
    ]
)
DENIED_WITHIN = 6  # words: "they don't feel like something I should do"
_OF_HELP = frozenset(
    [
        "see",
        "ask",
        "talk",
        "get",
        "call",
        "speak",
        "someone",
        "somebody",
        "doctor",
        "midwife",
        "help",
        "worry",
        "be",
        "know",
    ]
)
_REFUSALS = (("dont", "want"), ("do", "not"), ("would", "never"), ("never", "want"), ("not", "want"), ("make", "stop"))


def kind_of_thoughts(text: str) -> str | None:
    """What "do they scare you, or feel like something you should do?" was answered with; None where it stays open.

    Orders and duties count above fear: unclear goes to the graver side (docs/safety-case.md, rule 7).
    """
    words = [word.text for word in fold(text) if word.text != END]
    for place, word in enumerate(words):
        denied = _NEGATIONS & set(words[max(0, place - DENIED_WITHIN) : place])
        if word in _WANTED and not denied and not _OF_HELP & set(words[place + 1 : place + 3]):
            return "crisis_psychosis"
    unwanted = _UNWANTED & set(words) or any(pair in _REFUSALS for pair in itertools.pairwise(words))
    return "feel_intrusive_thoughts" if unwanted else None


# "It's not a voice, I might really do it": what is denied is the voice alone.
_INTENDED = frozenset(
    ["want", "might", "may", "urge", "urges", "going", "gonna", "will", "ready", "could", "would", "must", "need"]
)


def denies_orders(text: str) -> bool:
    """Whether orders and voices are named only to say that there are none, and nothing is intended either: "nobody
    tells me to, it's not voices".
    """
    words = [word.text for word in fold(text) if word.text != END]

    def denied(place: int, within: int, after: int = 0) -> bool:
        return bool(_NEGATIONS & set(words[max(0, place - within) : place + after + 1]))

    named = [place for place, word in enumerate(words) if word in _WANTED]
    intended = [place for place, word in enumerate(words) if word in _INTENDED]
    return (
        bool(named)
        and all(denied(place, DENIED_WITHIN) for place in named)
        and all(denied(place, 2, after=1) for place in intended)
    )


ABOUT_THOUGHTS = frozenset().union(*_REFUSALS, _UNWANTED, _WANTED)
"""The words that are looked for in an answer to the question about such thoughts."""
