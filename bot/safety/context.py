"""What a message means after what was asked: "yes" to the direct question is no small word."""

from __future__ import annotations

import itertools
import re

from bot.safety.fold import END, fold
from bot.safety.thoughts import ABOUT_THOUGHTS, kind_of_thoughts
from bot.safety.tiers import CHECK
from bot.safety.verdict import TIER_OF, Verdict
from bot.understanding.labels import is_crisis

YES = Verdict("S", "crisis_suicide", "context", "answer to the direct question")
OF_BODY = Verdict("E", "crisis_medical", "context", "answer to the question about the body")
# Signs that were already asked about need not be asked about again in the next turns.
QUIET_TURNS = 3


SAFETY_QUESTIONS = frozenset({"safety", "safe_to_chat", "someone_near", "intrusive", "body"})
MOST_WORDS = 2  # a longer message says more than its first word, unless a safety question was asked
MOST_NEAR = 4
MOST_AFTER_OK = 4
# Words that go on with an exercise; after a safety question they are no yes.
_GOING_ON = {"next", "ready", "done", "continue"}
_POLITE = {"ok", "okay", "sure"}
_PRESENT = {"yes", "yeah", "yep", "here", "home", "upstairs", "downstairs", "next"}
_ABSENT = {"no", "not", "nobody", "noone", "none", "alone", "only", "isnt", "baby"}
UNDECIDED = "undecided"
_ILL = {"bleeding", "pain", "fever", "both", "now"}
_BUT = {"but", "just", "only", "shes", "hes"}
_RINGS = {"ring", "ringing", "call", "calling", "rung", "called", "phoning", "dialling", "dialing"}
_GOES_ON = {"back", "again", "repeat", "enough", "stop", "next", "done", "ready", "continue"}
_WELL = {"fine", "well", "ok", "okay", "alright", "good"}
# "No. maybe a bit": a no to the direct question that is half taken back. "Maybe I'm just tired" takes nothing back.
_HEDGE = re.compile(r"\b(?:maybe|sometimes|perhaps|possibly|dunno|idk|i dont know)\b")
_OWNED_AFTER_ALL = re.compile(r"\b(?:i do|(?:think|thought|thinking) (?:about|of) (?:it|that|dying))\b")
_ANOTHER_REASON = re.compile(r" (?:im|i am|its|it is|i need|i should|ill|just|only|we|later|tomorrow)\b")
_PLEASED = {"good", "great", "thanks", "thank", "cool", "perfect", "lovely", "nice"}
_OWNS = re.compile(
    r"\b(?:i am|im|i do|i have|ive|i guess|i suppose|honest\w*|true|exactly|every|all the time|die|dying|dead|live|living|end it|harm|hurt)\b"
)
_HALF = re.compile(r"\b(?:a (?:tiny |little )?(?:bit|little)|sort of|kind of)(?: like that| maybe| yes)?$")
_FIRM = re.compile(r"\b(?:not|even|just|only|tired|sad)\b")
_SURELY = {("i", "think", "so"), ("it", "is"), ("i", "am"), ("she", "is"), ("he", "is"), ("we", "are")}
_THANKS = {"thanks", "thank", "you", "ty", "ta", "cheers", "thx"}
_FIRST_WORDS = {
    "affirm": {"yes", "yeah", "yep", "yea", "ya", "yup", "ok", "okay", "sure", "next", "ready", "done", "continue"},
    "deny": {"no", "nope", "nah"},
    "stop": {"stop", "enough", "quit"},
    "repeat": {"again", "repeat", "back"},
    "unsure": {"maybe", "idk", "dunno", "perhaps", "possibly"},
}
# "Not kill myself, no" is a no; "not yet" and "never mind me" are none.
_DENIALS = {("not", "kill"), ("not", "like"), ("nothing", "like"), ("not", "really"), ("not", "at")}
_NO_DENIAL = {"one", "body", "point", "reason", "use", "more", "longer", "way", "matter"}  # "no one would miss me"
# "No police", "no hotlines", to "are you thinking about killing yourself?", is a wish and no answer.
_NOT_WANTED = frozenset(
    [
        "police",
        "cops",
        "ambulance",
        "ambulances",
        "hospital",
        "hospitals",
        "doctor",
        "doctors",
        "number",
        "numbers",
        "hotline",
        "hotlines",
        "helpline",
        "helplines",
        "lines",
        "call",
        "calls",
        "calling",
        "phone",
        "phones",
        "strangers",
        "therapy",
        "exercise",
        "exercises",
        "breathing",
        "grounding",
        "booking",
        "consultation",
    ]
)
_HEDGED = {("no", "idea"), ("not", "sure"), ("yeah", "nah"), ("yes", "no"), ("yeah", "but"), ("yes", "but")}


