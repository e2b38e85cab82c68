"""What a learning would change: phrasings to add, lines to take out, corrections left out and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.learning.duplicates import Likeness, plain
from bot.learning.files import VOICE, as_diff, digest
from bot.learning.rows import NOT_A_CRISIS, Corrected, LeftOut, Phrasing, as_phrasing
from bot.understanding.examples import Example

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Plan:
    """What a learning changes, for a person to see.

    `before` and `after` are the phrasings of data/nlu/reviewed; `removed` counts the lines that were taken out, of them
    `withdrawn` (digests) because a conversation was erased or a correction taken back. `standing` are waiting turns
    whose very line is there already, each with the learning that brought it: nobody noted that they were learnt.
    """

    batch: str
    before: tuple[Example, ...]
    after: tuple[Example, ...]
    added: tuple[Phrasing, ...]
    left_out: tuple[LeftOut, ...]
    removed: int
    withdrawn: tuple[str, ...] = ()
    standing: tuple[tuple[Phrasing, str], ...] = ()

    @property
    def changes(self) -> bool:
        """Whether there is anything to learn or to take out."""
        return bool(self.added or self.removed)

    @property
    def withdrawal(self) -> Plan:
        """The part that only takes out the lines of erased conversations and of corrections that were taken back."""
        kept = tuple(one for one in self.before if digest(one.label, one.text) not in self.withdrawn)
        return Plan(self.batch, self.before, kept, (), (), len(self.before) - len(kept), self.withdrawn)

    @property
    def diff(self) -> str:
        """The change as a person sees it."""
        return as_diff(self.before, self.after)


def next_batch(day: str, known: Iterable[str]) -> str:
    """The name of the next learning on `day` (2027-03-10): "2027-03-10.1", ".2" ..."""
    taken = [int(name.rpartition(".")[2]) for name in known if name.rpartition(".")[0] == day]
    return f"{day}.{max(taken, default=0) + 1}"


def measured_texts(folder: Path) -> list[str]:
    """Every line that measures understanding: what is learnt must not be among them."""
    return [
        json.loads(line)["text"]
        for path in sorted(folder.glob("*.jsonl"))
        if path.name
        not in {"questions.jsonl", "judgements.jsonl"}  # these measure the search, which learns from articles
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]


def make_plan(
    corrected: Sequence[Corrected],
    written: Sequence[Example],
    reviewed: Sequence[Example],
    measured: Sequence[str],
    batch: str,
    withdrawn: Iterable[str] = (),
) -> Plan:
    """The plan for `corrected` turns.

    `written`: the phrasings of data/nlu without those of `reviewed`. `measured`: lines that must not be learnt.
    `withdrawn`: digests of learnt lines whose conversation was erased, or whose correction was taken back.
    """
    withdrawn = tuple(withdrawn)
    gone = {*withdrawn, *(one.learnt_digest for one in corrected if one.learnt_digest)}
    kept = [example for example in reviewed if digest(example.label, example.text) not in gone]
    everything = [*written, *kept]
    same = {plain(example.text): example.label for example in everything}
    batches = {digest(example.label, example.text): example.batch for example in kept}
    known = Likeness((example.text, example.label) for example in everything)
    measuring = Likeness((text, "") for text in measured)
    added: list[Phrasing] = []
    left_out: list[LeftOut] = []
    standing: list[tuple[Phrasing, str]] = []
    for one in corrected:
        phrasing = as_phrasing(one)
        if isinstance(phrasing, LeftOut):
            left_out.append(phrasing)
            continue
        if brought := batches.get(digest(phrasing.label, phrasing.text)):
            standing.append((phrasing, brought))
            continue
        why = _known_already(phrasing, same, known, measuring)
        if why:
            left_out.append(LeftOut(phrasing.key, phrasing.text, why))
            continue
        added.append(phrasing)
        same[plain(phrasing.text)] = phrasing.label
        known.add(phrasing.text, phrasing.label)
    new = [Example(one.text, one.label, voice=VOICE, twin=one.twin, batch=batch) for one in added]
    removed = len(reviewed) - len(kept)
    after = (*kept, *new)
    return Plan(batch, tuple(reviewed), after, tuple(added), tuple(left_out), removed, withdrawn, tuple(standing))


def without_last_batch(reviewed: Sequence[Example]) -> Plan | None:
    """The plan that takes the last learning back; None where nothing was learnt."""
    last = max((example.batch for example in reviewed), key=_order, default="")
    if not last:
        return None
    kept = tuple(example for example in reviewed if example.batch != last)
    return Plan(last, tuple(reviewed), kept, (), (), len(reviewed) - len(kept))


def _order(batch: str) -> tuple[str, int]:
    day, _, number = batch.rpartition(".")
    return day, int(number or 0)


def _known_already(phrasing: Phrasing, same: dict[str, str], known: Likeness, measuring: Likeness) -> str | None:
    other = same.get(plain(phrasing.text))
    if other and other != phrasing.label:
        return f"the same words stand under {other}: decide which is right, and change data/nlu"
    if other or (found := known.like(phrasing.text, phrasing.label)):
        return "it is known already" if other else f"it says nearly the same as {found!r}"
    if measuring.like(phrasing.text):
        return "it is, or is nearly, a line of tests/eval that measures: learnt, it would measure nothing"
    return None


def only(corrected: Sequence[Corrected], names: Iterable[str]) -> list[Corrected]:
    """Those that were corrected to one of the labels `names`."""
    wanted = set(names)
    return [one for one in corrected if (one.crisis if one.crisis not in {"", NOT_A_CRISIS} else one.intent) in wanted]
