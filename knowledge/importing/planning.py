"""What an import would do: for each source the article's file before and after. Nothing is written here."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from knowledge.articles import AUDIENCES, Article, load_articles, parse_article
from knowledge.errors import KnowledgeError
from knowledge.importing.blocks import PARAGRAPH, levelled, to_markdown
from knowledge.importing.sources import Source, read
from knowledge.passages import passages_of, slug

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from knowledge.importing.draft import Draft

LONGEST_ID = 60  # characters
LONGEST_SUMMARY = 200
# In this order in the file. What a person decides is kept when the source is imported again.
_ORDER = (
    "id",
    "title",
    "summary",
    "topics",
    "audience",
    "sources",
    "url",
    "imported_from",
    "reviewed_by",
    "reviewed_on",
)
_LINE_LISTS = ("topics", "audience")


@dataclass(frozen=True)
class Change:
    """What happens to one article: its file's text `before` (None: there is none) and `after`."""

    source: Source
    path: Path
    before: str | None
    after: str
    article: Article
    kept: int
    added: int
    removed: int
    notes: tuple[str, ...]

    @property
    def state(self) -> str:
        """new, changed or unchanged."""
        if self.before is None:
            return "new"
        return "unchanged" if self.before == self.after else "changed"

    def diff(self) -> str:
        """The change as a unified diff; empty where there is none."""
        before = (self.before or "").splitlines(keepends=True)
        name = f"articles/{self.path.name}"
        lines = difflib.unified_diff(
            before, self.after.splitlines(keepends=True), name if before else "/dev/null", name
        )
        return "".join(lines)


class ImportFailedError(ValueError):
    """Some sources cannot be imported; `errors` says which and why. Nothing was changed."""

    def __init__(self, errors: Sequence[KnowledgeError]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(str(error) for error in errors))


def plan(
    sources: Sequence[Source],
    folder: Path,
    *,
    guess: Callable[[Article], Sequence[str]] | None = None,
    replace: bool = False,
    reading: Callable[[Source], Draft] = read,
    report: Callable[[Source], None] = lambda source: None,
) -> list[Change]:
    """The changes that importing `sources` into the knowledge folder `folder` would make.

    `guess` names topics for an article that has none. `replace` lets an article that was written by hand, or came
    from another address, be replaced. `report` is called after each source. Raises ImportFailedError, with all errors.
    """
    existing = {article.id: article for article in load_articles(folder)}
    changes: dict[str, Change] = {}
    errors: list[KnowledgeError] = []
    for source in sources:
        try:
            change = _change(source, reading(source), folder, existing, guess, replace)
            if change.article.id in changes:
                other = changes[change.article.id].source.name
                raise KnowledgeError(
                    source.name,
                    f"becomes the article {change.article.id!r}, and so does {other}",
                    "give one of them another title, or leave one out",
                )
            changes[change.article.id] = change
        except KnowledgeError as error:
            errors.append(error)
        report(source)
    if errors:
        raise ImportFailedError(errors)
    return list(changes.values())


def _change(
    source: Source,
    draft: Draft,
    folder: Path,
    existing: dict[str, Article],
    guess: Callable[[Article], Sequence[str]] | None,
    replace: bool,
) -> Change:
    known = _known(source, draft, existing)
    name = known.id if known else _id_of(draft)
    path = folder / "articles" / f"{name}.md"
    if known and not replace:
        _check_may_replace(source, draft, known)
    before = path.read_text("utf-8") if known else None
    body = draft.body or to_markdown(levelled(draft.blocks))
    body = _with_asked(body, known) if known and not draft.body else body
    fields = _fields(source, draft, name, known)
    article = parse_article(_file(fields, body), path)
    notes: list[str] = []
    if not article.topics:
        guessed = tuple(guess(article)) if guess else ()
        notes.append(
            f"topics guessed: {', '.join(guessed)}. Check them"
            if guessed
            else "has no topics: write labels of data/labels.yml into `topics`"
        )
        fields["topics"] = list(guessed)
    if not article.sources:
        notes.append("has no sources: write where each factual claim comes from into `sources`")
    if before is not None and known and known.reviewed_by and known.sections != article.sections:
        fields |= {"reviewed_by": None, "reviewed_on": None}
        notes.append(f"was signed by {known.reviewed_by}; the text has changed, so it needs to be reviewed again")
    after = _file(fields, body)
    if before is not None and known and parse_article(after, path) == known:
        # The same article in another notation: what a person wrote stays as they wrote it.
        after = before
    article = parse_article(after, path)
    old = {passage.id for passage in passages_of([known])} if known else set()
    new = {passage.id for passage in passages_of([article])}
    return Change(source, path, before, after, article, len(old & new), len(new - old), len(old - new), tuple(notes))


