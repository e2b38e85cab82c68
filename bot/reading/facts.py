"""Bare facts: a number or a time and no more ("about 3 weeks", "she's five months now", "mostly at night")."""

from __future__ import annotations

import re

from bot.safety.fold import END, fold

# A message of these words alone, one of them a number or a time, is none of the questions and feelings that they are
# also part of.
_QUANTITY = re.compile(
    r"^(?:\d+(?:[.,:]\d+)?(?:st|nd|rd|th|am|pm|h|hrs?|mins?|m|wks?|w|mo|mths?|yrs?|yo)?|one|two|three|four|five|six|seven|eight|nine|ten|"
    r"eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|half|couple|few|once|twice|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|nights?|nighttime|evenings?|mornings?|afternoons?|weekends?|daytime|bedtime|dinner|"
    r"january|february|march|april|june|july|august|september|october|november|december|christmas|easter|summer|winter|spring|autumn)$"
)
# Nothing of what was, of a birth or of a pregnancy: "he was 3 days old" may be a life.
_BESIDE_QUANTITY = re.compile(
    r"^(?:about|around|roughly|maybe|nearly|almost|just|only|under|since|for|from|till|til|to|at|on|in|by|every|each|the|"
    r"a|an|of|and|or|so|ish|mostly|mainly|usually|always|sometimes|he|hes|she|shes|they|theyre|its|it|is|are|im|i|am|"
    r"has|ive|old|now|ago|today|past|this|next|per|once|twice|times|way|minutes|minute|mins|min|hours|"
    r"hour|hrs|hr|days|day|weeks|week|wks|wk|months|month|mths|mth|mos|mo|years|year|yrs|yr|yo|pm|baby|bub|little|girl|boy|"
    r"postpartum|pp|yes|yeah|no|ok|well|um|er|turned|turning|early|late|like)$"
)
MOST_WORDS = 9
# Degrees of a fever, in Celsius or Fahrenheit, unless they count something else.
_HEAT = re.compile(
    r"(?<![\d.,:])(?:(?:3[89]|4[0-2])[.,]\d|(?:99|10[0-7])(?:[.,]\d)?)(?![\d.,:]|\W*(?:days?|w(?:ee)?ks?|months?|min|hours?|hrs?|years?|%))"
)
_HOW_OFTEN = re.compile(
    r"\b(?:every|since|for|nights?|evenings|mornings|weekends|times|twice|once|sometimes|usually|always|mostly|mainly|all)\b",
    re.IGNORECASE,
)
_NO = re.compile(r"^\W*no\b", re.IGNORECASE)


def bare_fact(text: str) -> bool:
    """Whether `text` is nothing but a number or a time; a temperature that may be a fever says more."""
    words = [word.text for word in fold(text) if word.text != END]
    told = [bool(_QUANTITY.match(word)) for word in words]
    known = all(found or _BESIDE_QUANTITY.match(word) for word, found in zip(words, told, strict=True))
    return known and any(told) and len(words) <= MOST_WORDS and "?" not in text and not _HEAT.search(text)


def says_how_often(text: str) -> bool:
    """Whether a bare fact tells since when or how often: after the question whether thoughts of death come, they do."""
    return bare_fact(text) and _HOW_OFTEN.search(text) is not None and _NO.match(text) is None
