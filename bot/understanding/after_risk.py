"""What a message says while a risk is open: barriers, being alone, questions about the call, a bare fact.

The labels of data/labels.yml are of no use then: "my sister is staying with us" is no small talk, and "can I put the
kettle on" no question for an article. The kinds are learnt from the phrasings of data/follow_ups/phrasings/, beside
ordinary phrasings as what is none of them. What each kind is answered with: data/follow_ups/after_risk.yml.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import yaml

from bot.settings import ROOT
from bot.understanding.examples import Example

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

FOLDER = ROOT / "data" / "follow_ups" / "phrasings"
NONE_OF_THEM = "other"  # an ordinary topic, or new danger
ORDINARY_PER_LABEL = 6
# How both were chosen: docs/decisions/016-after-a-crisis-reply.md.
OTHER_WEIGHT = 0.1  # of "other", which has twenty times the phrasings of a kind
LEAST_SHARE = 0.17  # of the probability of all kinds that the likeliest must have
MOST_WORDS = 25  # of an ordinary phrasing that is set beside them: what is written in those minutes is short


@dataclass(frozen=True)
class Heard:
    """The likeliest kind (NONE_OF_THEM where none is likely), its share of the probability of all kinds, 0 to 1, and
    whether it is likelier than none of them.
    """

    kind: str
    share: float
    likelier: bool = True

    def surely(self, least: float) -> bool:
        """Whether it is likelier than none of the kinds, with at least the share `least` among them."""
        return self.likelier and self.share >= least


def hear(labels: Sequence[str], probabilities: npt.NDArray[np.float32]) -> Heard:
    """What a message is heard as, by the probabilities of `labels` (kinds and NONE_OF_THEM), shape (labels,)."""
    kinds = np.array([label != NONE_OF_THEM for label in labels])
    likeliest = int(np.argmax(np.where(kinds, probabilities, -1)))
    probability = float(probabilities[likeliest])
    share = probability / max(float(probabilities[kinds].sum()), 1e-12)
    other = float(probabilities[~kinds].sum())
    likely = share >= LEAST_SHARE and probability > OTHER_WEIGHT * other
    return Heard(labels[likeliest] if likely else NONE_OF_THEM, round(share, 4), probability > other)


class PhrasingsError(ValueError):
    """A file of phrasings is not as it should be; the message names file and fix."""


def load_phrasings(folder: Path = FOLDER) -> list[Example]:
    """The phrasings with their kind as label and the file's name as voice. Raises PhrasingsError."""
    found: list[Example] = []
    for path in sorted(folder.glob("*.yml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        kinds = content.get("kinds") if isinstance(content, dict) else None
        if not isinstance(kinds, dict):
            raise PhrasingsError(
                f"{path} has no `kinds`. Fix: begin with `kinds:`, below it each kind and its phrasings."
            )
        for kind, texts in kinds.items():
            found += [Example(text=str(text), label=str(kind), voice=path.stem) for text in texts]
    return found


def with_ordinary(phrasings: Sequence[Example], ordinary: Sequence[Example]) -> list[Example]:
    """`phrasings` and, as none of the kinds, some of the `ordinary` ones of each label, evenly chosen."""
    by_label: dict[str, list[Example]] = defaultdict(list)
    for example in ordinary:
        if len(example.text.split()) <= MOST_WORDS:
            by_label[example.label].append(example)
    chosen = [example for examples in by_label.values() for example in _evenly(examples, ORDINARY_PER_LABEL)]
    return [*phrasings, *(Example(one.text, NONE_OF_THEM, voice=one.voice) for one in chosen)]


def _evenly(examples: Sequence[Example], count: int) -> list[Example]:
    if len(examples) <= count:
        return list(examples)
    return [examples[place * len(examples) // count] for place in range(count)]
