"""Topics guessed for an article."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot import topics
from bot.understanding.labels import labels
from knowledge.articles import Article, Section, load_articles

if TYPE_CHECKING:
    from pathlib import Path


def test_without_a_model_nothing_is_guessed_and_the_person_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "model_to_use", lambda: None)
    said: list[str] = []
    assert topics.guesser(said.append) is None
    assert "`attune train`" in said[0]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((0.5, 0.3, 0.1, 0.1), ["feel_low", "about_birth"]),
        ((0.05, 0.04, 0.9, 0.01), []),
        ((0.2, 0.05, 0.05, 0.7), ["feel_low"]),
    ],
)
def test_likely_labels_of_answering_families_are_guessed(
    monkeypatch: pytest.MonkeyPatch, encode, shares: tuple[float, ...], expected: list[str]
) -> None:
    class Model:
        labels = ("feel_low", "about_birth", "crisis_suicide", "ask_bot")

        def read(self, texts: list[str], vectors: object) -> object:
            return type("Reading", (), {"probabilities": np.tile(shares, (len(texts), 1))})

    monkeypatch.setattr("bot.encoding.cache.encode_cached", encode)
    article = Article("x", "Title", "Summary", (), (), (), "/x", None, None, (Section("H", "Some words."),))
    assert topics.topics_of(article, Model()) == expected  # type: ignore[arg-type]


def test_what_is_answered_elsewhere_are_labels() -> None:
    assert set(topics.ELSEWHERE) <= set(labels())


@pytest.mark.model
def test_most_shipped_articles_are_guessed_right(knowledge_folder: Path) -> None:
    guess = topics.guesser(print)
    assert guess is not None
    articles = [a for a in load_articles(knowledge_folder) if a.topics[0].startswith(topics.FAMILIES)]
    right = [a.id for a in articles if set(guess(a)[:1]) & set(a.topics)]
    assert len(right) >= 0.85 * len(articles)