def short_answer(text: str, asked: str | None) -> str | None:
    """What the first word answers to an open question: "yes. but not tonight" is a yes. None where it is open."""
    words = [word.text for word in fold(text) if word.text != END]
    if not asked or not words:
        return None
    if asked == "safety" and firm_no(text):
        return "deny"
    if asked == "body" and (found := _about_the_body(words)) is not UNDECIDED:
        return found
    if asked == "exercise_next" and words[0] in _FIRST_WORDS["stop"]:
        return "stop"
    if asked == "offer" and words[0] in _POLITE and words[1:] and set(words[1:]) <= _THANKS:
        return "thank"  # "ok thanks" takes nothing that was offered
    if len(words) > MOST_WORDS and asked not in SAFETY_QUESTIONS:
        return None
    if len(words) > MOST_NEAR and asked == "someone_near" and words[0] in _FIRST_WORDS["deny"]:
        return None  # "no it's a toy, she's six months old" says nothing of who is near
    if tuple(words[:2]) in _HEDGED and asked not in SAFETY_QUESTIONS:
        return None
    if tuple(words[:2]) in {("no", "idea"), ("not", "sure")}:
        return "unsure"
    if words[0] == "no" and words[1:3] == ["i", "know"] and _RINGS & set(words):
        return None  # "no I know, I'm ringing them now" answers nothing with no
    if asked == "safety" and words[0] == "no" and words[1:2] and words[1] in _NOT_WANTED:
        return None
    if tuple(words[:2]) == ("yeah", "nah") or (words[0] == "no" and words[1:2] and words[1] in _NO_DENIAL):
        return None
    if tuple(words[:2]) in _DENIALS:
        return _half_taken_back("deny", words, asked)
    if asked in SAFETY_QUESTIONS and words[0] in _GOING_ON:
        return None
    if asked == "safety" and words[0] in _POLITE:
        # "Ok" to "are you thinking about killing yourself?" is neither yes nor no; "ok got to go, visiting starts" is no answer.
        rest = " ".join(words[1:])
        owned = (
            (words[1:2] and words[1] in _FIRST_WORDS["affirm"]) or _OWNED_AFTER_ALL.search(rest) or _HEDGE.search(rest)
        )
        return "unsure" if len(words) <= MOST_AFTER_OK or owned else None
    if asked == "someone_near" and words[0] in _POLITE and _ABSENT & set(words):
        return None  # "ok no one is here"
    if asked == "someone_near" and words[0] in _POLITE and len(words) > 1 and not _PRESENT & set(words):
        return None  # "ok I'll ring them" says nothing of who is near
    found = next((intent for intent, firsts in _FIRST_WORDS.items() if words[0] in firsts), None)
    return _half_taken_back(found, words, asked)


def _half_taken_back(found: str | None, words: list[str], asked: str) -> str | None:
    """`found`, or not sure where a no to the direct question is half taken back in the same breath."""
    rest = " ".join(words[1:])
    return "unsure" if found == "deny" and asked == "safety" and _takes_back(rest) else found


def _takes_back(rest: str) -> bool:
    hedges = list(_HEDGE.finditer(rest))
    if hedges and _OWNED_AFTER_ALL.search(rest):
        return True
    if any(
        not _ANOTHER_REASON.match(rest, h.end()) and not re.search(r"\b(?:just|only)\b", rest[: h.start()])
        for h in hedges
    ):
        return True
    return _HALF.search(rest) is not None and _FIRM.search(rest) is None


def only_polite(text: str) -> bool:
    """Whether `text` is an "ok" or "ok thanks" and no more: to "is it happening now?" it is neither yes nor no."""
    words = {word.text for word in fold(text) if word.text != END}
    return bool(words) and words <= _POLITE | _THANKS


def polite_beginning(text: str) -> bool:
    """Whether `text` begins with "ok good" or the like and goes on with something else: no answer to the direct question."""
    words = [word.text for word in fold(text) if word.text != END]
    pleased = words[:1] != [] and words[0] in _POLITE and len(words) > MOST_AFTER_OK and words[1] in _PLEASED
    owned = _FIRST_WORDS["affirm"] - _POLITE - _GOING_ON
    return pleased and not owned & set(words) and _OWNS.search(" ".join(words[2:])) is None


def _about_the_body(words: list[str]) -> str | None:
    """The answer to "is it happening now?", a question about the body; UNDECIDED where its first word counts as ever."""
    some = set(words)
    if tuple(words) in _SURELY or (len(words) == 1 and words[0] in _ILL):
        return "affirm"
    if words[0] in _POLITE | _GOES_ON:
        return None  # "ok" says neither, and "back pain" is no step back
    if (words[0] in _FIRST_WORDS["deny"] or tuple(words[:2]) == ("not", "really")) and _BUT & some:
        return "unsure"
    if tuple(words[:2]) in {("yeah", "no"), ("yes", "no"), ("yeah", "nah")} or _WELL & set(words[1:]):
        return None
    return UNDECIDED


