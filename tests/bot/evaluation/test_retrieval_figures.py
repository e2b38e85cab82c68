"""Right passages by judgement, beside what words and vectors find alone."""

from __future__ import annotations

import pytest

from bot.evaluation.judgements import FILE, question_id, read_judgements, section_of
from bot.evaluation.report import Report
from bot.evaluation.retrieval import retrieval
from knowledge.articles import load_articles
from knowledge.passages import slug


def hits(*ids: str) -> dict:
    return {"passages": [{"id": one, "article": one.partition("#")[0]} for one in ids], "answered": True}


def test_a_question_is_judged_by_section_and_the_search_stands_beside_its_halves() -> None:
    questions = [{"question": "One?"}, {"question": "two", "articles": ["b"]}, {"question": "nobody judged this"}]
    judgements = {question_id("ONE?  "): frozenset({"a#right"})}
    parses = [hits("a#wrong.1f", "a#right.2f"), hits("b#x.3f"), hits("c#y.4f")]
    report = Report()
    retrieval(questions, parses, report, judgements, {"words": lambda question: ["c#z.5f", "a#right.6f"]})
    values = {f.name: (round(f.value, 2), f.of) for f in report.figures}
    assert values["passage recall@1"] == (0.0, 1)
    assert values["passage recall@3"] == (1.0, 1)
    assert values["recall@1"] == (1.0, 2)
    assert values["recall@1 words"] == (0.0, 2)
    assert values["passage recall@3 words"] == (1.0, 1)
    assert values["questions answered"] == (1.0, 3)
    assert [row["text"] for row in report.wrong] == ["One?"]


@pytest.mark.parametrize(("passage", "section"), [("a#what-helps.1f3c9a", "a#what-helps"), ("a#h.1", "a#h")])
def test_a_passage_is_in_its_section(passage: str, section: str) -> None:
    assert section_of(passage) == section


def test_every_judged_section_is_there(root) -> None:
    there = {
        f"{article.id}#{slug(section.heading)}"
        for article in load_articles(root / "knowledge")
        for section in article.sections
    }
    judged = read_judgements(root / "tests" / "eval" / FILE)
    assert len(judged) >= 80
    assert {section for sections in judged.values() for section in sections} - there == set()
    assert all(judged.values())
