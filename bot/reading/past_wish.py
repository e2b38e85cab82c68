"""Whether a wish to die is told as long past: "I used to think I wanted to die and now I'm annoyed about nap schedules".

Strict on purpose: what is back, or followed by anything as bad, is not past.
"""

from __future__ import annotations

import re

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


def wish_is_past(text: str) -> bool:
    """Whether `text` tells of a wish to die that used to be, with something lighter after it and nothing as bad."""
    since = found["since"] if (found := _USED_TO.search(text)) else ""
    return _LIGHTER.search(since) is not None and _AS_BAD.search(since) is None
