"""Articles, and the passages that are cut from them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
import yaml

from knowledge.articles import Article, Section, load_article, load_articles, unreviewed
from knowledge.passages import LEAST_WORDS, MOST_WORDS, Passage, cut, passages_of, slug

if TYPE_CHECKING:
    from pathlib import Path


def words(count: int, start: str = "Word") -> str:
    """A sentence of `count` words."""
    return f"{start} {' '.join(['word'] * (count - 2))} end."


def an_article(*sections: Section, url: str = "/articles/x", reviewed_by: str | None = None) -> Article:
    return Article("x", "Title", "Summary", ("feel_low",), (), (), url, reviewed_by, None, sections)


@pytest.fixture(scope="module")
def shipped(knowledge_folder: Path) -> list[Article]:
    return load_articles(knowledge_folder)


@pytest.fixture(scope="module")
def passages(shipped: list[Article]) -> list[Passage]:
    return passages_of(shipped)


def test_every_shipped_article_loads(shipped: list[Article], knowledge_folder: Path) -> None:
    assert {article.id for article in shipped} == {path.stem for path in (knowledge_folder / "articles").glob("*.md")}
    assert len(shipped) > 40


def test_every_shipped_passage_has_40_to_120_words(passages: list[Passage]) -> None:
    wrong = {p.id: len(p.text.split()) for p in passages if not LEAST_WORDS <= len(p.text.split()) <= MOST_WORDS}
    assert not wrong


def test_no_two_shipped_passages_have_the_same_id_or_text(passages: list[Passage]) -> None:
    assert [name for name, times in Counter(p.id for p in passages).items() if times > 1] == []
    assert [name for name, times in Counter(p.text for p in passages).items() if times > 1] == []


def test_one_source_has_one_year_in_all_articles(shipped: list[Article]) -> None:
    years: dict[tuple[str, str], set[int]] = {}
    for article in shipped:
        for source in article.sources:
            years.setdefault((source.url, source.title), set()).add(source.year)
    assert {url: found for (url, _), found in years.items() if len(found) > 1} == {}


def test_sharing_a_bed_is_spoken_of_with_the_advice_of_both_countries(passages: list[Passage]) -> None:
    about = [p.text for p in passages if p.article == "sleep-and-exhaustion" and "share a bed" in p.text]
    assert len(about) == 1
    assert about[0].index("American Academy of Pediatrics") < about[0].index("sofa")
    assert "NHS" in about[0]


def test_shipped_passages_show_no_markdown(passages: list[Passage]) -> None:
    marks = ("**", "](", "__", "##", "---", "<")
    assert [p.id for p in passages if any(mark in p.text for mark in marks)] == []


def test_every_topic_of_an_article_is_a_label(shipped: list[Article], root: Path) -> None:
    families = yaml.safe_load((root / "data" / "labels.yml").read_text("utf-8"))
    known = {label for family in families.values() for label in family}
    assert {topic for article in shipped for topic in article.topics} - known == set()


def test_every_label_that_is_answered_with_a_passage_has_an_article(shipped: list[Article], root: Path) -> None:
    rules = yaml.safe_load((root / "data" / "rules" / "answer.yml").read_text("utf-8"))["rules"]
    answered = {row["intent"] for row in rules[0]["steps"][0]["or"]}
    assert answered - {topic for article in shipped for topic in article.topics} == set()


def test_every_address_of_a_shipped_article_is_its_own_page(shipped: list[Article]) -> None:
    assert [article.id for article in shipped if article.url != f"/articles/{article.id}"] == []


def test_every_source_is_dated_and_linked(shipped: list[Article]) -> None:
    sources = [source for article in shipped for source in article.sources]
    assert sources
    assert [s for s in sources if "://" not in s.url or not 1900 < s.year <= 2026 or not s.claim or not s.title] == []


def test_articles_that_nobody_has_signed_are_listed(shipped: list[Article]) -> None:
    signed = an_article(Section("H", "t"), reviewed_by="Dr A")
    assert unreviewed([signed, shipped[0]]) == [shipped[0]]


def test_text_before_the_first_heading_stands_under_the_title(own_knowledge: Path) -> None:
    path = own_knowledge / "articles" / "delayed-bond.md"
    head = path.read_text("utf-8").split("\n---\n")[0]
    path.write_text(f"{head}\n---\nFirst words.\n\n## What helps? ##\n\nMore words.\n\n## Empty\n", "utf-8")
    article = load_article(path)
    assert [(s.heading, s.markdown) for s in article.sections] == [
        (article.title, "First words."),
        ("What helps?", "More words."),
    ]


def test_an_article_saved_on_windows_reads_the_same(own_knowledge: Path) -> None:
    path = own_knowledge / "articles" / "delayed-bond.md"
    before = load_article(path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_article(path) == before


def test_a_list_stays_with_the_line_that_introduces_it() -> None:
    # Each is long enough to stand alone, so only the rule for lists keeps them together.
    intro, items = f"{words(50)[:-1]}:", "\n".join(f"- {words(15)}" for _ in range(4))
    assert cut(f"{intro}\n\n{items}\n\n{words(60, 'After')}") == [f"{intro}\n{items}", words(60, "After")]


def test_short_paragraphs_are_joined() -> None:
    assert cut(f"{words(15)}\n\n{words(40, 'Then')}") == [f"{words(15)}\n{words(40, 'Then')}"]


def test_a_paragraph_that_is_long_enough_stands_alone() -> None:
    assert cut(f"{words(60)}\n\n{words(60, 'Then')}") == [words(60), words(60, "Then")]


def test_a_long_paragraph_is_cut_at_a_sentence_end() -> None:
    sentences = [words(30, start) for start in ("One", "Two", "Three", "Four", "Five", "Six")]
    parts = cut(" ".join(sentences))
    assert len(parts) == 2
    assert " ".join(parts) == " ".join(sentences)
    assert all(LEAST_WORDS <= len(part.split()) <= MOST_WORDS for part in parts)


def test_emphasis_and_links_become_plain_words() -> None:
    assert cut("A **bold** and *soft* word, and [a link](https://x.example).") == ["A bold and soft word, and a link."]


def test_the_id_of_a_passage_survives_changes_in_other_sections() -> None:
    kept = Section("What helps?", words(50))
    before = passages_of([an_article(Section("First", words(50)), kept)])
    after = passages_of([an_article(Section("Quite new", words(50)), Section("First", words(90)), kept)])
    assert before[-1] == after[-1]
    assert before[-1].id.startswith("x#what-helps.")


def test_the_id_of_a_passage_survives_a_new_paragraph_in_front_of_it() -> None:
    before = passages_of([an_article(Section("H", f"{words(50)}\n\n{words(60, 'Then')}"))])
    after = passages_of([an_article(Section("H", f"{words(45, 'New')}\n\n{words(50)}\n\n{words(60, 'Then')}"))])
    assert [p.id for p in before] == [p.id for p in after[1:]]


def test_two_sections_with_one_heading_have_passages_of_their_own() -> None:
    made = passages_of([an_article(Section("H", words(50)), Section("H", words(50, "Other")), Section("H", words(50)))])
    assert [p.text for p in made] == [words(50), words(50, "Other")]
    assert len({p.id for p in made}) == 2


def test_a_long_list_is_cut_between_its_lines() -> None:
    items = "\n".join(f"- {words(20, f'Item{n}')}" for n in range(12))
    parts = cut(f"Try these:\n\n{items}")
    assert len(parts) == 3
    assert "\n".join(parts) == f"Try these:\n{items}"
    assert all(part.count("Item") == 4 for part in parts)


def test_a_sentence_without_an_end_is_cut_all_the_same() -> None:
    parts = cut(" ".join(["word"] * 300))
    assert [len(part.split()) for part in parts] == [100, 100, 100]


def test_ways_to_ask_are_read_and_never_shown(own_knowledge: Path) -> None:
    path = own_knowledge / "articles" / "delayed-bond.md"
    head = path.read_text("utf-8").split("\n---\n")[0]
    path.write_text(f"{head}\n---\n## H\n<!-- asked: is it late | too late? -->\n\n{words(50)}\n", "utf-8")
    passage = passages_of([load_article(path)])[0]
    assert passage.asked == ("is it late", "too late?")
    assert passage.text == words(50)


def test_a_section_about_danger_is_marked_and_the_mark_never_shown(own_knowledge: Path) -> None:
    path = own_knowledge / "articles" / "delayed-bond.md"
    head = path.read_text("utf-8").split("\n---\n")[0]
    body = f"## Slow\n\n{words(50)}\n\n## When is it urgent?\n<!-- danger -->\n\n{words(60)}"
    path.write_text(f"{head}\n---\n{body}\n", "utf-8")
    assert [(p.heading, p.danger, "<!--" in p.text) for p in passages_of([load_article(path)])] == [
        ("Slow", False, False),
        ("When is it urgent?", True, False),
    ]


def test_the_digest_follows_the_wording() -> None:
    one, other = (passages_of([an_article(Section("H", text))])[0] for text in (words(50), words(51)))
    assert one.id != other.id
    assert one.digest != other.digest


def test_the_practices_site_stands_before_relative_addresses_only() -> None:
    section = Section("What helps?", words(50))
    assert passages_of([an_article(section)], "https://p.example")[0].url == "https://p.example/articles/x#what-helps"
    outside = an_article(section, url="https://other.example/a")
    assert passages_of([outside], "https://p.example")[0].url == "https://other.example/a#what-helps"


@pytest.mark.parametrize(
    ("heading", "expected"),
    [("What helps?", "what-helps"), ("I don't feel it", "i-dont-feel-it"), ("  5 ways: a, b  ", "5-ways-a-b")],
)
def test_a_heading_becomes_an_address_part(heading: str, expected: str) -> None:
    assert slug(heading) == expected
