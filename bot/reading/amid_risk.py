"""What is said amid a risk beside an answer: when it is to be, that an exercise is wanted, that the baby is put down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.reading.history import last_crisis
from bot.safety.context import QUIET_TURNS

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker

# Said of the baby beside "I put her down": something was done, or the wish goes on.
_HARM_GOES_ON = re.compile(
    r"\b(?:want\w*|wanna|wish\w*|urge\w*|going to|gonna|will|ill|might|almost|nearly|hard|hit\w*|shook\w*|shak\w+|thr[eo]w\w*|"
    r"slam\w*|squeez\w*|smother\w*|chok\w*|bit|kick\w*|punch\w*|grab\w*|drop\w*|burn\w*|limp|floppy|blood|bleed\w*|bruis\w*|still(?! (?:crying|screaming|awake|yelling))|"
    r"hurt\w*|harm\w*|mean\w*|hat(?:e|ing)|again|yet|sorry|kill\w*|die|dead|pillow|water|window|quiet|silent|stopped|blue|gr[ea]y|purple|pale|cold|face|over (?:his|her) head|not (?:breathing|moving|waking)|can.?t|until|unless|if|but)\b",
    re.IGNORECASE,
)
_DENIES_HARM = re.compile(
    r"\b(?:didn.?t|did not|haven.?t|have not|never) (?:touch\w*|hurt|harm\w*|sh[ao]\w+k?e?|hit|drop\w*) (?:him|her|them|the baby)\b",
    re.IGNORECASE,
)
# A time and no more, while a life is open: when it is to be. "Not tonight" is read by bot/safety/context.py.
_WHEN_IT_IS_TO_BE = re.compile(
    r"^\W*(?:(?:no|nope|yes|yeah|yep|ok|okay|well|just|i mean|so|it.?s|its|it will be|it.?ll be|maybe|probably|prob|sometime|for)\W+)*"
    r"(?:tonight|tonite|2nite|2night|this (?:evening|morning|afternoon)|later tonight|before (?:morning|dawn)|"
    r"(?:when|once|after) (?:he|she|they|everyone|everybody|the kids|the baby)(?:.?s|.?re| is| are)? (?:asleep|in bed|gone|sleeping)|"
    r"i.?m (?:going to|gonna) do it|"
    r"(?P<vague>(?:very |really |pretty )?soon|(?:(?:on|by|this|next) )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: (?:night|morning|evening))?|later today|today|before long|in a (?:bit|minute|while|few (?:minutes|mins|hours))))"
    r"(?:\W+(?:i think|maybe|probably|probs|yes|yeah|definitely|for sure|then|now|tonight))*\W*$",
    re.IGNORECASE,
)
# The same in a sentence: "it's got a time attached to it".
_HAS_A_TIME = re.compile(
    r"\b(?:it.?s got|it has|it.?s|there.?s|there is|i.?ve got|i have|i.?ve (?:set|picked|chosen)|i (?:set|picked|chose)) (?:a|the) (?:time|date|day) "
    r"(?:attached|in mind|for it|(?:set|picked|chosen|fixed)(?! (?:for|with|by|at|to|on)))\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:want|wanna|going|gonna|will|might|could|would|afraid|scared)\b.{0,20}\b(?:do|did|happens?) (?:it|that) again\b",
    re.IGNORECASE,
)
_OF_ONESELF = re.compile(
    r"\b(?:myself|cut\w*|pills?|tablets?|took|taken|overdos\w*|bridge|drove|die|dead|kill\w*|end it|my (?:arms?|wrists?|legs?|life|head|car))\b",
    re.IGNORECASE,
)
# Questions to which a time is an answer of its own.
_TIME_ANSWERS = frozenset(
    {"booking", "exercise_next", "rating_before", "rating_after", "body", "intrusive", "safe_to_chat"}
)
_WHO_IS_NEAR = frozenset({"someone_near", "offer"})  # to these, "soon" is an answer, and "tonight" is not
_AN_EXERCISE = re.compile(
    r"\b(?:exercises?|(?:five|5) senses|5[ -]?4[ -]?3[ -]?2[ -]?1|grounding|(?:box |belly )?breathing (?:thing|one|bit|technique)|"
    r"body scan|something to (?:calm|settle|ground)(?: me)?)\b",
    re.IGNORECASE,
)
_WISHES = re.compile(
    r"\b(?:can|could|do|want|like|let.?s|lets|give|show|try|have|please|pls|need|rather|instead)\b", re.IGNORECASE
)
_NOT_SPEAKING = re.compile(
    r"\b(?:(?:don.?t|do not|can.?t|can ?not|not|rather not) (?:(?:really|want to|wanna|have to|be able to) )*(?:talk|speak|think|discuss|call|say)\w*)\b",
    re.IGNORECASE,
)
_REFUSED_OR_TRIED = re.compile(
    r"n['’]t\b|\b(?:not|no|never|dont|cant|doesnt|didnt|wont|isnt|hate|stop|tried|help(?:ed|s)?|worse)\b", re.IGNORECASE
)
MOST_WORDS_OF_A_WISH = 20
EXERCISE_AMID = frozenset({"S", "I", "V"})  # of a body, and where thoughts feel right, the call goes first


def safely_put_down(text: str) -> bool:
    """Whether a baby put down is all that is told: nothing was done to them, and no wish goes on."""
    return _HARM_GOES_ON.search(_DENIES_HARM.sub("", text)) is None


def when_it_is_to_be(tracker: DialogueStateTracker, text: str) -> bool:
    """Whether `text` says when it is to be, while a life is at risk: what is told so is imminent. The whole of it is a
    time ("no. tonight"), or it tells that there is one; that counts right after the gentle question too.
    """
    asked, risk = tracker.get_slot("asked"), tracker.get_slot("risk")
    if asked in _TIME_ANSWERS:
        return False
    at_risk = risk in {"S", "I"}
    if _HAS_A_TIME.search(text):
        return at_risk or (risk is None and lately_checked(tracker))
    if not at_risk or tracker.get_slot("exercise"):
        return False
    found = _WHEN_IT_IS_TO_BE.match(text)
    return found is not None and not (found["vague"] and asked in _WHO_IS_NEAR)


def lately_checked(tracker: DialogueStateTracker) -> bool:
    """Whether the direct question was asked, gently, within the last turns."""
    turns: float | None = tracker.get_slot("turns_since_check")
    return turns is not None and turns <= QUIET_TURNS


def means_the_baby(tracker: DialogueStateTracker, text: str) -> bool:
    """Whether "I want to do it again" is said of the baby who was hurt, and of no life of the writer's own."""
    of_the_baby = last_crisis(tracker) == "crisis_harm_baby" and _OF_ONESELF.search(text) is None
    return of_the_baby and _AGAIN.search(text) is not None


def wants_an_exercise(tracker: DialogueStateTracker, text: str) -> bool:
    """Whether an exercise is asked for while a risk is open: "can I not talk about this and do the five senses thing"."""
    if tracker.get_slot("risk") not in EXERCISE_AMID or len(text.split()) > MOST_WORDS_OF_A_WISH:
        return False
    rest = _NOT_SPEAKING.sub("", text)
    return bool(_AN_EXERCISE.search(rest) and _WISHES.search(text) and not _REFUSED_OR_TRIED.search(rest))
