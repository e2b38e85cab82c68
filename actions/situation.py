"""What decides which exercise fits: the topic, the time of day, whether the baby is in arms, and what came before."""

from __future__ import annotations

import os
import re
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from actions.paths import KNOWLEDGE
from knowledge.exercises import Exercise, Situation
from knowledge.practice import current_practice

if TYPE_CHECKING:
    from actions.session import Session

NIGHT = (22, 6)  # hours from and to which it is night, in the practice's time zone
# Labels for which an exercise is not offered unasked (docs/safety-case.md, rule 8); asking for one is another matter.
NOT_UNASKED = frozenset({"about_nicu", "about_birth", "feel_intrusive_thoughts", "feel_angry", "about_loss"})
ASKED_FOR = "request_exercise"
_IN_ARMS = re.compile(
    r"\b(?:asleep|sleeping|lying|lies|laying|crashed out|napping|dozing|settled) (?:on|against|across) (?:me|my)\b|"
    r"\b(?:in|on) my (?:arms?|lap|chest|shoulder)\b|\bin (?:the|a|my) (?:sling|carrier|wrap)\b|"
    r"\b(?:holding|rocking|cuddling|carrying|nursing|feeding|breastfeeding) (?:him|her|them|the baby|my baby|bub|baby)\b|"
    r"\b(?:nap|baby|contact) ?(?:trapped|napping)\b|\bone (?:free )?(?:hand|arm)\b|\bon the (?:boob|breast)\b"
)
_NOT_IN_ARMS = re.compile(
    r"\b(?:asleep|sleeping|down|napping|put (?:him|her|them|the baby) down)\b[^.?]*\b(?:in (?:the|his|her|their)|cot|crib|bassinet|moses|bed|pram|stroller)\b|"
    r"\b(?:he|she|baby|bub|they)(?:s|'s| is| are)? (?:with|at|out with) (?:my|his|her|the|nursery|daycare|grandma|gran|nan)\b|"
    r"\b(?:without (?:him|her|the baby|my baby|a baby)|on my own for|by myself for|at work|on the (?:bus|train)|in the car|hands free)\b|"
    r"\bi(?:'?m| am) pregnant\b"
)
_NIGHT_WORDS = re.compile(
    r"\b(?:[1-5] ?am|[1-5] in the morning|middle of the night|tonight|night|bedtime|can'?t sleep|awake at)\b"
)
_STEM = 5  # letters that two words of one family share: "breathing", "breath"


def arms(texts: list[str]) -> bool | None:
    """Whether the baby is in the parent's arms, by the last of `texts` that says so; None where none does."""
    for text in reversed(texts):
        lowered = text.lower()
        if _IN_ARMS.search(lowered):
            return True
        if _NOT_IN_ARMS.search(lowered):
            return False
    return None


def is_night(text: str, now: datetime | None = None) -> bool:
    """Whether the words speak of the night, or it is night in the practice's time zone."""
    if _NIGHT_WORDS.search(text.lower()):
        return True
    hour = now.hour if now else _hour()
    return hour >= NIGHT[0] or hour < NIGHT[1]


def _hour() -> int:
    """The hour where the practice is; that of ATTUNE_HOUR for written dialogues, which have no time of their own."""
    set_to = os.environ.get("ATTUNE_HOUR", "")
    return int(set_to) if set_to else datetime.now(ZoneInfo(current_practice(KNOWLEDGE).time_zone)).hour


def situation(session: Session, *, unasked: bool) -> Situation:
    """The situation of `session`. Asked for, an exercise may be offered after a topic for which none comes unasked."""
    label = session.intent if unasked else session.topic or ASKED_FOR
    if not unasked and label in NOT_UNASKED:
        label = ASKED_FOR
    left = [running.id for running in (session.running, session.paused) if running]
    return Situation(
        label=label,
        loss=session.loss,
        heard=session.heard,
        seen=[*session.done_exercises, *session.offered_exercises, *left],
        arms=arms(session.recent),
        night=is_night(session.text),
    )


def asked_by_name(exercise: Exercise, text: str) -> bool:
    """Whether `text` names the kind: "a breathing exercise", "the one with water"."""
    return bool(_stems(_names(exercise)) & (_stems(text) - _COMMON))


def _names(exercise: Exercise) -> str:
    return f"{exercise.id} {exercise.name} {_KINDS.get(exercise.id, '')}"


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in re.findall(r"[a-z]+", text.lower())}


def refused(exercise: Exercise, text: str) -> bool:
    """Whether `text` says that this kind is not wanted: "no breathing please", "anything but the water one"."""
    paced = "breathing" if any(step.pace for step in exercise.steps) else ""
    names = _stems(f"{_names(exercise)} {paced}")
    return any(names & (_stems(found.group(1)) - _COMMON) for found in _REFUSED.finditer(text.lower()))


def wants_another(running: Exercise, text: str) -> bool:
    """Whether `text`, said while `running` goes on, asks for another kind."""
    return refused(running, text) or _ANOTHER.search(text.lower()) is not None


_ANOTHER = re.compile(
    r"\b(?:(?:a |an |something )?different(?: one| kind)?|another(?: one| kind)?|other one|something else)\b"
)
_REFUSED = re.compile(
    r"\b(?:no|not|without|(?:anything|something) (?:but|other than)|except|don'?t (?:want|like)|can'?t do|hate)\b"
    r"(?=(?: (?:the|any|a|more|another|with|do|your))*((?: [a-z]+){1,2}))"
)
_KINDS = {
    "slow-breathing": "breathe breathing breath",
    "five-senses": "senses 54321 grounding",
    "hand-on-heart": "compassion kind",
}
_COMMON = frozenset(w[:_STEM] for w in ["a", "an", "the", "of", "on", "at", "in", "with", "your", "you", "one", "time", "two", "three", "letting", "away", "morning", "minute", "noticing", "hand", "hands", "own", "by", "to", "baby", "longer", "out", "sense", "go", "soft", "small", "for", "my"])  # fmt: skip
