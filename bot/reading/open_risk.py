"""What a message answers while a risk is open: a barrier, help that came, who is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.reading.amid_risk import safely_put_down, wants_an_exercise
from bot.reading.asides import silent
from bot.reading.doubt import EXPLAINED_BELOW, FEW_WORDS, admits, doubtful
from bot.reading.facts import bare_fact, says_how_often
from bot.reading.history import about_someone_else, last_crisis, last_crisis_words
from bot.reading.own_violence import hurt_an_adult
from bot.safety.context import only_polite
from bot.safety.follow_ups import OF_ANOTHER, FollowUp, get_follow_ups
from bot.safety.tiers import CHECK, gravest

if TYPE_CHECKING:
    from collections.abc import Callable

    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.safety.verdict import Verdict
    from bot.understanding.after_risk import Heard

WATCHED = "watched"  # the follow-up that never waits
FINE = "says_fine"
ONLY_PASSIVE = "only_passive"  # would not act on it, and wishes not to be here
DOUBTS, HELPED = "doubts_medical", "helped"
SYMPTOM = "symptom_medical"  # repeats tier E, whatever it is said beside
PUT_DOWN, ON_THE_WAY, ONLY_OK = "put_down", "on_the_way_for_another", "only_ok"
WAS_THE_CHILD, WAS_PAST = "was_the_child", "was_past_medical"
AWAY, WILL_TELL, STAY, NO_NUMBER, NUMBER_AGAIN = "away_now", "will_tell", "stay", "no_number", "number_again"
ON_HOLD, SYMPTOM_BESIDE = "on_hold", "symptom"  # the latter: a sign of the body beside another danger
TOLD_OF_THE_BODY = "tells_fact_medical"
# Their words are surer than what they are heard as.
NEVER_OUTDONE = frozenset({WATCHED, SYMPTOM, PUT_DOWN, AWAY, ON_HOLD, WAS_THE_CHILD, WAS_PAST})
TO_BE_SURER_OF = frozenset({SYMPTOM_BESIDE, WILL_TELL})  # as SOFT
# These explain an alarm, if the words say so, also one of tier I.
ONLY_BY_WORDS = frozenset({PUT_DOWN, ON_THE_WAY})
# By their words these say more than the yes or no that they begin with.
MORE_THAN_AN_ANSWER = frozenset({SYMPTOM, PUT_DOWN, ON_THE_WAY, NO_NUMBER, WAS_PAST})
CALLING_NOW, SOMEONE_HERE, TURNED_AWAY, BABY_SEEMS_FINE = "calling", "someone_here", "turned_away", "baby_seems_fine"
CALLING = frozenset({CALLING_NOW, "calling_medical"})  # "calling now" is a yes
TAKES_BACK, TOLD_FACT = "takes_it_back", "tells_fact"
TOLD_BY_RISK = {"E": TOLD_OF_THE_BODY, "V": "tells_fact_at_home"}
# The whole message: "this is a joke", of a queue, and "to him it's a joke" take nothing back.
_ONLY_A_JOKE = re.compile(
    r"^\W*(?:(?:sorry|no|oh|haha|lol|relax|chill)\W+)*(?:(?:it|that)(?:.?s| is| was)?\W+)?(?:(?:just|only)\W+)?(?:a joke|(?:just|only)\W+(?:dark|gallows|black) humou?r)"
    r"(?:\W+(?:sorry|lol|haha|relax|chill|obviously|ok|okay))*\W*$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:how|what|why|when|where|which|can i|can you|do i|does|should i|is there|is it)\b", re.IGNORECASE
)
# Whoever writes now for somebody who cannot: "This is Mark, her husband".
_INTRODUCES = re.compile(
    r"\bthis is (?:[\w.]+,? )?(?:her|his) (?:husband|wife|partner|mum|mom|mother|dad|father|sister|brother|friend)\b|"
    r"^\W*i.?m (?:her|his) (?:husband|wife|partner|sister|brother|friend)\b",
    re.IGNORECASE,
)
# A result of last week says nothing of today.
_EARLIER = re.compile(
    r"\b(?:(?:days?|weeks?|months?|years?) ago|last (?:week|night|month|time|year|\w+day)|yesterday|previous\w*|"
    r"on (?:mon|tue|wed|thu|fri|sat|sun)\w*)\b",
    re.IGNORECASE,
)
# "No, I wouldn't do anything, I only wish it would stop": what is not done is said.
_NOT_ACTING = re.compile(
    r"\b(?:wouldn.?t|would not|won.?t|never|not going to|no plans?|not (?:like )?that|nothing active|not do(?:ing)?|don.?t want to (?:do|hurt|act))\b",
    re.IGNORECASE,
)
_HELP_NAMED = re.compile(
    r"\b(?:call\w*|ring\w*|rang|rung|phon\w*|dial\w*|text\w*|hold|line|999|911|988|111|112|000|ambulance|er|a&e|hospital|ward|unit|doctor|gp|midwife|"
    r"nurse|help|wake|waking|woke\w*|told|tell\w*|samaritans|lifeline|mum|mom|sister|husband|wife|partner|neighbou?r|friend)\b",
    re.IGNORECASE,
)
_THEY = re.compile(r"\bthey(?:.?re)?\b", re.IGNORECASE)
_NOT_OVER = re.compile(r"\b(?:but|still|worse|without me|i can go|jump|not)\b", re.IGNORECASE)
# Said by who writes of themselves beside "my son is going there": then it is no word about somebody else's help.
_OWN_DANGER = re.compile(
    r"\b(?:kill\w*|die|dying|dead|suicid\w*|goodbye|pills?|tablets?|overdos\w*|rope|bridge|gun|knife|jump\w*|end it|too late|"
    r"not answer\w*|won.?t answer|isn.?t answer\w*|no answer|i can go|without me|myself|blood|gone quiet|locked|note|letter)\b",
    re.IGNORECASE,
)
_ASKS_WHETHER = re.compile(r"\?|\b(?:should|shall|do i|would|what|how|whether)\b", re.IGNORECASE)
# "I'll write to my sister" may be a farewell.
_FAREWELL = re.compile(
    r"\b(?:good.?bye|farewell|letters?|notes?|sorry|last|love (?:her|him|them)|will|everything they need|after i|when i.?m gone)\b",
    re.IGNORECASE,
)
# The whole of "I meant my son, he's two months old": with anything more, somebody else may be the danger.
_AN_AGE = r"(?:(?:only|just|not even) )?(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (?:weeks?|wks?|months?|mths?)(?: old)?"
_IS_THE_CHILD = re.compile(
    rf"\W*(?:(?:what|sorry|oh|lol|omg|um|no)\W+)*(?:i (?:meant|mean) (?:my|our|the) (?:baby|toddler|newborn|son|daughter|twin|cat|dog)\W*)?"
    rf"(?:(?:he|she)(?:['’]?s| is| was) (?:(?:only|just|still) )?(?:a (?:baby|toddler|newborn|infant)|{_AN_AGE})\W*)?(?:for (?:god|heaven)['’]?s sake\W*)?",
    re.IGNORECASE,
)
# Beside "that was last year": it has begun anew.
_GOES_ON = re.compile(
    r"\b(?:again|still|today|tonight|keeps?|since|getting|back|different|too|happening|as well|this (?:morning|time|week)|worse|(?<!not )now (?:it|he|she|im|i.?m|its)|but)\b",
    re.IGNORECASE,
)
# "I do not need an emergency number, I need another monitor".
_NEEDS_NO_NUMBER = re.compile(
    r"\b(?:(?:don.?t|do not|didn.?t) (?:need|want|ask for)|not|no need (?:of|for)) (?:an?|any|the|your|another)?(?: \w+)? ?"
    r"(?:numbers?|lines?|hotlines?|helplines?)\b",
    re.IGNORECASE,
)
_WANTS_A_LINE = re.compile(
    r"\b(?:numbers?|lines?|hotlines?|helplines?|call|ring|text|phone|somebody|someone)\b", re.IGNORECASE
)
_NOBODY = re.compile(r"\b(?:nobody|no one|noone|none|can.?t|cannot|won.?t|don.?t|couldn.?t|not|never)\b", re.IGNORECASE)
_THANKS = re.compile(r"\b(?:thanks?|thx|ty|cheers|ta)\b", re.IGNORECASE)
_OTHERS_STAY = re.compile(
    r"\b(?:she|he|they|mum|mom|mam|mother|dad|father|sister|brother|husband|wife|partner|friend|aunt\w*|cousin|gran\w*|nan|neighbou?r)"
    r"(?: (?:can|could|will|would|is|to|wants to|said))* (?:stay|remain)",
    re.IGNORECASE,
)
ANSWERED = ("ask_", "about_", "feel_", "request_")
# Said plainly, these are what a parent wants, also after a crisis reply.
OTHER_WISHES = {"ask_consultation", "manage_booking", "request_booking", "request_helplines"}
_WISH_NAMED = re.compile(r"\b(?:book|appointment|consult|cost|price|number|helpline|hotline|lines?|resched|cancel|slots?)", re.IGNORECASE)  # fmt: skip
# "My phone has no credit", after a crisis, is a barrier rather than a second crisis; but no alarm of means, plan, the
# baby or the body is put down to something else.
NEVER_EXPLAINED = {"E", "I"}
# Shares of what a message is heard as (bot/understanding/after_risk.py).
SURER_THAN_WORDS = 0.75
EXPLAINS_FROM = 0.5
ABOUT_THE_LINE = (NUMBER_AGAIN, NO_NUMBER, "about_the_call")  # a wish for a number, and for these lines
SOFT_FROM = 0.4
SOFT = ("tells_fact", "good_news", "frightened")  # said in passing beside much else: they need to be heard more surely
# Said in danger too: they explain no alarm.
NO_REASON = (
    *SOFT,
    SOMEONE_HERE,
    SYMPTOM_BESIDE,
    "stay",
    "little_time",
    "will_tell",
    "no_number",
    "meanwhile",
    AWAY,
    ONLY_OK,
    WAS_THE_CHILD,
    WAS_PAST,
)


def _speaks_past(meant: _Meant, tracker: DialogueStateTracker, text: str) -> bool:
    """Whether the follow-up is meant for somebody else: "they" of who hears voices are no doctors, a partner who was
    hit is no baby who seems well, who frightens the writer is nobody to call in, and who only gets in the car calls nobody.
    """
    name, risk = meant.follow_up.name, tracker.get_slot("risk")
    if name in {TURNED_AWAY, HELPED}:
        return risk == "P" and not about_someone_else(tracker) and _THEY.search(text) is not None
    if name == SOMEONE_HERE:
        # For these two tiers the reply says: somebody you trust, and not the one who frightens you.
        return bool(tracker.get_slot("violence")) and risk not in {"S", "I"}
    if name == CALLING_NOW and not meant.by_words:
        return _HELP_NAMED.search(text) is None
    return name == BABY_SEEMS_FINE and hurt_an_adult(last_crisis_words(tracker))


def _fits(tracker: DialogueStateTracker, text: str) -> Callable[[FollowUp], bool]:
    """Whether a follow-up can be what `text` says: what else stands beside some words makes them something else."""

    def fits(one: FollowUp) -> bool:
        if one.name == ONLY_OK:
            asked = tracker.get_slot("asked")
            return only_polite(text) and (
                asked is None or (asked == "someone_near" and _THANKS.search(text) is not None)
            )
        if one.name == PUT_DOWN:
            return safely_put_down(text)
        if one.name == WAS_THE_CHILD:
            return _IS_THE_CHILD.fullmatch(text) is not None
        if one.name == WAS_PAST:
            return _GOES_ON.search(text) is None
        if one.name == ON_THE_WAY:
            return _OWN_DANGER.search(text) is None and _ASKS_WHETHER.search(text) is None
        if one.name.startswith(NUMBER_AGAIN):
            return not needs_no_number(text)
        if one.name.startswith(STAY):
            return _OTHERS_STAY.search(text) is None
        return one.name != WILL_TELL or (_FAREWELL.search(text) is None and _NOBODY.search(text) is None)

    return fits


def needs_no_number(text: str) -> bool:
    """Whether `text` says that no number is wanted: "I need tips, not a hotline"."""
    found = _NEEDS_NO_NUMBER.search(text)
    return found is not None and _WANTS_A_LINE.search(text[: found.start()] + " " + text[found.end() :]) is None


def says_away(text: str) -> bool:
    """Whether the words say that who frightens the writer is out."""
    found = get_follow_ups().find(text, "V")
    return found is not None and found.name == AWAY


class _Meant(NamedTuple):
    """A follow-up that a text may be; `by_words` tells whether a rule knows it, rather than what it is heard as."""

    follow_up: FollowUp
    by_words: bool


def follow_up(
    tracker: DialogueStateTracker, text: str, intent: str, verdict: Verdict, heard: Heard | None
) -> FollowUp | None:
    """What the text answers while a risk is open, by its words or as the kind of message that it is `heard` as; new
    danger and a wish for something else come first.
    """
    if silent(text) or (tracker.get_slot("asked") == "safety" and says_how_often(text)):
        return None
    found = _found(tracker, text, intent, verdict, heard)
    return found or _sign_amid_emergency(tracker, text, verdict) or _told_amid_emergency(tracker, text, intent, verdict)


def _sign_amid_emergency(tracker: DialogueStateTracker, text: str, verdict: Verdict) -> FollowUp | None:
    """A sign of the body that alone would only be asked about ("typing is getting hard"): in an emergency it is one."""
    sign = verdict.tier == CHECK and verdict.label == "crisis_medical" and "?" not in text
    return get_follow_ups().named(SYMPTOM) if sign and tracker.get_slot("risk") == "E" else None


def _told_amid_emergency(tracker: DialogueStateTracker, text: str, intent: str, verdict: Verdict) -> FollowUp | None:
    """What is told in a few words in the turns of an emergency of the body, and read as a feeling: no article is for it,
    and nothing is good to read.
    """
    amid = tracker.get_slot("tier") == "E" or tracker.get_slot("follow_up") not in {None, HELPED}
    few = len(text.split()) <= FEW_WORDS and not _ASKS.search(text) and "?" not in text
    if tracker.get_slot("risk") != "E" or verdict.alarm or not (amid and few and intent.startswith("feel_")):
        return None
    return get_follow_ups().named(TOLD_OF_THE_BODY)


def _found(
    tracker: DialogueStateTracker, text: str, intent: str, verdict: Verdict, heard: Heard | None
) -> FollowUp | None:
    meant = _meant(tracker, text, intent, heard)
    if meant is None or not _counts(meant, tracker, text, verdict, heard):
        return None
    found = meant.follow_up
    risk = str(tracker.get_slot("risk"))
    if found.name == WATCHED or found.repeats:
        return found
    if wants_an_exercise(tracker, text):
        return None
    if verdict.alarm and not _explains(meant, tracker, text, verdict, heard):
        return None
    if found.name == FINE and _ASKS.search(text) and intent.startswith(ANSWERED):
        return None  # "I'm fine. How do I get her to nap?" is a question; the bar stays below its answer
    if tracker.get_slot("exercise"):
        return None
    wishes = intent in OTHER_WISHES and _WISH_NAMED.search(text) and not found.name.startswith(ABOUT_THE_LINE)
    surer = not meant.by_words and heard is not None and heard.surely(EXPLAINS_FROM)
    return None if wishes and not surer and risk != "E" else found


def _meant(tracker: DialogueStateTracker, text: str, intent: str, heard: Heard | None) -> _Meant | None:
    """The follow-up that the text may be, by its words, or by what it is heard as where no words are known or that is
    surer than they are.
    """
    risk, crisis, known = tracker.get_slot("risk"), last_crisis(tracker), get_follow_ups()
    if tracker.get_slot("violence") and (watched := known.find(text, "V")) and watched.name == WATCHED:
        return _Meant(watched, by_words=True)  # whatever else is open: who frightens the writer may be in the room
    fits = _fits(tracker, text)
    found = known.find(text, risk, crisis, fits)
    if found and (found.name in NEVER_OUTDONE or found.repeats):
        return _Meant(found, by_words=True)
    if found is None and _ONLY_A_JOKE.match(text):
        return _Meant(known.named(TAKES_BACK), by_words=True)
    if found is None and risk and bare_fact(text):
        return _Meant(known.named(TOLD_BY_RISK.get(risk, TOLD_FACT)), by_words=True)
    if heard and (found is None or heard.surely(SURER_THAN_WORDS)):
        by_kind = known.heard(heard.kind, risk, crisis)
        if by_kind is None and _INTRODUCES.search(text):
            by_kind = known.heard(heard.kind, risk, OF_ANOTHER)
        if by_kind and by_kind.name == WILL_TELL and heard.share < SOFT_FROM and fits(by_kind):
            # "My sister maybe": somebody is named, and whether they are here or are to hear of it is the same help.
            by_kind = known.heard(SOMEONE_HERE, risk, crisis)
        soft = by_kind is not None and (by_kind.name.startswith(SOFT) or by_kind.name in TO_BE_SURER_OF)
        if found and by_kind and found.name == by_kind.name:
            return _Meant(_not_again(found, tracker), by_words=True)
        if by_kind and fits(by_kind) and (heard.share >= SOFT_FROM or not soft):
            return _Meant(_not_again(by_kind, tracker), by_words=False)
    return _Meant(_not_again(found, tracker), by_words=True) if found else None


def _not_again(found: FollowUp, tracker: DialogueStateTracker) -> FollowUp:
    """`found`; of "he's fine now", after a doctor has looked, what is said of help: nobody is sent again."""
    looked = found.name == DOUBTS and tracker.get_slot("follow_up") == HELPED
    return get_follow_ups().named(HELPED) if looked else found


def _counts(meant: _Meant, tracker: DialogueStateTracker, text: str, verdict: Verdict, heard: Heard | None) -> bool:
    """Whether what is `meant` fits the writer's situation, and no graver danger speaks against it."""
    risk, found = tracker.get_slot("risk"), meant.follow_up
    if _speaks_past(meant, tracker, text):
        return False
    if found.name == HELPED and (_NOT_OVER.search(text) or _EARLIER.search(text)):
        return False  # "they said it's nothing but he's getting worse"; "the scan was clear last week"
    if found.name == WATCHED:
        return verdict.tier in {None, CHECK} or (verdict.tier == "V" and meant.by_words)
    if found.repeats:
        # "He won't let me see a doctor" of a writer in danger is no word about somebody else's. What is only heard as a
        # refusal stands against no danger of the writer's own.
        theirs = meant.by_words or (
            verdict.label in {None, OF_ANOTHER} and heard is not None and heard.surely(EXPLAINS_FROM)
        )
        no_graver = not verdict.alarm or gravest(risk, verdict.tier) == risk
        return about_someone_else(tracker) and theirs and no_graver
    return True


