"""Cuts articles into passages that stand alone when quoted: 40 to 120 words, within one section."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.articles import Article

LEAST_WORDS = 40
MOST_WORDS = 120
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'“‘(])")
_EMPHASIS = re.compile(r"(\*\*|__|\*|_)(?=\S)(.+?)(?<=\S)\1")
_LIST = re.compile(r"(?:[-*+•]|\d{1,2}[.)])\s")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


@dataclass(frozen=True)
class Passage:
    """What is quoted. `id` is `<article>#<heading>.<part of the digest>`; `digest` changes with the text.

    So an id names one wording: a passage keeps it while others around it come, go or change.
    `asked` are further ways to ask what the passage answers: searched, never shown. `danger`: see Section.
    """

    id: str
    article: str
    title: str
    heading: str
    text: str
    url: str
    topics: tuple[str, ...]
    reviewed: bool
    asked: tuple[str, ...] = ()
    danger: bool = False

    @property
    def digest(self) -> str:
        """A short hash of the text, stored with the turn, so that staff know which wording was shown."""
        return digest_of(self.text)

    @property
    def searched(self) -> str:
        """The text that is searched: heading and passage."""
        return f"{self.heading}. {self.text}"


def digest_of(text: str) -> str:
    """Twelve hexadecimal digits that change with `text`."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def slug(heading: str) -> str:
    """A heading as an address part: "What helps?" becomes "what-helps"."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower().replace("'", "").replace("’", "")).strip("-")


def _plain(markdown: str) -> str:
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", markdown))


def _blocks(markdown: str) -> list[str]:
    """Paragraphs; a list stays with the line that introduces it."""
    blocks: list[str] = []
    for raw in re.split(r"\n\s*\n", markdown):
        text = _plain(raw.strip())
        if not text:
            continue
        is_list = bool(_LIST.match(text))
        if is_list and blocks:
            blocks[-1] = f"{blocks[-1]}\n{text}"
        else:
            blocks.append(text if is_list or "\n- " in text else " ".join(text.split()))
    return blocks


def _words(text: str) -> int:
    return len(text.split())


def _pieces(block: str) -> tuple[list[str], str]:
    """Where a long block may be cut, and what joins its pieces: lines of a list, else sentences, else words."""
    if "\n" in block:
        return block.split("\n"), "\n"
    sentences = _SENTENCE_END.split(block)
    if max(_words(sentence) for sentence in sentences) <= MOST_WORDS:
        return sentences, " "
    return block.split(), " "


def _halves(block: str) -> list[str]:
    """A block beyond MOST_WORDS cut between its pieces into parts of like length."""
    if _words(block) <= MOST_WORDS:
        return [block]
    pieces, joint = _pieces(block)
    count = -(-_words(block) // MOST_WORDS)
    aim = _words(block) / count
    parts: list[str] = [""]
    for piece in pieces:
        if parts[-1] and _words(parts[-1]) + _words(piece) / 2 > aim and len(parts) < count:
            parts.append("")
        parts[-1] = f"{parts[-1]}{joint}{piece}" if parts[-1] else piece
    return parts


def _cost(words: int, joins: int) -> float:
    """How bad a passage is: too short to stand alone, too long to be read, or of paragraphs that could stand apart."""
    short = 1.0 + 4.0 * (LEAST_WORDS - words) / LEAST_WORDS if words < LEAST_WORDS else 0.0
    long = max(words - MOST_WORDS, 0) / 10.0
    return short + long + 0.3 * joins


def cut(markdown: str) -> list[str]:
    """The texts of one section's passages: paragraphs joined so that as many as can be have 40 to 120 words."""
    blocks = [half for whole in _blocks(markdown) for half in _halves(whole)]
    counts = [_words(block) for block in blocks]
    # best[n]: the least cost of the first n blocks, and where their last passage begins.
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(blocks) + 1):
        # Beyond twice the limit no join is worth it; the first choice is never to join.
        starts = [n for n in range(end - 1, -1, -1) if n == end - 1 or sum(counts[n:end]) <= 2 * MOST_WORDS]
        best.append(min((best[n][0] + _cost(sum(counts[n:end]), end - 1 - n), n) for n in starts))
    passages: list[str] = []
    end = len(blocks)
    while end:
        start = best[end][1]
        passages.append("\n".join(blocks[start:end]))
        end = start
    return passages[::-1]


def passages_of(articles: Iterable[Article], site: str = "") -> list[Passage]:
    """All passages of `articles`, in order. `site` is put before relative addresses."""
    result = []
    seen: set[str] = set()
    for article in articles:
        for section in article.sections:
            anchor = slug(section.heading)
            base = article.url if "://" in article.url else site + article.url
            for text in cut(section.markdown):
                # A wording that stands twice below one heading is one passage: nobody wants it quoted twice.
                name = f"{article.id}#{anchor}.{digest_of(text)[:6]}"
                if name in seen:
                    continue
                seen.add(name)
                result.append(
                    Passage(
                        id=name,
                        article=article.id,
                        title=article.title,
                        heading=section.heading,
                        text=text,
                        url=f"{base}#{anchor}",
                        topics=article.topics,
                        reviewed=article.reviewed_by is not None,
                        asked=section.asked,
                        danger=section.danger,
                    )
                )
    return result
