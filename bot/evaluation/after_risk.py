"""The suite `after_risk`: what is written after a crisis reply, by authors from whom nothing was learnt.

Each voice of data/follow_ups/phrasings is read by a model of the others; "other" lines (ordinary topics, new danger) and
phrasings of data/nlu by voices that the model has not seen must not be taken for one of the kinds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.encoding.adapter import HELD_OUT
from bot.encoding.cache import encode_cached
from bot.evaluation.statistics import share
from bot.understanding.after_risk import MOST_WORDS, NONE_OF_THEM, Heard, hear, load_phrasings, with_ordinary
from bot.understanding.examples import load_examples
from bot.understanding.intents import IntentModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.evaluation.report import Report
    from bot.understanding.examples import Example

EVERY = 8  # of the ordinary phrasings of HELD_OUT that are read


@dataclass(frozen=True)
class HeardLine:
    """A line, and what it was heard as by a model that has not seen its voice."""

    example: Example
    heard: Heard


def after_risk(report: Report, say: Callable[[str], None]) -> None:
    """Add the figures of the suite."""
    phrasings, ordinary = load_phrasings(), load_examples()
    known = [example for example in ordinary if example.voice not in HELD_OUT]
    unseen = [one for one in ordinary if one.voice in HELD_OUT and len(one.text.split()) <= MOST_WORDS][::EVERY]
    own: list[HeardLine] = []
    others: list[HeardLine] = []
    for voice in sorted({example.voice for example in phrasings}):
        say(f"Hearing {voice} without having learnt from it")
        model = _learn(with_ordinary([one for one in phrasings if one.voice != voice], known))
        own += _heard(model, [one for one in phrasings if one.voice == voice])
        others += _heard(model, unseen)
    figures(own, others, report)


def figures(own: Sequence[HeardLine], others: Sequence[HeardLine], report: Report) -> None:
    """Add what was made of the `own` lines of each kind, and of `others`, which are none."""
    of_a_kind = [line for line in own if line.example.label != NONE_OF_THEM]
    taken = [line for line in own if line.heard.kind != NONE_OF_THEM]
    right = [line.heard.kind == line.example.label for line in of_a_kind]
    report.add("after_risk", "recall", share(right))
    report.add("after_risk", "precision", share([line.heard.kind == line.example.label for line in taken]))
    rest = [line.heard.kind != NONE_OF_THEM for line in own if line.example.label == NONE_OF_THEM]
    report.add("after_risk", "other taken", share(rest))
    report.add("after_risk", "ordinary taken", share([line.heard.kind != NONE_OF_THEM for line in others]))
    for kind in sorted({line.example.label for line in of_a_kind}):
        of_it = [line.heard.kind == kind for line in of_a_kind if line.example.label == kind]
        report.add("after_risk", f"recall {kind}", share(of_it))
    report.wrong += [
        {"suite": "after_risk", "text": line.example.text, "label": line.example.label, "got": line.heard.kind}
        for line in own
        if line.heard.kind != line.example.label
    ]


def _learn(examples: Sequence[Example]) -> IntentModel:
    return IntentModel.fit(examples, encode_cached([example.text for example in examples]))


def _heard(model: IntentModel, examples: Sequence[Example]) -> list[HeardLine]:
    texts = [example.text for example in examples]
    probabilities = model.read(texts, encode_cached(texts)).probabilities
    return [HeardLine(one, hear(model.labels, row)) for one, row in zip(examples, probabilities, strict=True)]
