"""The suite `retrieval`: whether the right passage is found, and whether one is quoted where it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.evaluation.judgements import question_id, section_of
from bot.evaluation.statistics import share

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.evaluation.report import Report
    from bot.evaluation.rows import Row

    # The ids of the best passages for a question, best first.
    Ranking = Callable[[str], list[str]]

AMONG = (1, 3)


def retrieval(
    questions: Sequence[dict[str, Any]],
    parses: Sequence[dict[str, Any]],
    report: Report,
    judgements: Mapping[str, frozenset[str]],
    baselines: Mapping[str, Ranking],
) -> None:
    """Right passage and right article, first and among the first three; the same for each of `baselines`.

    A question is judged by its sections in `judgements`; one that is not there may name its `articles` instead,
    and then counts for articles only. Baselines answer the same questions without the rest of the search.
    """
    right = [_right(question, judgements) for question in questions]
    judged = [n for n, (sections, articles) in enumerate(right) if sections or articles]
    found = {"": [[hit["id"] for hit in parse["passages"]] for parse in parses]}
    found |= {
        f" {name}": [ranking(q["question"]) if n in judged else [] for n, q in enumerate(questions)]
        for name, ranking in baselines.items()
    }
    for name, ranked in found.items():
        for most in AMONG:
            by_section = [bool(set(map(section_of, ranked[n][:most])) & right[n][0]) for n in judged if right[n][0]]
            by_article = [bool({_article(one) for one in ranked[n][:most]} & right[n][1]) for n in judged]
            if by_section:
                report.add("retrieval", f"passage recall@{most}{name}", share(by_section))
            report.add("retrieval", f"recall@{most}{name}", share(by_article))
    report.add("retrieval", "questions answered", share([parse["answered"] for parse in parses]))
    for n in judged:
        sections, articles = right[n]
        first = found[""][n][:3]
        if not ({section_of(one) for one in first[:1]} & sections or (not sections and _article(first[0]) in articles)):
            row = {"suite": "retrieval", "text": questions[n]["question"], "label": sorted(sections or articles)}
            report.wrong.append({**row, "got": [section_of(one) for one in first]})


def _right(question: dict[str, Any], judgements: Mapping[str, frozenset[str]]) -> tuple[frozenset[str], frozenset[str]]:
    """Sections and articles that answer `question`; articles alone where sections were not judged."""
    sections = judgements.get(question_id(question["question"]), frozenset())
    return sections, frozenset(map(_article, sections)) or frozenset(question.get("articles", ()))


def _article(passage: str) -> str:
    return passage.partition("#")[0]


def answered(rows: Sequence[Row], report: Report) -> None:
    """Whether a passage is good enough: on support lines it should be, out of scope it should not."""
    support = [row for row in rows if row.label.startswith(("feel_", "about_", "ask_"))]
    outside = [row for row in rows if row.label == "out_of_scope"]
    report.add("retrieval", "support lines answered", share([row.parse["answered"] for row in support]))
    report.add("retrieval", "out_of_scope not answered", share([not row.parse["answered"] for row in outside]))


def baselines(most: int = max(AMONG)) -> dict[str, Ranking]:
    """The two halves of the search alone, over the articles as they are: words (BM25), and vectors of passages."""
    import numpy as np

    from bot.encoding.cache import encode_cached
    from bot.encoding.encoder import get_encoder
    from bot.settings import get_settings
    from knowledge.library import Library

    index = Library(get_settings().knowledge, encode_cached).index
    encoder = get_encoder()

    def best(scores: Any) -> list[str]:
        return [index.passages[n].id for n in np.argsort(-scores, kind="stable")[:most]]

    def words(question: str) -> list[str]:
        return best(index.signals(question, encoder([question])[0]).words)

    def vectors(question: str) -> list[str]:
        return best(index.signals(question, encoder([question])[0]).cosine)

    return {"BM25 alone": words, "embeddings alone": vectors}
