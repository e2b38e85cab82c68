"""Loads knowledge/articles/*.md: front matter with a strict schema, and sections by heading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from knowledge.errors import Fields, KnowledgeError, parse_yaml, read_text

if TYPE_CHECKING:
    from pathlib import Path

AUDIENCES = ("birth_parent", "non_birth_parent", "partner", "family")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_HEADING = re.compile(r"^#{1,4}\s+(.+?)\s*#*$")
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
    """A heading and the Markdown below it. `asked` are further ways to ask what it answers: searched, never shown."""

    heading: str
    markdown: str
    asked: tuple[str, ...] = ()


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
    sections: list[tuple[str, list[str], list[str]]] = [(title, [], [])]
    for line in body.splitlines():
        heading, asked = _HEADING.match(line), _ASKED.match(line)
        if heading:
            sections.append((heading.group(1), [], []))
        elif asked:
            sections[-1][2].extend(way.strip() for way in asked.group(1).split("|") if way.strip())
        else:
            sections[-1][1].append(line)
    made = (Section(name, "\n".join(lines).strip(), tuple(asked)) for name, lines, asked in sections)
    return tuple(section for section in made if section.markdown)


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


def unreviewed(articles: list[Article]) -> list[Article]:
    """Articles that no clinician has signed."""
    return [article for article in articles if not article.reviewed_by]
