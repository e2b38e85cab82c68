"""Whether a baby has died: read with care, since "I'm so sorry, your baby died" to somebody whose baby lives is the
cruellest thing that Attune can say. Where neither the words nor the reading are plain, it asks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

AFTER_LOSS = "My baby has died. "  # put before what is said after a loss, for the search only
PREGNANT_AGAIN = "I am pregnant again after losing a baby. "  # the same for who is pregnant now
ARTICLE_OF_PREGNANT_AGAIN = "pregnant-or-parenting-after-loss"
ARTICLE_OF_LOSS = "when-a-baby-dies"
OF_ANOTHER = "Somebody I love died, and now there is a baby."  # what is looked for after another's death
SURE = 0.75  # confidence from which a reading alone counts as a loss
CERTAIN = 0.9  # from here on also where somebody else's death is named: "he's gone. My husband lost it"
OF_A_LIVING_BABY = frozenset(
    {"feel_disconnected", "feel_no_instant_love", "feel_rejected_by_baby", "feel_baby_harmed_by_me", "feel_regret",
     "feel_not_enough", "ask_how_to_bond", "ask_duration", "about_feeding", "about_nicu", "about_siblings"}
)  # fmt: skip
# Topics of a baby who is there: after one of them "he was so wanted" is no loss, unless a word of one is said.
OF_A_BABY_AT_HOME = frozenset(
    {"feel_disconnected", "feel_no_instant_love", "feel_rejected_by_baby", "feel_baby_harmed_by_me", "ask_how_to_bond"}
)
# "I feed him", and no "I hold her photo" or "I feed her sister".
_CARES_FOR = re.compile(
    r"\bi (?:\w+ ){0,2}?(?:feed|change|bathe|bath|rock|dress|nurse|settle|hold|look at|look after|care for|do everything for) "
    r"(?:him|her|them|my (?:baby|son|daughter)|the baby)(?=\s*(?:$|[.,;!?]|(?:and|but|then|every|all|at|when|because|cos|like|i)\b))",
    re.IGNORECASE,
)
# "I didn't lose anyone", "my baby is alive": said by a parent who was answered as bereaved. No other living child is
# meant: "his twin is alive" ends no loss.
_LIVES = re.compile(
    r"\b(?:(?:didn.?t|did not|haven.?t|have not) (?:lose|lost) (?:any(?:one|body)?|a baby|a child|my baby)\b"
    r"(?!.{0,20}\b(?:on purpose|because|through|by)\b)|(?:nobody|no one|noone) (?:has )?died|"
    r"(?:my|our) baby(?:.?s| is)(?: very much| still)? alive|my baby (?:isn.?t|is not) dead|not (?:a|my|the) baby\s*(?:$|[,.;!?])|"
    r"i (?:said|meant|mean) my (?:mum|mom|mother|dad|father|nan|gran|grandma|grandad|grandpa|brother|sister|uncle|aunt|"
    r"friend|dog|cat|job)\b)|^\W*(?:(?:no|nope|but|what|um)\b\W+)?(?:my|our) baby(?:.?s| is) (?:fine|healthy|well|ok|okay|here)\s*(?:$|[,.;!?])",
    re.IGNORECASE,
)
# "I keep pretending my baby is alive", "they told me it's not a baby": said in grief.
_IN_GRIEF = re.compile(
    r"\b(?:pretend\w*|wish\w*|dream\w*|feels?|as if|like|says?|told|just (?:a|cells)|funeral|i lost|heaven|urn|angels?)\b",
    re.IGNORECASE,
)
# Whose death or which loss it was, where it was no baby's; and words of a baby's death, beside which that does not count.
_OTHERS = (
    r"(?:dad|daddy|father|mum|mom|mam|mother|nan|gran|grandma|granny|grandad|grandpa|grandmother|grandfather|brother|sister|"
    r"uncle|aunt|auntie|cousin|friend|mate|neighbou?r|boss|husband|wife|partner|dog|cat|pet|horse|rabbit|hamster)"
)
_LOSS_OF_ANOTHER = re.compile(
    rf"\b(?:(?:my|our|his|her|the) (?:\w+ )?)?{_OTHERS}(?:.in.law)?(?:.?s)?,? (?:(?:has|had|have|just|also|recently|suddenly|is|was) )*"
    r"(?:died|dead|death|passed|dying|gone|funeral)\b|"
    rf"\b(?:lost|losing|buried|grieving|miss|missing|death of|loss of) (?:my|our|his|her|the) (?:\w+ )?{_OTHERS}\b",
    re.IGNORECASE,
)
_LOSS_OF_A_BABY = re.compile(
    r"\b(?:miscarr\w*|still ?-?born|still ?births?|tfmr|terminat\w+|ectopic|sids|no heart ?beat|born sleeping|"
    r"(?:little one|baby|babies|son|daughter|twin|twins|boy|girl|child|pregnancy)(?! ?(?:sister|brother))\b[^.!?]{0,20}\b"
    r"(?:died|dead|passed|lost|gone)|"
    r"(?:lost|losing|buried) (?:(?:it|him|her|them) at|our little one|(?:\w+ ){0,2}(?:baby|babies|son|daughter|twin|twins|boy|girl|child|pregnancy)))\b"
    r"(?! ?(?:sister|brother))",
    re.IGNORECASE,
)
# Words of a death or a loss, whoever's it is.
_LOSS_NAMED = re.compile(
    r"\b(?:miscarr\w*|still ?-?born|still ?births?|died|dead|death|dying|passed (?:away|on)|lost|losing|loss(?:es)?|"
    r"tfmr|terminat\w+|ectopic|molar|sids|cot death|no heart ?beat|heart stopped|buried|funeral|ashes|grave|grie\w+|"
    r"gone|(?:don.?t|no longer) have a baby any ?more|"
    r"(?:didn.?t|never) (?:take|took) a breath|born sleeping|rainbow baby|angel ?baby|(?:didn.?t (?:make it|survive|live)|never (?:came|made it) home)|empty (?:cot|crib|nursery|arms))\b",
    re.IGNORECASE,
)


_PREGNANT_AGAIN = re.compile(r"(?<!not )(?<!get )(?<!getting )(?<!never )\bpregnant again\b", re.IGNORECASE)
_OTHERS_PREGNANCY = re.compile(
    r"\b(?:sister|friend|everyone|everybody|she|cousin|neighbou?r)\b.{0,20}\bpregnant", re.IGNORECASE
)
_PREGNANT_NOW = re.compile(
    r"\b(?:i|we)(?:.?m|.?re| am| are) (?:now |already |about |only |nearly |actually )*(?:\d{1,2}(?:\+\d)? ?(?:w|wks?|weeks)\b|pregnant|expecting)"
    r"(?! (?:pp|post|out|on from|past|into|without|ago|after|since))|"
    r"(?:^|[.,!] *|\band |\bnow )pregnant now\b|(?<!lost )(?<!losing )(?<!ended )\bthis (?:is (?:my|our) (?:\w+ )?)?pregnancy\b",
    re.IGNORECASE,
)
_NO_LONGER = re.compile(
    r"\b(?:since|without|heart ?beat|heart stopped|ended|ago|stopped growing|passed|lost|died|miscarr\w*|terminat\w*)\b",
    re.IGNORECASE,
)


def pregnant_now(text: str) -> bool:
    """Whether `text` says that the writer is pregnant now, and nothing that would end it."""
    if _PREGNANT_AGAIN.search(text) and not _OTHERS_PREGNANCY.search(text):
        return True
    found = _PREGNANT_NOW.search(text)
    return found is not None and _NO_LONGER.search(text, found.end()) is None


def since_told(texts: Sequence[str]) -> Sequence[str]:
    """Those of `texts` that are said after a loss: from the first on that names one, and what was said before it too
    where it is told as long past ("I'm 22 weeks", and then "I lost one last year").
    """
    place = next((place for place, text in enumerate(texts) if named(text)), None)
    if place is None:
        return ()
    return texts if _LONG_PAST.search(texts[place]) else texts[place:]


# A birth without life, told as past; and words of a body now, beside which the question about it is still asked.
_BORN_STILL = re.compile(r"\b(?:(?:didn.?t|never) (?:take|took) a breath|still ?-?born|born sleeping)\b", re.IGNORECASE)
_STATED_PAST = re.compile(
    r"\b(?:(?:days?|weeks?|months?|years?) ago|last (?:week|month|year|spring|summer|autumn|fall|winter)|"
    r"in (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*)\b",
    re.IGNORECASE,
)
_LONG_PAST = re.compile(
    r"\b(?:(?:months?|years?) ago|last (?:year|spring|summer|autumn|fall|winter)|the year before|in 20\d\d)\b",
    re.IGNORECASE,
)
_OF_A_BODY_NOW = re.compile(
    r"\b(?:now|still|today|tonight|just|minutes?|hours?|help|what do i do|blue|temperature|chills?|shiver\w*|burning|headache|chest|swollen|pads?|"
    r"discharge|fever|hot|bleed\w*|blood|clots?|smell\w*|faint|dizzy|pain\w*|hurts?|losing|soak\w*|shak\w*|breath(?:less|ing))\b",
    re.IGNORECASE,
)


def told_as_past(text: str) -> bool:
    """Whether `text` tells of a baby born without life, and of no body that is unwell now."""
    if not _BORN_STILL.search(text) or not _STATED_PAST.search(text):
        return False
    return _OF_A_BODY_NOW.search(_BORN_STILL.sub(" ", text)) is None


def lives(text: str) -> bool:
    """Whether `text` says that the writer's baby lives, or that somebody else is meant."""
    return _LIVES.search(text) is not None and _IN_GRIEF.search(text) is None


def of_another(text: str) -> bool:
    """Whether what was lost is somebody or something else, and no baby beside it."""
    return _LOSS_OF_ANOTHER.search(text) is not None and _LOSS_OF_A_BABY.search(text) is None


def cares_for_a_baby(text: str) -> bool:
    """Whether `text` tells of a baby who is cared for now: "I do everything for him and it's blank"."""
    return _CARES_FOR.search(text) is not None


def named(text: str) -> bool:
    """Whether `text` has a word of death or loss."""
    return _LOSS_NAMED.search(text) is not None