def _words_say_otherwise(name: str, verdict: Verdict, text: str) -> bool:
    """Whether a doubtful alarm is about what was asked for: the baby put down, and somebody on the way to who is in
    danger. What is open stays as grave, and the numbers stay in sight.
    """
    if name == PUT_DOWN:
        return verdict.label in {"crisis_harm_baby", OF_ANOTHER} and safely_put_down(text)
    return name == ON_THE_WAY and verdict.tier in {"S", "I"} and verdict.label != "crisis_harm_baby"


def _explains(meant: _Meant, tracker: DialogueStateTracker, text: str, verdict: Verdict, heard: Heard | None) -> bool:
    """Whether an alarm of this message may be put down to what it is `meant` to say."""
    name = meant.follow_up.name
    surely = meant.by_words or (heard is not None and heard.surely(EXPLAINS_FROM))
    if name == ONLY_PASSIVE:
        # The reply is one of the same tier, so that the score does not count.
        asked = tracker.get_slot("asked") == "safety"
        denied = _NOT_ACTING.search(text) is not None and not admits(text)
        return verdict.tier == "S" and asked and surely and denied
    if not doubtful(verdict, EXPLAINED_BELOW) or name.startswith(NO_REASON):
        return False
    if name in ONLY_BY_WORDS:
        return meant.by_words and _words_say_otherwise(name, verdict, text)
    if verdict.tier in NEVER_EXPLAINED:
        # "I've woken him, he's taken the bag": help has come in what is open already, and its numbers stay in sight.
        with_help = name == HELPED and not meant.by_words and heard is not None and heard.surely(SURER_THAN_WORDS)
        return with_help and gravest(tracker.get_slot("risk"), verdict.tier) == tracker.get_slot("risk")
    return surely
