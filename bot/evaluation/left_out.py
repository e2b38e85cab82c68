"""Leave-a-voice-out: train without some authors' phrasings, and read these with the rest.

The figure that speaks for authors whom the model has not met; thresholds are chosen on it. The encoder's
adapters have seen all voices but those of bot.encoding.adapter.HELD_OUT, so that only these are strangers to
every part; other voices may be asked for, and lean to the kind side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bot.encoding.adapter import HELD_OUT
from bot.encoding.cache import encode_cached
from bot.encoding.encoder import get_encoder, whole_words
from bot.evaluation.rows import Row
from bot.safety.patterns import get_patterns
from bot.safety.screen import Thresholds, screen
from bot.understanding.examples import Example, load_examples
from bot.understanding.intents import IntentModel
from bot.understanding.sentences import parts
from bot.understanding.tidy import Tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.safety.verdict import Verdict

REPORT_EVERY = 500


@dataclass(frozen=True)
class LeftOut:
    """One phrasing as read by a model that has not seen its voice."""

    example: Example
    ranking: tuple[tuple[str, float], ...]
    verdict: Verdict

    def as_row(self) -> Row:
        """The same in the form of an evaluation line."""
        ranking = [{"name": name, "confidence": share} for name, share in self.ranking]
        parse = {"intent_ranking": ranking, "safety": self.verdict.as_dict()}
        return Row(self.example.text, self.example.label, self.example.also, parse)

    @property
    def acceptable(self) -> bool:
        """Whether the first reading is the label or one of `also`."""
        return self.ranking[0][0] in {self.example.label, *self.example.also}


def read_left_out(
    report: Callable[[str], None], limits: Thresholds, voices: Iterable[str] = HELD_OUT, most: int = 10
) -> list[LeftOut]:
    """Every phrasing of `voices`, read and screened by a model trained on all other voices.

    `most`: readings kept of each ranking.
    """
    examples = load_examples()
    wanted = set(voices)
    rest = [example for example in examples if example.voice not in wanted]
    report(f"Training without {', '.join(sorted(wanted))}: {len(rest)} phrasings")
    tidy = Tidy.learn([example.text for example in rest], whole_words())
    tidied = [replace(example, text=tidy(example.text)) for example in rest]
    model = IntentModel.fit(tidied, encode_cached([example.text for example in tidied]))
    left_out = [example for example in examples if example.voice in wanted]
    rows: list[LeftOut] = []
    for number, example in enumerate(left_out):
        if number % REPORT_EVERY == 0:
            report(f"Reading left-out phrasings: {number} of {len(left_out)}")
        rows.append(_read(model, tidy, example, limits, most))
    return rows


def _read(model: IntentModel, tidy: Tidy, example: Example, limits: Thresholds, most: int) -> LeftOut:
    """The same steps as the pipeline of config.yml takes, without Rasa."""
    found = parts(example.text)
    written = found.spans
    tidied, where = tidy.with_spans(example.text, written)
    encoded = get_encoder().read(tidied, where)
    read = [tidied, *(tidied[slice(*where[number])] for number in encoded.spans)]
    texts = [example.text, *(example.text[slice(*written[number])] for number in encoded.spans)]
    clauses = sum(number >= len(written) - found.clauses for number in encoded.spans)
    reading = model.read(read, np.vstack([encoded.whole[None, :], encoded.vectors]), clauses)
    confidences = reading.confidences()
    order = np.argsort(-confidences, kind="stable")[:most]
    ranking = tuple((model.labels[i], float(confidences[i])) for i in order)
    return LeftOut(example, ranking, screen(texts, reading, get_patterns(), limits))
