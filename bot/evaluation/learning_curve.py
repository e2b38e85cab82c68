"""The suite `curve`: what more phrasings bring, read on voices that neither model nor encoder has met.

Phrasings are added as they come in life, one author after the other, so that a step of the curve says
what further authors would bring and not only further lines of the same ones.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.evaluation.statistics import Share, share
from bot.understanding.intents import IntentModel

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import numpy.typing as npt

    from bot.evaluation.report import Report
    from bot.understanding.examples import Example

    Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]

SUITE = "curve"
SHARES = (Fraction(1, 8), Fraction(1, 4), Fraction(1, 2), Fraction(1))


@dataclass(frozen=True)
class Step:
    """A model trained on `share` of the phrasings of each label, and how it reads the held-out voices."""

    share: Fraction
    phrasings: int
    voices: int
    acceptable: Share
    top3: Share

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        counts = {"share": str(self.share), "phrasings": self.phrasings, "voices": self.voices}
        return {**counts, "acceptable": self.acceptable.as_dict(), "top3": self.top3.as_dict()}


def _drawn(name: str) -> bytes:
    """A place in an order that looks drawn and is the same everywhere."""
    return hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).digest()


def choose(examples: Sequence[Example], part: Fraction) -> list[int]:
    """Where in `examples` the chosen `part` of each label stands, rounded up: whole voices as far as they go.

    The voices come in the same order for every label; only the last one that is needed gives some of its
    phrasings. A smaller part lies wholly within a larger one.
    """
    by_label: dict[str, list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        by_label[example.label].append(place)
    chosen: list[int] = []
    for places in by_label.values():
        places.sort(key=lambda place: (_drawn(examples[place].voice), _drawn(examples[place].text), place))
        chosen += places[: math.ceil(len(places) * part)]
    return sorted(chosen)


def learn(
    examples: Sequence[Example], encode: Encode, held_out: Collection[str], report: Callable[[str], None]
) -> list[Step]:
    """A step for each of SHARES, measured on the phrasings of the voices `held_out`; they are never learnt.

    Raises ValueError when nobody is held out or nobody is left to learn from.
    """
    train = [example for example in examples if example.voice not in held_out]
    test = [example for example in examples if example.voice in held_out]
    if not train or not test:
        raise ValueError(f"The phrasings need both voices of {sorted(held_out)} and others.")
    report(f"Encoding {len(train)} phrasings to learn from and {len(test)} of held-out voices")
    vectors, unseen = encode([e.text for e in train]), encode([e.text for e in test])
    steps: list[Step] = []
    for part in SHARES:
        places = choose(train, part)
        report(f"Learning from {part} of the phrasings: {len(places)}")
        chosen = [train[place] for place in places]
        model = IntentModel.fit(chosen, vectors[places])
        reading = model.read([example.text for example in test], unseen)
        best = np.argsort(-reading.probabilities, axis=1)[:, :3]
        names = [[model.labels[k] for k in row] for row in best]
        right = [{example.label, *example.also} for example in test]
        steps.append(
            Step(
                part,
                len(chosen),
                len({example.voice for example in chosen}),
                share([row[0] in labels for row, labels in zip(names, right, strict=True)]),
                share([bool(labels & set(row)) for row, labels in zip(names, right, strict=True)]),
            )
        )
    return steps


def curve(steps: Sequence[Step], report: Report) -> None:
    """The figures of the steps."""
    report.learning = list(steps)
    for step in steps:
        report.add(SUITE, f"acceptable {step.share}", step.acceptable)
        report.add(SUITE, f"top3 {step.share}", step.top3)
