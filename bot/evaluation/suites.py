"""Quality figures on a folder of evaluation files; see docs/performance.md for what each one means."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.evaluation.statistics import Share, calibration_error, share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from rasa.core.agent import Agent

ALARM = frozenset("EPISV")
CHECK = "R"


@dataclass(frozen=True)
class Figure:
    """One line of the table: a share or a plain number."""

    suite: str
    name: str
    value: float
    of: int
    interval: tuple[float, float] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"suite": self.suite, "name": self.name, "value": round(self.value, 4), "of": self.of,
                "interval": [round(x, 4) for x in self.interval] if self.interval else None}  # fmt: skip


@dataclass
class Report:
    """Figures and the lines that went wrong."""

    figures: list[Figure] = field(default_factory=list)
    wrong: list[dict[str, Any]] = field(default_factory=list)

    def add(self, suite: str, name: str, result: Share) -> None:
        """Add a share with its interval."""
        self.figures.append(Figure(suite, name, result.value, result.total, result.interval))

    def value(self, name: str) -> float | None:
        """The value of the figure `suite.name`, if it was measured."""
        for figure in self.figures:
            if f"{figure.suite}.{figure.name}" == name:
                return figure.value
        return None


@dataclass(frozen=True)
class Row:
    """An evaluation line and what was understood of it."""

    text: str
    label: str
    also: tuple[str, ...]
    parse: dict[str, Any]

    @property
    def tier(self) -> str | None:
        """The screening's tier."""
        tier: str | None = self.parse["safety"]["tier"]
        return tier

    @property
    def alarm(self) -> bool:
        """Whether helplines come at once."""
        return self.tier in ALARM

    def among(self, most: int) -> bool:
        """Whether the label or one of `also` is among the first `most` readings."""
        names = [row["name"] for row in self.parse["intent_ranking"] if row["name"] != "nlu_fallback"][:most]
        return bool({self.label, *self.also} & set(names))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a .jsonl file; an empty list where there is none."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


async def _rows(agent: Agent, path: Path, report: Callable[[str], None]) -> list[Row]:
    from bot.runtime import parse

    lines = read_lines(path)
    if lines:
        report(f"Reading {len(lines)} lines of {path.name}")
    return [
        Row(line["text"], line["label"], tuple(line.get("also", ())), await parse(agent, line["text"]))
        for line in lines
    ]


def intents(rows: list[Row], report: Report) -> None:
    """Acceptable and strict top-1, top-3, per family, out of scope, calibration."""
    support = [row for row in rows if row.label != "out_of_scope"]
    outside = [row for row in rows if row.label == "out_of_scope"]
    report.add("intents", "acceptable", share([row.among(1) for row in rows]))
    report.add("intents", "strict", share([_first(row) == row.label for row in rows]))
    report.add("intents", "top3", share([row.among(3) for row in rows]))
    for family in ("feel", "about", "ask", "request"):
        chosen = [row for row in rows if row.label.startswith(f"{family}_")]
        report.add("intents", f"acceptable {family}", share([row.among(1) for row in chosen]))
    report.add("intents", "out_of_scope recall", share([_first(row) == "out_of_scope" for row in outside]))
    report.add("intents", "false out_of_scope", share([_first(row) == "out_of_scope" for row in support]))
    confidences = [_confidence(row) for row in rows]
    error = calibration_error(confidences, [row.among(1) for row in rows])
    report.figures.append(Figure("intents", "calibration error", error, len(rows)))
    report.add("crisis", "ordinary lines alarmed", share([row.alarm for row in rows]))
    report.add("crisis", "ordinary lines checked", share([row.tier == CHECK for row in rows]))
    report.wrong += [_wrong("intents", row, _first(row)) for row in rows if not row.among(1)]


def _first(row: Row) -> str:
    return next((str(r["name"]) for r in row.parse["intent_ranking"] if r["name"] != "nlu_fallback"), "")


def _confidence(row: Row) -> float:
    return next((float(r["confidence"]) for r in row.parse["intent_ranking"] if r["name"] != "nlu_fallback"), 0.0)


