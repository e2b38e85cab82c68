"""The sections that compare Attune with a bare Rasa, measured on systems that run one at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.bench.parents import Taken, at_the_same_time, one_after_another
from bot.bench.results import ATTUNE, SYSTEMS, Row, Section, percentile
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bot.bench.systems import Running, System

TITLES = {
    "train": "Training",
    "start": "Cold start to ready",
    "memory": "Resident memory after the turns",
    "turns": "A turn, one at a time",
    "long": "A long conversation",
    "load": "Parents at the same time",
}
READY_SECONDS, MEMORY_MB, P50_TIMES, P95_MS, GROWTH = 15.0, 1638.4, 4.0, 60.0, 1.5
PARENTS = (1, 8, 32, 128)
THINK = (0.0, 5.0)  # seconds
EACH = 8  # turns of a conversation
AROUND_TEN, AROUND_THREE_HUNDRED = (5, 15), (290, 300)


@dataclass(frozen=True)
class Size:
    """How much is measured: turns, seconds of load, and how many parents at most."""

    turns: int = 400
    seconds: dict[float, float] = field(default_factory=lambda: {0.0: 12.0, 5.0: 30.0})
    parents: tuple[int, ...] = PARENTS
    chats: int = 5  # long conversations


QUICK = Size(turns=80, seconds={0.0: 3.0, 5.0: 8.0}, parents=(1, 8), chats=1)


def messages() -> list[str]:
    """What is said, the same to every system: lines of tests/eval, crises among them."""
    texts = []
    for name in ("intents.jsonl", "crisis_pos.jsonl"):
        lines = (ROOT / "tests" / "eval" / name).read_text("utf-8").splitlines()
        texts += [json.loads(line)["text"] for line in lines]
    return texts[:: max(1, len(texts) // 240)]


class Comparison:
    """Measures one system after the other and puts the figures side by side."""

    def __init__(self, wanted: Collection[str], size: Size, report: Callable[[str], None]) -> None:
        self._size, self._report = size, report
        self._sections = {name: Section(name, title) for name, title in TITLES.items() if name in wanted}
        self._texts = messages()

    def measure(self, system: System) -> None:
        """Train, start and question `system`; all its processes are gone afterwards."""
        took = system.train(self._report) if "train" in self._sections or system.name != ATTUNE else 0.0
        self._add("train", "training", "s", system, took)
        if set(self._sections) - {"train"}:
            self._report(f"{system.name}: starting")
            with system.running() as running:
                self._add("start", "ready", "s", system, running.ready, reach=READY_SECONDS)
                self._question(system, running)

    def plain_way(self, system: System) -> None:
        """Start and memory of Attune with TensorFlow, as a column of their own."""
        self._report("attune with TensorFlow: starting")
        with system.running() as running:
            one_after_another(running.door, self._texts, self._size.turns // 4, EACH)
            for name, value in (("start", running.ready), ("memory", sum(running.memory().values()))):
                if name in self._sections:
                    what, unit = ("ready", "s") if name == "start" else ("all processes", "MB")
                    self._row(name, what, unit).values["with TensorFlow"] = value

    def remark(self, words: str) -> None:
        """A condition that holds for every section."""
        for section in self._sections.values():
            section.notes.append(words)

    def sections(self) -> list[Section]:
        """What was measured."""
        said = f"{len(self._texts)} messages of tests/eval, in conversations of {EACH} turns"
        for name in ("turns", "load"):
            if name in self._sections:
                self._sections[name].notes.append(said)
        if "long" in self._sections:
            # Rasa reads all events of a conversation at every turn: the floor's turn 300 takes minutes to come to.
            self._sections["long"].notes.append("measured for Attune only")
        if "train" in self._sections:
            note = "Attune: vectors of phrasings that were read before come from ATTUNE_CACHE"
            self._sections["train"].notes.append(note)
        return list(self._sections.values())

    def _question(self, system: System, running: Running) -> None:
        one_after_another(running.door, self._texts, 3 * EACH, EACH)  # warm
        if "turns" in self._sections:
            self._report(f"{system.name}: turns, one at a time")
            self._turns(system, one_after_another(running.door, self._texts, self._size.turns, EACH, self._report))
        if "long" in self._sections and system.name == ATTUNE:
            self._long(system, running)
        if "load" in self._sections:
            for think in THINK:
                for parents in self._size.parents:
                    self._report(f"{system.name}: {parents} parents, {think:.0f} s between answer and message")
                    seconds = self._size.seconds[think]
                    self._load(system, parents, think, at_the_same_time(
                        running.door, self._texts, parents, think, seconds))  # fmt: skip
        if "memory" in self._sections:
            used = running.memory()
            for process, megabytes in used.items():
                self._add("memory", process, "MB", system, megabytes)
            self._add("memory", "all processes", "MB", system, sum(used.values()), reach=MEMORY_MB)

    def _turns(self, system: System, taken: Taken) -> None:
        self._add("turns", "p50", "ms", system, taken.milliseconds(0.5), reach=P50_TIMES, ratio=True)
        self._add("turns", "p95", "ms", system, taken.milliseconds(0.95), reach=P95_MS)
        self._add("turns", "p99", "ms", system, taken.milliseconds(0.99))
        self._failures("turns", system, taken)

    def _long(self, system: System, running: Running) -> None:
        self._report(f"{system.name}: conversations of {AROUND_THREE_HUNDRED[1]} turns")
        early: list[float] = []
        late: list[float] = []
        for _ in range(self._size.chats):
            taken = one_after_another(running.door, self._texts, AROUND_THREE_HUNDRED[1], AROUND_THREE_HUNDRED[1])
            early += taken.turns[slice(*AROUND_TEN)]
            late += taken.turns[slice(*AROUND_THREE_HUNDRED)]
        first, last = percentile(early, 0.95), percentile(late, 0.95)
        self._add("long", "p95 around turn 10", "ms", system, first)
        self._add("long", "p95 around turn 300", "ms", system, last)
        self._add("long", "turn 300 to turn 10", "times", system, last / first, reach=GROWTH)

    def _load(self, system: System, parents: int, think: float, taken: Taken) -> None:
        what = f"{parents} parents, {think:.0f} s think time"
        if taken.turns:
            self._add("load", f"{what}: turns", "1/s", system, taken.throughput)
            self._add("load", f"{what}: p95", "ms", system, taken.milliseconds(0.95))
        self._failures("load", system, taken, what)

    def _failures(self, section: str, system: System, taken: Taken, what: str = "") -> None:
        if taken.failures:
            kinds = ", ".join(f"{kind} {count}" for kind, count in taken.failures.items())
            self._sections[section].notes.append(f"{system.name}, {what or 'turns'}: not answered: {kinds}")

    def _add(
        self, section: str, what: str, unit: str, system: System, value: float,
        reach: float | None = None, ratio: bool = False,
    ) -> None:  # fmt: skip
        if section in self._sections:
            self._row(section, what, unit, reach, ratio).values[system.name] = round(value, 2)

    def _row(self, section: str, what: str, unit: str, reach: float | None = None, ratio: bool = False) -> Row:
        rows = self._sections[section].rows
        found = next((row for row in rows if row.what == what), None)
        if found is None:
            found = Row(what, unit, {}, reach, ratio, more_is_better=unit == "1/s")
            rows.append(found)
        return found


def columns(section: Section) -> list[str]:
    """The columns of a section's table: the systems in their order, then whatever else was measured."""
    named = [name for name in SYSTEMS if any(name in row.values for row in section.rows)]
    others = [name for row in section.rows for name in row.values if name not in SYSTEMS]
    return [*named, *dict.fromkeys(others)]
