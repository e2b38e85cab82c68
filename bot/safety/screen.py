"""Decides whether a message gets an alarm, a check or neither, from both layers.

Either layer is enough. The classifier reads the whole message, every sentence, and every clause of a short message,
so that one of many is heard; alone it has to be clearer than the whole, since it lacks its context.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.safety.classifier import danger, danger_of_another, feeling, kind
from bot.safety.tiers import ALARM, CHECK, TIERS
from bot.safety.verdict import TIER_OF, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from bot.safety.patterns import Match, Patterns
    from bot.understanding.intents import Reading

    Floats = npt.NDArray[np.float32]


FEW_WORDS, VERY_FEW_WORDS = 10, 6
# A rule of tier E is taken at its word in a message of at most so many, however calm it sounds to the classifier: "he is
# 3 weeks old and fitting". Of 3,251 lines by left-out voices none would alarm for it that did not.
AT_ITS_WORD = 8


@dataclass(frozen=True)
class Thresholds:
    """Scores from which the classifier alarms or checks; `sentence` and `clause` are what these need more, and `short`
    is what an alarm on a message of few words needs more, `shortest` on one of very few.

    Below `doubt` the classifier is sure that a rule's words are harmless in this message (a film, a denial, long
    past): the rule's alarm becomes a check, never silence.

    In a message of score below `calm` as a whole, a sentence needs `alone` more: of twenty harmless sentences, one
    always sounds a little graver than the rest.

    `red_flag` is the estimate of a red flag from which the classifier checks too: who is flat or hopeless for weeks
    does not sound like danger. A sentence needs `red_flag_sentence` more.
    """

    alarm: float
    check: float
    sentence: float
    clause: float
    short: float
    shortest: float
    doubt: float
    calm: float
    alone: float
    red_flag: float
    red_flag_sentence: float


def tier_of(label: str, reading: Reading, row: int) -> str:
    """The tier of a crisis label; for someone else's crisis, of the person described."""
    return TIER_OF.get(label) or TIER_OF[danger_of_another(reading, row)]


def screen(texts: Sequence[str], reading: Reading, patterns: Patterns, limits: Thresholds) -> Verdict:
    """The verdict on a message: `texts` is the whole message, then its sentences and its clauses, read in `reading`."""
    scores = danger(reading)
    first_clause = len(scores) - reading.clauses
    scores[1:first_clause] -= limits.sentence
    scores[first_clause:] -= limits.clause
    score = round(float(scores.max()), 3)
    matches = patterns.matches(texts[0])
    alarms = [match for match in matches if match.tier in ALARM]
    if alarms and (score >= limits.doubt or _at_its_word(alarms, texts[0])):
        return _from_rules(alarms, score, limits)
    if scores[0] < limits.calm:
        scores[1:first_clause] -= limits.alone
    strongest = int(np.argmax(scores))
    score = round(float(scores[strongest]), 3)
    label = kind(reading, strongest)
    if score >= limits.alarm + _more(texts[0], limits):
        return Verdict(tier_of(label, reading, strongest), label, "classifier", texts[strongest], score)
    if matches:
        return Verdict(CHECK, matches[0].label, "rules", matches[0].evidence, score)
    if score >= limits.check:
        return Verdict(CHECK, label, "classifier", texts[strongest], score)
    flags = reading.red_flag[:first_clause].copy()
    flags[1:] -= limits.red_flag_sentence
    if flags.max() >= limits.red_flag:
        flagged = int(np.argmax(flags))
        return Verdict(CHECK, feeling(reading, flagged), "classifier", texts[flagged], score)
    return Verdict(score=score)


def _at_its_word(alarms: list[Match], text: str) -> bool:
    return any(match.tier == "E" for match in alarms) and len(text.split()) <= AT_ITS_WORD


def _more(text: str, limits: Thresholds) -> float:
    """What an alarm of the classifier alone needs more on a short `text`: bare facts sound graver than they are."""
    words = len(text.split())
    return limits.shortest if words <= VERY_FEW_WORDS else limits.short if words <= FEW_WORDS else 0.0


def _from_rules(alarms: list[Match], score: float, limits: Thresholds) -> Verdict:
    gravest = min(alarms, key=lambda match: TIERS.index(match.tier))
    # Somebody else's crisis keeps the graver tier of all matches, but speaks to the writer.
    label = next((m.label for m in alarms if m.label == "crisis_third_party"), gravest.label)
    by = "both" if score >= limits.alarm else "rules"
    return Verdict(gravest.tier, label, by, gravest.evidence, score)