def _known(source: Source, draft: Draft, existing: dict[str, Article]) -> Article | None:
    """The article that this source was before: by where it came from, by its address, by its title."""
    for article in existing.values():
        if article.imported_from == source.origin or (draft.url and article.url == draft.url):
            return article
    return existing.get(_id_of(draft))


def _check_may_replace(source: Source, draft: Draft, known: Article) -> None:
    if known.imported_from is None and not draft.fields:
        raise KnowledgeError(
            source.name,
            f"would replace the article {known.id!r}, which was not imported",
            "give the source another title, or import it with --replace",
        )
    both = "://" in (known.imported_from or "") and source.is_address and known.imported_from != source.origin
    if both and not (draft.url and draft.url == known.url):
        raise KnowledgeError(
            source.name,
            f"would replace the article {known.id!r}, which came from {known.imported_from}",
            "import it with --replace if it has moved, or give it another title",
        )


def _id_of(draft: Draft) -> str:
    given = str(draft.fields.get("id") or "")
    plain = unicodedata.normalize("NFKD", given or draft.title or "").encode("ascii", "ignore").decode()
    name = slug(plain)
    if len(name) > LONGEST_ID:
        name = name[: LONGEST_ID + 1].rpartition("-")[0] or name[:LONGEST_ID]
    return name or "article"


def _fields(source: Source, draft: Draft, name: str, known: Article | None) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "title": draft.title,
        "summary": draft.summary or _summary(draft),
        "topics": [],
        "audience": list(AUDIENCES),
        "sources": [],
        "url": draft.url or f"/articles/{name}",
        "reviewed_by": None,
        "reviewed_on": None,
        **draft.fields,
    }
    if known:
        fields |= {
            "summary": known.summary,
            "topics": list(known.topics),
            "audience": list(known.audience),
            "sources": [vars(one) for one in known.sources],
            "url": known.url,
            "reviewed_by": known.reviewed_by,
            "reviewed_on": known.reviewed_on,
            **draft.fields,
        }
    return fields | {"id": name, "imported_from": source.origin}


def _summary(draft: Draft) -> str:
    """The first sentences of the text, as far as they are short."""
    text = next((block.text for block in draft.blocks if block.kind == PARAGRAPH), draft.title or "")
    summary = ""
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if summary and len(summary) + len(sentence) > LONGEST_SUMMARY:
            break
        summary = f"{summary} {sentence}".strip()
    return summary if len(summary) <= 2 * LONGEST_SUMMARY else summary[:LONGEST_SUMMARY].rpartition(" ")[0] + " …"


def _with_asked(body: str, known: Article) -> str:
    """`body` with the ways to ask that a person has added below headings that are still there."""
    asked = {section.heading: section.asked for section in known.sections if section.asked}
    lines: list[str] = []
    for line in body.splitlines():
        lines.append(line)
        heading = re.fullmatch(r"#{1,4} (.+)", line)
        if heading and heading.group(1) in asked:
            lines.append(f"<!-- asked: {' | '.join(asked[heading.group(1)])} -->")
    return "\n".join(lines) + "\n"


def _file(fields: dict[str, Any], body: str) -> str:
    """The article's file: front matter in the order and form of the shipped ones, then the text."""
    lines = ["---"]
    for name in (*_ORDER, *sorted(set(fields) - set(_ORDER))):
        if name not in fields:
            continue
        value = fields[name]
        if name in _LINE_LISTS:
            lines.append(f"{name}: [{', '.join(_scalar(one) for one in value)}]")
        elif isinstance(value, list) and value:
            lines.append(f"{name}:")
            for row in value:
                lines += [
                    f"{'  - ' if n == 0 else '    '}{key}: {_scalar(one)}" for n, (key, one) in enumerate(row.items())
                ]
        else:
            lines.append(f"{name}: {_scalar(value)}")
    return "\n".join([*lines, "---", "", body])


def _scalar(value: Any) -> str:
    text: str = yaml.safe_dump(value, allow_unicode=True, width=10**6, default_flow_style=True)
    return text.removesuffix("\n").removesuffix("\n...")