_LATER = {"today", "tonight", "yet", "now"}
# Nothing that is also said in danger: "no not today, I can't do this any more", "I'm not in a good place".
_FIRMLY = re.compile(r"\bnot at all\b(?! (?:well|ok|okay|good|fine|safe|right))|(?<!not )\bin a good place\b")
# All of the answer is a firm no: "no, not at all at the moment. I'd tell you". Whole, so that nothing stands beside it.
_FIRM_NO = re.compile(
    r"(?:(?:no|nope|nah|god|honestly|really|absolutely|definitely|truly|thanks|thank you)\b ?)*"
    r"(?:not at all|no way|absolutely not|definitely not|certainly not|of course not|not in the slightest|not remotely|not one bit|not even a bit)"
    r"(?: (?:no|really|honestly|truly|i promise|promise|thanks|thank you|at the moment|right now|at present|now|today|tonight|i swear|im not|i am not))*"
    r"(?: (?:and )?(?:id|i would|ill|i will) (?:tell|say to|let) (?:you|someone|somebody|them|him|her|my \w+)(?: know)?"
    r"(?: (?:if (?:i was|i were|it was|that changed|it changed|i did|they came)|honestly|i promise|promise|straight away))*)?"
)
# "Not at the moment" alone leaves open what comes after it.
_MOMENT = re.compile(
    r"\bnot (?:really )?(?:at (?:the|this|that) (?:very )?(?:moment|minute|second|time)|at present|for now|currently|this minute)\b|\bnot really (?:right now|now|today|tonight)\b"
)
_OWNED = {"yes", "yeah", "yep", "am", "will", "would", "do", "ill", "want"}


def firm_no(text: str) -> bool:
    """Whether the whole of `text` is a no that leaves nothing open."""
    return _FIRM_NO.fullmatch(" ".join(word.text for word in fold(text) if word.text != END)) is not None


def put_off(text: str, asked: str | None) -> bool:
    """Whether the answer to a safety question says "not today" of what was feared: that is no relief.

    To "is an adult near you?", "not yet" alone is an answer; with a yes or "I am" before it, it is none.
    """
    words = [word.text for word in fold(text) if word.text != END]
    if firm_no(text):
        return False
    if asked == "safety" and _MOMENT.search(" ".join(words)) and not _FIRMLY.search(" ".join(words)):
        return True
    if words and words[0] in _FIRST_WORDS["deny"] and _FIRMLY.search(" ".join(words)):
        return False  # "no not now, not at all, that was years ago"
    for place, (one, two) in enumerate(itertools.pairwise(words)):
        later = two in _LATER or words[place + 1 : place + 3] == ["right", "now"]
        if one == "not" and later and (asked == "safety" or _OWNED & set(words[:place])):
            return True
    return False


ANSWERS = frozenset().union(*_FIRST_WORDS.values(), *_DENIALS, *_HEDGED, _LATER, _OWNED, ABOUT_THOUGHTS)
"""The words that are looked for in an answer to a question about safety."""


def in_context(verdict: Verdict, intent: str, asked: str | None, turns_since_check: int | None) -> Verdict:
    """The verdict given what the last reply asked.

    A clear yes or "not sure" to "Are you thinking about killing yourself?" is tier S again, to the question about the
    body tier E; a check that was made within the last turns is not made again.
    """
    if verdict.alarm:
        return verdict
    if asked == "safety" and intent in {"affirm", "unsure"}:
        return YES
    if asked == "body" and intent in {"affirm", "unsure"}:
        return OF_BODY
    if verdict.label == "crisis_medical" and verdict.tier == CHECK and verdict.by != "context":
        # Another question than that about wanting to live: only asking it twice running is too often. A further sign
        # that a rule knows is an answer to it.
        if asked == "body" and verdict.by == "rules":
            return OF_BODY
        return Verdict(score=verdict.score) if asked == "body" else verdict
    recently = turns_since_check is not None and turns_since_check < QUIET_TURNS
    # Unwanted thoughts are answered by normalising, not by screening, unless a rule saw another sign (rule 7).
    unwanted = intent == "feel_intrusive_thoughts" and verdict.by == "classifier"
    if verdict.tier == CHECK and (recently or unwanted):
        return Verdict(score=verdict.score)
    return verdict


# Typed as they stand on the buttons of the direct question, or nearly so.
_WHOLE = {"affirm": {"i am", "i do", "i have", "yes i am"}, "unsure": {"im not sure", "i am not sure", "i dont know"}}


def answered(text: str, asked: str | None) -> str | None:
    """The label of a typed answer to a question about safety, by plain words: for moments in which no model reads it.

    None where no such question is open, or where the words are more than an answer to it.
    """
    if asked not in SAFETY_QUESTIONS:
        return None
    if asked == "intrusive":
        return kind_of_thoughts(text)
    if asked == "safety" and put_off(text, asked):
        return "affirm"
    words = " ".join(word.text for word in fold(text) if word.text != END)
    whole = next((intent for intent, sentences in _WHOLE.items() if words in sentences), None)
    return whole or short_answer(text, asked)


def danger_of(intent: str, asked: str | None) -> str | None:
    """The tier of an answer, typed or pressed, by its label alone: a yes to the direct question, a crisis that was named."""
    if is_crisis(intent):
        return TIER_OF.get(intent, "I")
    return in_context(Verdict(), intent, asked, None).tier
