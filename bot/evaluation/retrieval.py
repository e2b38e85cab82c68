"""The suite `retrieval`: whether the right article is found, and whether a passage is quoted where it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.evaluation.statistics import share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.evaluation.report import Report
    from bot.evaluation.rows import Row


def retrieval(questions: Sequence[dict[str, Any]], parses: Sequence[dict[str, Any]], report: Report) -> None:
    """Right article first and among the first three, for questions that name their right `articles`."""
    judged = [(q, p) for q, p in zip(questions, parses, strict=True) if q.get("articles")]
    ranks = [(question, [hit["article"] for hit in parse["passages"]]) for question, parse in judged]
    for most in (1, 3):
        found = [bool(set(articles[:most]) & set(question["articles"])) for question, articles in ranks]
        report.add("retrieval", f"recall@{most}", share(found))
    report.add("retrieval", "questions answered", share([parse["answered"] for parse in parses]))
    for question, articles in ranks:
        if not set(articles[:1]) & set(question["articles"]):
            report.wrong.append(
                {"suite": "retrieval", "text": question["question"], "label": question["articles"], "got": articles[:3]}
            )


def answered(rows: Sequence[Row], report: Report) -> None:
    """Whether a passage is good enough: on support lines it should be, out of scope it should not."""
    support = [row for row in rows if row.label.startswith(("feel_", "about_", "ask_"))]
    outside = [row for row in rows if row.label == "out_of_scope"]
    report.add("retrieval", "support lines answered", share([row.parse["answered"] for row in support]))
    report.add("retrieval", "out_of_scope not answered", share([not row.parse["answered"] for row in outside]))
