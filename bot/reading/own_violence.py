"""Whether the writer has hurt an adult: then nobody is told to lay the baby in the cot, and the other is thought of."""

from __future__ import annotations

import re

_ADULT = (
    r"(?:wife|husband|hubby|partner|girlfriend|boyfriend|gf|bf|fianc[eé]e?|ex|mum|mom|mam|mother|dad|father|sister|brother|"
    r"mother.in.law|mil|nan|man|woman|her mother|his mother)"
)
_HURTS = (
    r"(?:push(?:ed)?|shov(?:e|ed)|hit|slap(?:ped)?|punch(?:ed)?|kick(?:ed)?|grab(?:bed)?|chok(?:e|ed)|strangl(?:e|ed)|"
    r"bit|scratch(?:ed)?|pinn(?:ed)|shook|smack(?:ed)?|threw (?:\w+ ){1,3}at|went for|hurt|attack(?:ed)?|beat|struck|stab(?:bed)?)"
)
# Where a child is named too, the reply for a child's harm is the safer one.
_A_CHILD = re.compile(
    r"\b(?:bab(?:y|ies)|newborn|son|daughter|child(?:ren)?|kids?|toddler|infant|twins?|little (?:one|boy|girl|brother|sister)|boys?|girls?|babys|bub|lo|"
    r"(?:shook|shake|threw|throw|dropped|hit|slapped|smacked|hurt|grabbed|holding) (?:him|her|them)|fell on)\b",
    re.IGNORECASE,
)
_HURT_AN_ADULT = re.compile(
    rf"\b(?:i|i.?ve|i have|i.?m going to|i might|i want to|we)\b(?:['’]\w+)?(?: \w+){{0,4}} {_HURTS} (?:at |out at )?(?:my|the) (?:\w+ )?{_ADULT}\b",
    re.IGNORECASE,
)


def hurt_an_adult(text: str) -> bool:
    """Whether `text` says that the writer hurt, or is about to hurt, a partner or another adult."""
    return _HURT_AN_ADULT.search(text) is not None and _A_CHILD.search(text) is None
