"""The practice, its helplines and articles, as they stand in the knowledge folder now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.settings import get_settings
from knowledge.articles import current_articles
from knowledge.disclosure import opening_messages
from knowledge.helplines import current_helplines
from knowledge.practice import current_practice

if TYPE_CHECKING:
    from knowledge.articles import Article
    from knowledge.helplines import Helplines
    from knowledge.practice import Practice


@dataclass(frozen=True)
class Content:
    """What the chat needs to speak for the practice."""

    practice: Practice
    helplines: Helplines

    def region(self, code: str | None) -> str:
        """The region to use for `code`: the practice's own when a parent gave none."""
        return self.helplines.normalise_region(code or self.practice.default_region)

    def opening(self, region: str) -> list[dict[str, Any]]:
        """The messages shown before the first one, without ids."""
        return opening_messages(self.practice, self.helplines, region)


def get_content() -> Content:
    """Practice and helplines. Raises KnowledgeError or OSError if they could never be read."""
    folder = get_settings().knowledge
    return Content(current_practice(folder), current_helplines(folder))


def get_articles() -> list[Article]:
    """All articles, by id. Raises KnowledgeError or OSError if they could never be read."""
    return current_articles(get_settings().knowledge)
