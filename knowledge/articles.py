"""Loads knowledge/articles/*.md: front matter with a strict schema, and sections by heading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from knowledge.current import Current
from knowledge.errors import Fields, KnowledgeError, parse_yaml, read_text

if TYPE_CHECKING:
    from pathlib import Path

AUDIENCES = ("birth_parent", "non_birth_parent", "partner", "family")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_HEADING = re.compile(r"^#{1,4}\s+(.+?)\s*#*$")
_DANGER = re.compile(r"^<!--\s*danger\s*-->$")
_ASKED = re.compile(r"^<!--\s*asked:\s*(.*?)\s*-->$")


@dataclass(frozen=True)
class Source:
    """Where a factual claim comes from."""

    claim: str
    title: str
    publisher: str
    year: int
    url: str


@dataclass(frozen=True)
class Section:
    """A heading and the Markdown below it. `asked` are further ways to ask what it answers: searched, never shown.

    `danger`: it speaks of a danger that the rest of its article does not, so it is quoted only to who speaks of one.
    """

    heading: str
    markdown: str
    asked: tuple[str, ...] = ()
    danger: bool = False


@dataclass(frozen=True)
class Article:
    """One article. `reviewed_by` is None until a clinician has signed it, `imported_from` where it was written here."""

    id: str
    title: str
    summary: str
    topics: tuple[str, ...]
    audience: tuple[str, ...]
    sources: tuple[Source, ...]
    url: str
    reviewed_by: str | None
    reviewed_on: date | None
    sections: tuple[Section, ...]
    imported_from: str | None = None


def _source(fields: Fields) -> Source:
    return Source(
        claim=fields.text("claim"),
        title=fields.text("title"),
        publisher=fields.text("publisher"),
        year=fields.number("year"),
        url=fields.text("url"),
    )


def _sections(body: str, title: str) -> tuple[Section, ...]:
    """Sections by heading; text before the first heading goes under the article's title."""
    parts: list[list[str]] = [[f"## {title}"]]
    for line in body.splitlines():
        parts[-1].append(line) if not _HEADING.match(line) else parts.append([line])
    return tuple(section for section in map(_section, parts) if section.markdown)


def _section(lines: list[str]) -> Section:
    """The section whose first line is its heading."""
    heading, danger = _HEADING.match(lines[0]), False
    asked: list[str] = []
    text: list[str] = []
    for line in lines[1:]:
        if ways := _ASKED.match(line):
            asked.extend(way.strip() for way in ways.group(1).split("|") if way.strip())
        elif _DANGER.match(line):
            danger = True
        else:
            text.append(line)
    return Section(heading.group(1) if heading else "", "\n".join(text).strip(), tuple(asked), danger)


def load_article(path: Path) -> Article:
    """The article in `path`. Raises KnowledgeError with file, line and fix."""
    return parse_article(read_text(path), path)


def parse_article(text: str, path: Path) -> Article:
    """The article that `text` would be in the file `path`. Raises KnowledgeError."""
    match = _FRONT.match(text.replace("\r\n", "\n"))
    if not match:
        raise KnowledgeError(path, "no front matter between two lines of ---", "begin the file with it", 1)
    fields = Fields(parse_yaml(match.group(1), path, first_line=2), path)
    title = fields.text("title")
    article = Article(
        id=fields.text("id"),
        title=title,
        summary=fields.text("summary"),
        topics=fields.texts("topics"),
        audience=fields.texts("audience"),
        sources=fields.each("sources", _source),
        url=fields.text("url"),
        reviewed_by=fields.text("reviewed_by", None),
        reviewed_on=fields.take("reviewed_on", date, "a date such as 2026-01-31", None),
        sections=_sections(match.group(2), title),
        imported_from=fields.text("imported_from", None),
    )
    fields.done()
    if not _ID.fullmatch(article.id) or article.id != path.stem:
        raise fields.error("id", f"is {article.id!r} in a file named {path.name}", "make id and file name the same")
    if unknown := set(article.audience) - set(AUDIENCES):
        raise fields.error("audience", f"has {sorted(unknown)}", f"use some of: {', '.join(AUDIENCES)}")
    if not article.sections:
        raise KnowledgeError(path, "there is no text below the front matter", "write the article's sections")
    return article


def load_articles(folder: Path) -> list[Article]:
    """All articles of the knowledge folder `folder`, by id. Raises KnowledgeError for the first broken one."""
    return [load_article(path) for path in sorted((folder / "articles").glob("*.md"))]


_articles = Current(load_articles, "articles/*.md")


def current_articles(folder: Path) -> list[Article]:
    """The articles of `folder` as they are now, by id. Raises KnowledgeError or OSError if they could never be read."""
    return _articles.of(folder)


def unreviewed(articles: list[Article]) -> list[Article]:
    """Articles that no clinician has signed."""
    return [article for article in articles if not article.reviewed_by]
