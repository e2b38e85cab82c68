"""Messages that no label of the taxonomy is for: nothing, only emoji, contact details, the same again, abuse of the bot,
a bare fact or good news in mid-conversation.

Each has a written reply of its own (data/rules/asides.yml). They count only where the screening found no alarm.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.masking.contacts import EMAIL, PHONE
from bot.reading.language import known_english
from bot.reading.moves import plain
from bot.reading.slips import Slips
from bot.safety.fold import END, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

EMPTY, WORDLESS, DETAILS, REPEATED, ABUSE = "empty", "wordless", "details", "repeated", "abuse"
WHY_ASKED = "why_asked"
EXPLAINED = frozenset({"safety", "body"})  # questions whose yes and no mean the same after they were explained
ANOTHER_LANGUAGE = "another_language"
TOLD = {"tells_fact": "fact", "good_news": "good_moment"}  # what a message is heard as, and its aside
FACT = TOLD["tells_fact"]
ASIDES = (EMPTY, WORDLESS, DETAILS, REPEATED, ABUSE, ANOTHER_LANGUAGE, WHY_ASKED, *TOLD.values())
SAME_IN_A_ROW = 3
# As they are typed, and as the web process has masked them before Rasa sees them.
_EMAIL = re.compile(rf"[\w.+-]+@[\w-]+\.[\w.]{{2,}}|{re.escape(EMAIL)}")
_PHONE = re.compile(rf"(?<![\w.])\+?(?:\(?\d[\d\s().-]{{7,}}\d)(?!\w)|{re.escape(PHONE)}")
_NUMBER_ASKED = re.compile(
    r"\b(?:is|does|what|whats|which|who|helpline|line|hotline|call|ring|text)\b.*\?|\?$", re.IGNORECASE
)
_NAME = re.compile(
    r"^(?:my name is|my names|name is|the names|its|im|i am|this is|call me)? ?[a-z'-]+(?: [a-z'-]+)?$", re.IGNORECASE
)
_OPENING = frozenset(["my", "name", "names", "is", "the", "its", "im", "i", "am", "this", "call", "me"])
_WHEN = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b\d{1,2} ?(?:am|pm)\b|\b(?:morning|afternoon|evening|lunchtime|tomorrow|next week|"
    r"weekday|weekend)s?\b",
    re.IGNORECASE,
)
_SMALL = frozenset(
    [
        "yes",
        "no",
        "ok",
        "okay",
        "thanks",
        "thank",
        "ty",
        "thx",
        "ta",
        "cheers",
        "k",
        "lol",
        "maybe",
        "sure",
        "stop",
        "help",
        "hi",
        "hello",
        "hey",
        "bye",
        "what",
        "why",
        "how",
        "when",
        "who",
        "where",
        "nothing",
        "idk",
        "later",
        "not",
        "sad",
        "tired",
        "scared",
        "lonely",
        "alone",
        "fine",
        "good",
        "bad",
        "great",
        "lost",
        "sorry",
        "please",
        "wait",
        "cool",
        "nice",
        "right",
        "well",
        "hmm",
        "never",
    ]
)
# After the question about life or about the body: what it is asked for. Who says more than that says something else.
_WHY_ASKED = re.compile(
    r"^(?:(?:but|and|so|um|hm+|ok|okay|no|wait|sorry|huh|eh) )*(?:why (?:do|did|would|are|r|is|you|u)? ?(?:you|u|ya|that|this|it)?"
    r"(?: (?:even|all|always|keep|me|now))* ?(?:ask|asking|askin|asked|question|questions|want to know|wanna know|need to know|relevant)"
    r"(?: (?:that|this|it|me|all|now|again|such|a|question|questions|things|thing|if|about|the|time))*|"
    r"what (?:makes|made) (?:you|u) (?:ask|say that|think that|think so)(?: (?:that|this|me))*|wheres? (?:is |did |does )?(?:that|this) (?:come|coming|came) from|"
    r"what (?:has|does|did) (?:that|this|it) (?:got |have )?(?:got )?to do with (?:it|this|that|anything|me|my \w+|sleep|the baby)|how is (?:that|this) relevant|"
    r"what sort of (?:a )?question is (?:that|this)|what do (?:you|u) mean(?: by (?:that|this|it|harm|thoughts))?)$"
)
MOST_WHY = 12  # words; who says more answers, or tells
UNSURE_OF = frozenset({"out_of_scope", "nlu_fallback", "small_talk", "greet"})  # labels that a bare name is read as
MOST_DIGITS = 2
MOST_DETAILS = 12  # words of a message that gives a name, a number or a time
# Said to a program. "Shut up" and "I hate you" may be about a child who cries, so they need the program named.
_ABUSE = re.compile(
    r"\b(?:fuck(?:ing)? (?:you|off|this (?:bot|app|thing|chat))|screw you|(?:you|ur|youre|you are|u r) (?:a |an |so |fucking |such a |just a )*"
    r"(?:stupid|dumb|idiot|moron|shit|crap|garbage|trash|rubbish|pathetic|useless piece|bitch|cunt|wanker|retarded|worthless bot)|"
    r"(?:stupid|dumb|shit|shitty|crap|fucking|bloody|damn|idiotic) (?:bot|robot|machine|program|app|chatbot|computer|ai|thing)|"
    r"(?:shut up|i hate you|piss off|go to hell)(?: you)?(?: stupid| dumb| fucking)? (?:bot|robot|machine|program|app|chatbot|computer|ai))\b|"
    r"^(?:shut up|piss off|fuck off|fuck you|go to hell|bitch|asshole|arsehole|you suck|u suck)$"
)
_NOT_THE_BOT = re.compile(
    r"\b(?:he|she|hes|shes|him|her|my|baby|husband|wife|partner|mum|mom|told|tells|says|said|calls|called|myself|me)\b"
)


@lru_cache(maxsize=1)
def _abuse() -> Slips:
    return Slips(re.findall(r"[a-z]+", _ABUSE.pattern.replace(r"\b", " ")))


def aside(text: str, before: Sequence[str], asked: str | None, intent: str) -> str | None:
    """What kind of aside `text` is, or None. `before` are the parent's own messages, the last one last; `intent` is the
    label of this one.
    """
    visible = "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cc", "Zs", "Zl", "Zp"})
    if not visible:
        return EMPTY
    # Two digits are the number of a choice, where no choice has it.
    if not any(c.isalnum() for c in visible) or (visible.isdigit() and len(visible) <= MOST_DIGITS):
        return WORDLESS
    words = [word.text for word in fold(text) if word.text != END]
    if asked in EXPLAINED and len(words) <= MOST_WHY and _WHY_ASKED.match(" ".join(words)):
        return WHY_ASKED
    if _gives_details(text, words, asked, intent, before):
        return DETAILS
    typed = " ".join(words)
    if _ABUSE.search(" ".join(map(_abuse().mend, words))) and not _NOT_THE_BOT.search(typed):
        return ABUSE
    last = [" ".join(w.text for w in fold(said) if w.text != END) for said in before[1 - SAME_IN_A_ROW :]]
    return REPEATED if len(last) == SAME_IN_A_ROW - 1 and all(said == typed for said in last) else None


def silent(text: str) -> bool:
    """Whether `text` is dots or dashes only."""
    visible = "".join(text.split())
    return bool(visible) and set(visible) <= set(".…-–—_*")


def _names_a_detail(text: str) -> bool:
    """Whether `text` gives an address, a number or a time: what comes after it may be the next one."""
    return any(found.search(text) for found in (_EMAIL, _PHONE, _WHEN))


def _gives_details(text: str, words: Sequence[str], asked: str | None, intent: str, before: Sequence[str]) -> bool:
    if len(words) > MOST_DETAILS:
        return False
    if _EMAIL.search(text) or (_PHONE.search(text) and not _NUMBER_ASKED.search(text)):
        return True
    if "?" in text or not (asked == "booking" or (asked == "offer" and before and _names_a_detail(before[-1]))):
        return False
    own = set(plain(text)) - _OPENING  # "thans" is no name
    named = (
        _NAME.match(text.strip(" .,"))
        and own
        and not own & _SMALL
        and (intent in UNSURE_OF or not own & known_english())
    )
    return bool(named or (_WHEN.search(text) and not set(words) & {"no", "not", "cant", "stop"}))
