"""`attune knowledge`."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from bot.cli.lines import console, note, write
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from knowledge.articles import Article
    from knowledge.importing.planning import Change
    from knowledge.lint import Finding


@click.group(name="knowledge")
def command() -> None:
    """Import, check and list the articles that answers are quoted from.

    They lie in knowledge/articles, or in the folder articles of ATTUNE_KNOWLEDGE. A running Attune picks changes up
    within two seconds. docs/knowledge.md tells how to write and import them.
    """


def records() -> Path:
    """Where imports are noted so that they can be taken back."""
    return get_settings().var / "imports"


@command.command(name="import")
@click.argument("sources", nargs=-1, required=True, metavar="SRC...")
@click.option("--dry-run", is_flag=True, help="Show what would change, as a diff, and write nothing.")
@click.option("--diff", "show_diff", is_flag=True, help="Import, and show the changes as a diff.")
@click.option(
    "--replace", is_flag=True, help="Also replace an article that was written by hand or came from elsewhere."
)
@click.option("--no-topics", is_flag=True, help="Do not guess topics with the trained model.")
@click.option("--json", "as_json", is_flag=True, help="Print what happened as JSONL.")
def import_(
    sources: tuple[str, ...], dry_run: bool, show_diff: bool, replace: bool, no_topics: bool, as_json: bool
) -> None:
    """Turn pages of the practice's site into articles.

    SRC is a saved web page, an address (http, https), a Markdown or text file, or a folder of such files. Menus, cookie
    bars, related posts and the like are left out; folded answers of an FAQ are kept. Text without marked headings is
    read too, if headings stand on lines of their own.

    Importing again updates the article in place. Passages that have not changed keep their ids, and what you wrote
    into the front matter stays. When any source cannot be read, nothing is written. `attune knowledge undo` takes the
    last import back.

    \b
      attune knowledge import saved/why-bonding-takes-time.html
      attune knowledge import --dry-run https://practice.example/blog/bonding
      attune knowledge import articles-from-the-old-site/
    """
    from bot.topics import guesser
    from knowledge.importing.planning import ImportFailedError, plan
    from knowledge.importing.sources import expand
    from knowledge.importing.writing import carry_out

    settings = get_settings()
    found = expand(sources)
    try:
        with _progress("Reading", len(found)) as step:
            guess = None if no_topics else guesser(note)
            changes = plan(found, settings.knowledge, guess=guess, replace=replace, report=lambda source: step())
    except ImportFailedError as error:
        for one in error.errors:
            note(f"attune: {one}")
        note(f"Nothing was changed: {len(error.errors)} of {len(found)} sources cannot be imported.")
        sys.exit(1)
    record = None if dry_run else carry_out(changes, records())
    if as_json:
        for change in changes:
            write(_row(change))
        return
    if dry_run or show_diff:
        for change in changes:
            click.echo(change.diff(), nl=False)
    _show_changes(changes)
    if dry_run:
        note("Nothing was written: this was a dry run.")
    elif record:
        note("Next: `attune knowledge check`. To take this import back: `attune knowledge undo`.")


@contextlib.contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on stderr, where that is a terminal; call what it gives after each step."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


def _row(change: Change) -> dict[str, Any]:
    return {
        "article": change.article.id,
        "state": change.state,
        "title": change.article.title,
        "source": change.source.name,
        "file": str(change.path),
        "headings": [section.heading for section in change.article.sections],
        "passages": {"kept": change.kept, "added": change.added, "removed": change.removed},
        "topics": list(change.article.topics),
        "notes": list(change.notes),
    }


def _table(*headings: str, right: Sequence[str] = ()) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left", overflow="fold")
    return table


def _show_changes(changes: Sequence[Change]) -> None:
    counts = ("passages kept", "new", "gone")
    table = _table("article", "is", *counts, right=counts)
    for change in changes:
        table.add_row(change.article.id, change.state, str(change.kept), str(change.added), str(change.removed))
    screen = console()
    screen.print(table)
    for change in changes:
        for text in change.notes:
            screen.print(f"{change.article.id}: {text}.", markup=False, highlight=False, soft_wrap=True)


@command.command()
def undo() -> None:
    """Take the last import back: articles become what they were before it.

    Used again, it takes back the import before that. Refuses when one of the articles was edited since.
    """
    from knowledge.importing.writing import take_back

    for path in take_back(records()):
        click.echo(f"{'restored' if path.exists() else 'removed'} {path}")


@command.command()
@click.option("--online", is_flag=True, help="Also follow the addresses of sources and links.")
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSONL.")
def check(online: bool, as_json: bool) -> None:
    """Look for what has to be mended in the articles.

    Schema, topics that are no label, missing sources, links that lead nowhere, passages that are there twice, words
    that Attune never says; as notes, length and a reading age above 14. Exit code 1 when something has to be mended.
    """
    from bot.understanding.labels import labels
    from knowledge.importing.fetch import look
    from knowledge.lint import FAIL, check_online, external_links
    from knowledge.lint import check as lint

    checked = lint(get_settings().knowledge, set(labels()))
    findings = list(checked.findings)
    if online:
        total = sum(len(external_links(article)) for article in checked.articles)
        with _progress("Following links", total) as step:
            findings += check_online(checked.articles, look, step)
    if as_json:
        for finding in findings:
            write(vars(finding))
    else:
        _show_findings(findings)
        fails = sum(finding.state == FAIL for finding in findings)
        note(f"{len(checked.articles)} articles: {fails} to mend, {len(findings) - fails} to know.")
        if not checked.articles:
            note("There is nothing to quote yet. Begin with `attune knowledge import --help`.")
    sys.exit(1 if any(finding.state == FAIL for finding in findings) else 0)


def _show_findings(findings: Sequence[Finding]) -> None:
    table = _table("", "article", "about", "what")
    for finding in sorted(findings, key=lambda one: (one.state, one.article)):
        table.add_row(finding.state, finding.article, finding.about, finding.text)
    if findings:
        console().print(table)


@command.command()
def index() -> None:
    """Make the search index of the articles where it is not there yet.

    `attune run` and `attune train` do it before they need it, and a running Attune does it for an article that changes.
    """
    from bot import passage_index

    if not passage_index.make(note):
        note("The index of the articles is there already.")


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line an article.")
def list_(as_json: bool) -> None:
    """List the articles: title, main topic, passages, sources, where it came from, who signed it."""
    from knowledge.articles import load_articles

    articles = load_articles(get_settings().knowledge)
    rows = [_listed(article) for article in articles]
    if as_json:
        for row in rows:
            write(row)
        return
    if not articles:
        note(
            f"There are no articles in {get_settings().knowledge / 'articles'}. Begin with `attune knowledge import --help`."
        )
        return
    numbers = ("passages", "words", "sources")
    table = _table("id", "title", "main topic", *numbers, "from", "reviewed", right=numbers)
    for row in rows:
        topics = row["topics"] or ["none"]
        table.add_row(
            *(str(row["id"]), str(row["title"]), topics[0]),
            *(str(row[name]) for name in numbers),
            *(str(row["imported_from"] or "written here"), str(row["reviewed_by"] or "not yet")),
        )
    console().print(table)
    note(f"{len(articles)} articles, {sum(int(row['passages']) for row in rows)} passages.")


def _listed(article: Article) -> dict[str, Any]:
    from knowledge.passages import passages_of

    passages = passages_of([article])
    return {
        "id": article.id,
        "title": article.title,
        "topics": list(article.topics),
        "audience": list(article.audience),
        "passages": len(passages),
        "words": sum(len(passage.text.split()) for passage in passages),
        "sources": len(article.sources),
        "url": article.url,
        "imported_from": article.imported_from,
        "reviewed_by": article.reviewed_by,
        "reviewed_on": article.reviewed_on.isoformat() if article.reviewed_on else None,
        "headings": [section.heading for section in article.sections],
    }
