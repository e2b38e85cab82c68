"""Whether a wish to die is told as long past, "I used to think I wanted to die and now I'm annoyed about nap schedules", or
an act of years ago.

Strict on purpose: what is back, or followed by anything as bad, is not past.
"""

from __future__ import annotations

import datetime
import re

YEARS = 2  # before this one; what was in the year before last, or earlier, is long past
_USED_TO = re.compile(
    r"\bused to (?:think|want|wish|feel|say)\b[^.!?]*?\b(?:die|dying|dead|kill\w*|end it|disappear|not (?:be )?here|wasn.?t here|suicid\w*)\b"
    r"(?P<since>.*)",
    re.IGNORECASE | re.DOTALL,
)
_LIGHTER = re.compile(
    r"\b(?:better|fine|ok|okay|good|happy|glad|laugh\w*|love|enjoy\w*|smil\w*|recovered|lighter|annoyed|cross|bored|fussy|moan\w*|no longer)\b",
    re.IGNORECASE,
)
_AS_BAD = re.compile(
    r"\b(?:again|back|still|tonight|worse|die|dead|dying|kill\w*|end|don.?t|can.?t|won.?t|want|wish|hurt\w*|plan\w*|never|ready|live|do it|"
    r"will|would|without me|off|not)\b",
    re.IGNORECASE,
)


_ACT = re.compile(
    r"\b(?:tried|attempt\w*|overdos\w*|cut(?:ting)?|self.?harm\w*|(?:hurt\w*|harm\w*|cut\w*|burn\w*) myself|suicid\w*|end(?:ed)? (?:my life|it))\b",
    re.IGNORECASE,
)
_LONG_AGO = re.compile(
    r"\b(?:(?:back )?in (?P<year>(?:19|20)\d\d)|(?:clean|clear|free|sober|safe|well|stopped|nothing|better) (?:ever )?since (?P<since>(?:19|20)\d\d)|(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|many|"
    r"several|some) (?:years?|yrs?) (?:ago|back|clear|clean|free)|years (?:ago|back)|"
    r"when i was (?:a (?:kid|child|teen\w*|student)|in (?:my )?(?:teens|twenties|school|college|uni\w*)|at (?:school|college|uni\w*)|"
    r"(?:1\d|2\d|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty)(?! (?:weeks?|wks?|months?|days?|hours?)\b)))\b",
    re.IGNORECASE,
)
# Said of help to come, and no plan of that kind.
_PLANS_AHEAD = re.compile(
    r"\brather plan than\b|\b(?:birth|safety|care|postnatal) plan\b|\bplan ahead\b",
    re.IGNORECASE,
)
# What is told of now, or of any wish at all, is not only past.
_OF_NOW = re.compile(
    r"\b(?:again|still|now|tonight|today|tomorrow|lately|recently|these days|this (?:time|week|morning|month)|back(?! in)|same|worse|ready|"
    r"want|wish|wanting|wishing|think|thinking|thoughts?|feel|feels|feeling|urges?|plan(?:ning)?|keep|can.?t|cannot|going to|gonna|without me|"
    r"better off|coming back|creeping|since she|since he|every|nobody|no one|anymore|no point|she|he|her|him|daughter|son|friend|wife|husband|sister|brother)\b",
    re.IGNORECASE,
)


def act_is_long_past(text: str) -> bool:
    """Whether `text` tells, of the writer, of an act of years ago and of nothing that goes on."""
    told = _PLANS_AHEAD.sub(" ", text)
    return _ACT.search(told) is not None and _of_years_ago(told) and _OF_NOW.search(told) is None


def _of_years_ago(text: str) -> bool:
    found = _LONG_AGO.search(text)
    if found is None:
        return False
    year = found["year"] or found["since"]
    return year is None or int(year) <= datetime.date.today().year - YEARS


def wish_is_past(text: str) -> bool:
    """Whether `text` tells of a wish to die that used to be, with something lighter after it and nothing as bad."""
    since = found["since"] if (found := _USED_TO.search(text)) else ""
    return _LIGHTER.search(since) is not None and _AS_BAD.search(since) is None
