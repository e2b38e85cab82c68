"""Guesses the topics of an imported article with the trained model, for a person to correct."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import numpy as np

from bot.models import model_to_use
from bot.nlu.storage import FILE
from knowledge.passages import passages_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.understanding.intents import IntentModel
    from knowledge.articles import Article

COMPONENT = "IntentClassifier"
FAMILIES = ("feel_", "about_", "ask_")  # what an article can answer
# Answered from the practice's own settings or about this program: no imported page is meant by them.
ELSEWHERE = ("ask_bot", "ask_privacy", "ask_capabilities")
MOST = 4
LEAST_SHARE = 0.4  # of the first topic's weight, for a further one
LEAST = 0.08  # mean probability below which nothing is guessed


def _model(path: Path) -> IntentModel:
    """The intent model out of Rasa's model file, without starting Rasa."""
    from bot.understanding.intents import IntentModel

    with tarfile.open(path) as archive:
        member = next(one for one in archive if COMPONENT in one.name and one.name.endswith(FILE))
        inner = archive.extractfile(member)
        if inner is None:
            raise OSError(f"{member.name} in {path} cannot be read")
        with np.load(io.BytesIO(inner.read()), allow_pickle=False) as arrays:
            return IntentModel.from_arrays({name: arrays[name] for name in arrays.files})


def guesser(report: Callable[[str], None]) -> Callable[[Article], list[str]] | None:
    """A function that guesses an article's topics, the main one first; None where there is no trained model.

    The model is the one in use. Raises RegisterError.
    Of 40 shipped articles, 37 have the first guess among their topics (tests/bot/test_topics.py).
    """
    selected = model_to_use()
    if selected is None:
        report("No model fits the data, so topics are left for you to fill in. `attune train` makes one.")
        return None
    model = _model(selected.path)

    def guess(article: Article) -> list[str]:
        return topics_of(article, model)

    return guess


def topics_of(article: Article, model: IntentModel) -> list[str]:
    """Labels that `article` answers, likeliest first; empty where none is likely."""
    from bot.encoding.cache import encode_cached

    texts = [article.title, article.summary]
    texts += [passage.searched for passage in passages_of([article])]
    texts += list(dict.fromkeys(section.heading for section in article.sections))
    probabilities = model.read(texts, encode_cached(texts)).probabilities
    # The title and summary say what the article is about, each passage what it touches.
    weights = np.array([4.0, 2.0] + [1.0] * (len(texts) - 2))
    mean = np.average(probabilities, axis=0, weights=weights)
    rows = [
        (float(mean[n]), label)
        for n, label in enumerate(model.labels)
        if label.startswith(FAMILIES) and label not in ELSEWHERE
    ]
    rows.sort(reverse=True)
    if not rows or rows[0][0] < LEAST:
        return []
    return [label for share, label in rows[:MOST] if share >= LEAST_SHARE * rows[0][0]]
