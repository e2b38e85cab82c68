"""The lint over articles, and the shipped ones under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from knowledge.articles import load_article
from knowledge.errors import KnowledgeError
from knowledge.lint import FAIL, NOTE, check, check_online, reading_age

if TYPE_CHECKING:
    from pathlib import Path

LOW = "articles/low-mood.md"


def said(folder: Path, about: str, labels: set[str] | None = None) -> list[tuple[str, str]]:
    return [(f.state, f.text) for f in check(folder, labels).findings if f.about == about]


@pytest.fixture
def few(own_knowledge: Path) -> Path:
    for path in list((own_knowledge / "articles").glob("*.md")):
        if path.stem not in {"delayed-bond", "low-mood"}:
            path.unlink()
    return own_knowledge


def change(folder: Path, old: str, new: str) -> None:
    path = folder / LOW
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_nothing_is_to_mend_in_the_shipped_articles(knowledge_folder: Path, root: Path) -> None:
    families = yaml.safe_load((root / "data" / "labels.yml").read_text("utf-8"))
    checked = check(knowledge_folder, {label for family in families.values() for label in family})
    assert checked.findings == []
    assert len(checked.articles) > 40


def test_a_broken_article_is_one_finding_and_the_others_are_checked(few: Path) -> None:
    (few / LOW).write_text("half saved", "utf-8")
    checked = check(few)
    assert [article.id for article in checked.articles] == ["delayed-bond"]
    assert checked.failed
    assert "low-mood.md:1" in checked.findings[0].text


def test_missing_sources_and_topics_are_found(few: Path) -> None:
    path = few / LOW
    text = path.read_text("utf-8")
    start, end = text.index("sources:"), text.index("url: /articles/")
    path.write_text(text[:start] + "sources: []\n" + text[end:], "utf-8")
    change(few, "topics: [", "topics: [] # [")
    assert [state for state, _ in said(few, "sources")] == [FAIL]
    assert [state for state, _ in said(few, "topics")] == [FAIL]


def test_a_topic_that_is_no_label_is_found(few: Path) -> None:
    assert said(few, "topics", {"feel_low"})[0][0] == FAIL


def test_words_that_are_never_said_are_found_with_their_place(few: Path) -> None:
    change(few, "## Why am I crying", "## Will this cure me, and why am I crying")
    assert said(few, "never say")[0][1].startswith("a cure ('cure') in 'Will this cure me")


@pytest.mark.parametrize(
    ("link", "complaint"),
    [
        ("[x](/articles/absent)", "/articles/absent leads to no article"),
        ("[x](delayed-bond.md#nowhere)", "delayed-bond.md#nowhere leads to no heading of delayed-bond"),
        ("[x](#nowhere)", "#nowhere leads to no heading of low-mood"),
        ("[x](/articles/delayed-bond#has-a-slow-bond-failed)", None),
        ("[x](https://elsewhere.example/)", None),
    ],
)
def test_links_are_followed_inside(few: Path, link: str, complaint: str | None) -> None:
    path = few / LOW
    path.write_text(path.read_text("utf-8") + f"\nSee {link} for more.\n", "utf-8")
    assert [text for _, text in said(few, "links")] == ([complaint] if complaint else [])


def test_the_same_words_twice_are_found(few: Path) -> None:
    words = " ".join(f"word{n}" for n in range(60))
    for name in ("delayed-bond", "low-mood"):
        path = few / "articles" / f"{name}.md"
        path.write_text(path.read_text("utf-8") + f"\n## More\n\n{words}.\n", "utf-8")
    assert [state for state, _ in said(few, "duplicate")] == [FAIL]
    change(few, "word3 word4 word5", "other")
    assert [state for state, _ in said(few, "duplicate")] == [NOTE]


def test_hard_words_raise_the_reading_age() -> None:
    easy = "You are tired. Sit down for a bit. Tell a friend how you feel. " * 5
    hard = (
        "Multidisciplinary psychotherapeutic interventions demonstrate considerable heterogeneity of effectiveness. "
        * 5
    )
    assert reading_age(easy) < 12 < 18 < reading_age(hard)


def test_addresses_outside_are_followed_when_asked(few: Path) -> None:
    article = load_article(few / LOW)

    def look(url: str) -> int:
        if url == article.sources[0].url:
            raise KnowledgeError(url, "no answer", "look again")
        return {article.sources[1].url: 404, article.sources[2].url: 403}.get(url, 200)

    assert [f.state for f in check_online([article], look)] == [FAIL, FAIL, NOTE]
