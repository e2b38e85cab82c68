"""The passages of the articles as they are today: finding one by words, and comparing one with what was shown."""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.views.decorators.http import require_safe

from bot.web.content import get_articles
from bot.web.review.access import access
from knowledge.passages import Passage, passages_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from knowledge.articles import Article

MOST = 6
MOST_ASKED = 200  # characters


class _Today:
    """The passages of `articles`, cut once for as long as the files stay as they are."""

    def __init__(self, articles: list[Article]) -> None:
        self.articles = articles
        self.by_id = {passage.id: passage for passage in passages_of(articles)}

    @cached_property
    def words(self) -> dict[str, list[tuple[str, float]]]:
        """For each word the passages that have it, with how much it tells there: rarer words tell more."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for one in self.by_id.values():
            # What stands in title or heading counts double.
            for word, count in Counter(_words(f"{one.title} {one.heading} {one.title} {one.searched}")).items():
                found[word][one.id] = count
        total = len(self.by_id)
        return {
            word: [
                (passage, math.log(1 + total / len(places)) * count / (count + 1)) for passage, count in places.items()
            ]
            for word, places in found.items()
        }


def _words(text: str) -> list[str]:
    """Words without their plural: no index of meaning, which would bring a model into the web process."""
    words = re.findall(r"[a-z]+", text.lower().replace("'", "").replace("’", ""))
    return [word[:-1] if len(word) > 4 and word.endswith("s") else word for word in words]


_known: list[_Today] = []


def _today() -> _Today:
    articles = get_articles()
    if not _known or _known[0].articles is not articles:
        _known[:] = [_Today(articles)]
    return _known[0]


def today() -> dict[str, Passage]:
    """Every passage by its id, as the articles are now."""
    return _today().by_id


def by_id(passage: str) -> Passage | None:
    """The passage, or None when the articles have it no more."""
    return today().get(passage)


def find(text: str) -> list[Passage]:
    """The passages that share most with `text`, by words alone, the best first; at most MOST."""
    now = _today()
    scores: dict[str, float] = defaultdict(float)
    for word in set(_words(text)):
        for passage, weight in now.words.get(word, ()):
            scores[passage] += weight
    return [now.by_id[passage] for passage in sorted(scores, key=lambda one: -scores[one])[:MOST]]


@require_safe
@access("staff")
def search(request: HttpRequest) -> HttpResponse:
    """The passages for `q`, as choices of the form of one turn."""
    text = request.GET.get("q", "").strip()[:MOST_ASKED]
    return render(request, "review/passages.html", {"text": text, "found": find(text) if text else []})


def compared(card: dict[str, Any], articles: dict[str, Passage]) -> dict[str, Any] | None:
    """How a passage that was shown differs from `articles`, those of today: `state` and, where it changed, `parts`.

    `parts` are (mark, words) with the marks "", "ins" (only today) and "del" (only then). None for a card without a
    passage's id.
    """
    passage, quote = card.get("id"), card.get("quote")
    if not isinstance(passage, str) or not isinstance(quote, str):
        return None
    now = articles.get(passage)
    if now is None:
        return {"state": "gone", "parts": []}
    if _plain(now.text) == _plain(quote):
        return {"state": "same", "parts": []}
    return {"state": "changed", "parts": _parts(_plain(quote).split(" "), _plain(now.text).split(" "))}


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _parts(then: list[str], now: list[str]) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, then, now, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append(("", " ".join(then[a:b])))
            continue
        if a < b:
            parts.append(("del", " ".join(then[a:b])))
        if c < d:
            parts.append(("ins", " ".join(now[c:d])))
    return parts