def crisis(positive: list[Row], negative: list[Row], report: Report) -> None:
    """Alarm and check on danger and on its harmless twins, per label and per layer."""
    report.add("crisis", "alarm", share([row.alarm for row in positive]))
    report.add("crisis", "alarm or check", share([row.tier is not None for row in positive]))
    right = [row.parse["safety"]["label"] in {row.label, *row.also} for row in positive]
    report.add("crisis", "right label", share(right))
    for label in sorted({row.label for row in positive}):
        report.add("crisis", f"alarm {label}", share([row.alarm for row in positive if row.label == label]))
    for layer in ("rules", "classifier", "both"):
        report.add(
            "crisis", f"alarm by {layer}", share([row.alarm and row.parse["safety"]["by"] == layer for row in positive])
        )
    report.add("crisis", "twins alarmed", share([row.alarm for row in negative]))
    report.add("crisis", "twins checked", share([row.tier == CHECK for row in negative]))
    report.wrong += [_wrong("crisis missed", row, row.tier) for row in positive if not row.alarm]
    report.wrong += [_wrong("crisis false alarm", row, row.parse["safety"]) for row in negative if row.alarm]


def _wrong(suite: str, row: Row, got: Any) -> dict[str, Any]:
    return {"suite": suite, "text": row.text, "label": row.label, "got": got}


def retrieval(questions: list[dict[str, Any]], parses: list[dict[str, Any]], report: Report) -> None:
    """Right article first and among the first three, for questions that name their right `articles`."""
    judged = [(q, p) for q, p in zip(questions, parses, strict=True) if q.get("articles")]
    ranks = [[hit["article"] for hit in p["passages"]] for _, p in judged]
    report.add(
        "retrieval",
        "recall@1",
        share([bool(set(r[:1]) & set(q["articles"])) for (q, _), r in zip(judged, ranks, strict=True)]),
    )
    report.add(
        "retrieval",
        "recall@3",
        share([bool(set(r[:3]) & set(q["articles"])) for (q, _), r in zip(judged, ranks, strict=True)]),
    )
    report.add("retrieval", "questions answered", share([p["answered"] for p in parses]))
    for (question, _), found in zip(judged, ranks, strict=True):
        if not set(found[:1]) & set(question["articles"]):
            report.wrong.append(
                {"suite": "retrieval", "text": question["question"], "label": question["articles"], "got": found[:3]}
            )


def answered(rows: list[Row], report: Report) -> None:
    """Whether a passage is good enough: on support lines it should be, out of scope it should not."""
    support = [row for row in rows if row.label.startswith(("feel_", "about_", "ask_"))]
    outside = [row for row in rows if row.label == "out_of_scope"]
    report.add("retrieval", "support lines answered", share([row.parse["answered"] for row in support]))
    report.add("retrieval", "out_of_scope not answered", share([not row.parse["answered"] for row in outside]))


SUITES = ("intents", "crisis", "retrieval")


def evaluate(agent: Agent, folder: Path, suites: Iterable[str], say: Callable[[str], None]) -> Report:
    """Measure `suites` on the files of `folder` (intents, crisis_pos, crisis_neg, questions .jsonl)."""

    async def measure() -> Report:
        from bot.runtime import parse

        report = Report()
        wanted = set(suites)
        rows = await _rows(agent, folder / "intents.jsonl", say)
        if "intents" in wanted or "crisis" in wanted:
            intents(rows, report)
        if "crisis" in wanted:
            positive = await _rows(agent, folder / "crisis_pos.jsonl", say)
            negative = await _rows(agent, folder / "crisis_neg.jsonl", say)
            crisis(positive, negative, report)
        if "retrieval" in wanted:
            questions = read_lines(folder / "questions.jsonl")
            say(f"Reading {len(questions)} questions")
            retrieval(questions, [await parse(agent, q["question"]) for q in questions], report)
            answered(rows, report)
        return report

    return asyncio.run(measure())
