"""Leave-a-voice-out: train without one author's phrasings and read them with the rest.

The figure that speaks for authors whom the model has not met; thresholds are chosen on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.encoding.cache import encode_cached
from bot.safety.classifier import danger
from bot.understanding.examples import Example, load_examples
from bot.understanding.intents import IntentModel

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class LeftOut:
    """One phrasing as read by a model that has not seen its voice."""

    example: Example
    ranking: tuple[str, ...]
    confidence: float
    danger: float

    @property
    def acceptable(self) -> bool:
        """Whether the first reading is the label or one of `also`."""
        return self.ranking[0] in {self.example.label, *self.example.also}


def read_left_out(report: Callable[[str], None], voices: list[str] | None = None) -> list[LeftOut]:
    """Every phrasing of `voices` (default: all), read by a model trained on the other voices."""
    examples = load_examples()
    vectors = encode_cached([example.text for example in examples])
    named = np.array([example.voice for example in examples])
    rows: list[LeftOut] = []
    for voice in voices or sorted(set(named)):
        report(f"Leaving out {voice}")
        train, test = np.flatnonzero(named != voice), np.flatnonzero(named == voice)
        model = IntentModel.fit([examples[i] for i in train], vectors[train])
        reading = model.read([examples[i].text for i in test], vectors[test])
        scores = danger(reading)
        for place, index in enumerate(test):
            order = np.argsort(-reading.probabilities[place])[:5]
            rows.append(
                LeftOut(
                    examples[index],
                    tuple(model.labels[k] for k in order),
                    float(reading.probabilities[place, order[0]]),
                    float(scores[place]),
                )
            )
    return rows
