"""Looks through the articles for what a reader or a reviewer would trip over."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.articles import Article, load_article
from knowledge.errors import KnowledgeError
from knowledge.passages import MOST_WORDS, Passage, passages_of, slug
from knowledge.wording import never_said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

LEAST_LENGTH, MOST_LENGTH = 500, 1200  # words of an article
OLDEST_READER = 14.5  # years; articles aim at 12 to 14
SHINGLE = 4  # words in a row that are compared
ALIKE = 0.5  # share of the shorter passage's runs of words that another has too
# Articles about this program itself claim nothing that a guideline or study would have to bear out.
ABOUT_ITSELF = ("ask_bot", "ask_privacy", "ask_capabilities")
FAIL, NOTE = "fail", "note"
_LINK = re.compile(r"(?<!\\)\[[^\]]+\]\(\s*<?([^)\s>]+)[^)]*\)")


@dataclass(frozen=True)
class Finding:
    """One complaint: `state` is fail (mend it) or note (know it); `article` is its id or file name."""

    state: str
    article: str
    about: str
    text: str


@dataclass(frozen=True)
class Checked:
    """The articles that could be loaded, and everything found."""

    articles: list[Article]
    findings: list[Finding]

    @property
    def failed(self) -> bool:
        """Whether anything has to be mended."""
        return any(finding.state == FAIL for finding in self.findings)


def check(folder: Path, labels: Collection[str] | None = None) -> Checked:
    """Everything that can be said of the articles in `folder` without a network. `labels` are the topics that exist."""
    articles: list[Article] = []
    findings: list[Finding] = []
    for path in sorted((folder / "articles").glob("*.md")):
        try:
            articles.append(load_article(path))
        except KnowledgeError as error:
            findings.append(Finding(FAIL, path.stem, "schema", str(error)))
    known = {article.id: {slug(section.heading) for section in article.sections} for article in articles}
    for article in articles:
        findings += [*_fields(article, labels), *_length(article), *_wording(article), *_links(article, known)]
    findings += [*_addresses(articles), *_alike(passages_of(articles))]
    return Checked(articles, findings)


def _fields(article: Article, labels: Collection[str] | None) -> Iterator[Finding]:
    if not article.topics:
        yield Finding(
            FAIL, article.id, "topics", "none: write the labels that it answers into `topics`, the main one first"
        )
    if labels is not None and (unknown := sorted(set(article.topics) - set(labels))):
        yield Finding(FAIL, article.id, "topics", f"{', '.join(unknown)} is no label: see data/labels.yml")
    if not article.sources and not set(article.topics[:1]) & set(ABOUT_ITSELF):
        yield Finding(FAIL, article.id, "sources", "none: write where each factual claim comes from into `sources`")
    for source in article.sources:
        if not re.match(r"https?://[^\s/]+\.[^\s/]+", source.url):
            yield Finding(FAIL, article.id, "links", f"the source {source.title!r} has no address: {source.url!r}")


def _length(article: Article) -> Iterator[Finding]:
    passages = passages_of([article])
    count = sum(len(passage.text.split()) for passage in passages)
    if not LEAST_LENGTH <= count <= MOST_LENGTH:
        yield Finding(NOTE, article.id, "length", f"{count} words; {LEAST_LENGTH} to {MOST_LENGTH} read well")
    for passage in passages:
        if len(passage.text.split()) > MOST_WORDS * 1.25:
            yield Finding(
                NOTE, article.id, "length", f"a passage of {len(passage.text.split())} words under {passage.heading!r}"
            )
    age = reading_age(" ".join(passage.text for passage in passages))
    if age > OLDEST_READER:
        yield Finding(
            NOTE, article.id, "reading age", f"about {age:.0f}; shorter sentences and words bring it to 12 to 14"
        )


def reading_age(text: str) -> float:
    """The age in years at which `text` is read with ease: mean of two formulas that count letters, plus 5.

    Automated Readability Index (Smith and Senter 1967) and Coleman-Liau (1975) by textstat. Formulas that count
    syllables need a dictionary which textstat would download.
    """
    # Imported here: it brings nltk, and only a check needs it.
    import textstat

    # A list item is a sentence to its reader, whether it has a stop or not.
    lines = [re.sub(r"^(?:[-*+•]|\d{1,2}[.)])\s+", "", line).strip() for line in text.split("\n")]
    whole = " ".join(line if line.endswith((".", "?", "!", ":", "”", '"')) else f"{line}." for line in lines if line)
    grades = (textstat.automated_readability_index(whole), textstat.coleman_liau_index(whole))
    return float(sum(grades)) / len(grades) + 5.0


def _wording(article: Article) -> Iterator[Finding]:
    texts = {"title": article.title, "summary": article.summary}
    texts |= {f"{p.heading!r}": f"{p.heading}. {p.text}" for p in passages_of([article])}
    for where, text in texts.items():
        for name, said in never_said(text):
            what = name if said == name else f"{name} ({said!r})"
            yield Finding(FAIL, article.id, "never say", f"{what} in {where}")


def _links(article: Article, known: dict[str, set[str]]) -> Iterator[Finding]:
    for section in article.sections:
        for target in _LINK.findall(section.markdown):
            if re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE):
                continue
            page, _, anchor = target.partition("#")
            name = page.rstrip("/").rpartition("/")[2].removesuffix(".md") or article.id
            if name not in known:
                yield Finding(FAIL, article.id, "links", f"{target} leads to no article")
            elif anchor and anchor not in known[name]:
                yield Finding(FAIL, article.id, "links", f"{target} leads to no heading of {name}")


def _addresses(articles: Sequence[Article]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for article in articles:
        if article.url in first:
            yield Finding(FAIL, article.id, "url", f"is {article.url}, as that of {first[article.url]}")
        first.setdefault(article.url, article.id)


def external_links(article: Article) -> list[str]:
    """The addresses outside that `article` names: of its sources and in its text, each once."""
    found = [source.url for source in article.sources]
    found += [target for section in article.sections for target in _LINK.findall(section.markdown)]
    found.append(article.url)
    return list(dict.fromkeys(url for url in found if url.startswith(("http://", "https://"))))


def check_online(
    articles: Sequence[Article], look: Callable[[str], int], report: Callable[[], None] = lambda: None
) -> Iterator[Finding]:
    """Follow every external address; `look` gives the status or raises KnowledgeError where one leads nowhere."""
    for article in articles:
        for url in external_links(article):
            try:
                status = look(url)
            except KnowledgeError as error:
                yield Finding(FAIL, article.id, "links", str(error))
            else:
                if status in (404, 410):
                    yield Finding(FAIL, article.id, "links", f"{url} is gone (status {status})")
                elif status >= 400:
                    # Many publishers turn programs away: a person has to look.
                    yield Finding(NOTE, article.id, "links", f"{url} could not be looked at (status {status})")
            report()


def _alike(passages: Sequence[Passage]) -> Iterator[Finding]:
    """Passages that say the same in (nearly) the same words."""
    runs = [_runs(passage.text) for passage in passages]
    having: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, own in enumerate(runs):
        shared: dict[int, int] = defaultdict(int)
        for run in own:
            for other in having[run]:
                shared[other] += 1
            having[run].append(number)
        for other, count in shared.items():
            share = count / max(min(len(own), len(runs[other])), 1)
            if share >= ALIKE:
                state, what = (
                    (FAIL, "is the same as")
                    if share == 1.0 and len(own) == len(runs[other])
                    else (NOTE, f"shares {share:.0%} of its words with")
                )
                yield Finding(
                    state, passages[number].article, "duplicate", f"{passages[number].id} {what} {passages[other].id}"
                )


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9']+", text.lower())
    return {tuple(words[n : n + SHINGLE]) for n in range(max(len(words) - SHINGLE + 1, 1))}
