"""Importing articles: pages as site builders write them, plain text, again, in bad shape, and taken back."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from knowledge.articles import load_article
from knowledge.errors import KnowledgeError
from knowledge.importing import together
from knowledge.importing.plain import read_text
from knowledge.importing.planning import Change, ImportFailedError, plan
from knowledge.importing.sources import Source, expand, read
from knowledge.importing.writing import carry_out, take_back
from knowledge.passages import passages_of

FOREIGN = (
    "cookie",
    "Share",
    "Related",
    "newsletter",
    "Leave a Reply",
    "Posted",
    "All rights",
    "Home",
    "Contents",
    "Book a",
)
PAGE = """<!DOCTYPE html><html><head><title>Long evenings &#8211; A Practice</title>
<meta name="description" content="What helps in long evenings."><link rel="canonical" href="https://p.example/evenings/">
</head><body>
<div id="cookie-law-info-bar" role="dialog"><p>We use cookies to make this site better for you and our partners.</p></div>
<header class="site-header"><nav><ul><li><a href="/">Home</a></li><li><a href="/about">About</a></li></ul></nav></header>
<main><article><h1>Long evenings</h1><div class="entry-meta">Posted on March 3, 2025 by Anna</div>
<div class="ez-toc"><p>Table of Contents</p><ul><li><a href="#a">Why evenings are hard</a></li></ul></div>
<p>The hours from five to eight can feel longer than the rest of the day. Many parents say the same, and they wonder
what they do wrong. Most of the time nothing is wrong.</p>
<h2 id="a"><span class="ez-toc-section">Why evenings are hard</span></h2>
<p>Babies gather noise and light all day. By evening it spills over. A parent has had the same day, and less sleep.</p>
<div class="sharedaddy"><h3>Share this:</h3><ul><li><a href="#f">Facebook</a></li><li><a href="#x">X</a></li></ul></div>
<p><strong>What you can try</strong></p>
<p>One of these may take the edge off:</p>
<ul><li>Dim the lights early.</li><li>Carry the baby in a sling.</li><li>Eat before the crying begins.</li></ul>
<h2>Questions</h2>
<details><summary>Does it pass?</summary><p>For most babies the long crying fades in the fourth month.</p></details>
<ul class="accordion-items-container"><li class="accordion-item"><h4><button aria-expanded="false" aria-controls="d1">
<span>Is it my fault?</span></button></h4><div id="d1" hidden><p>No. Evenings are loud in families of every kind.</p></div></li></ul>
<p><a class="button" href="/book">Book a call</a></p>
<div class="jp-relatedposts"><h3>Related</h3><p>Five ways to nap, an excerpt that has no place here at all.</p></div>
</article><div id="comments"><h3>Leave a Reply</h3><p>Your email address will not be published.</p></div></main>
<aside><h2>Subscribe to our newsletter</h2><p>Tips every week.</p></aside>
<footer><p>© 2025 A Practice. All rights reserved.</p></footer></body></html>"""
TEXT = """When Nights Are Long

published on 3 March 2025

You get up again and again, and the clock seems to stand still. It is a lonely hour, and you are not the only one awake.

So why does it feel like that?

Why It Happens

Sleep that is cut into pieces rests you less than the same hours in one piece. Your mood follows. It says little about how strong you are.

Share the Load

If there are two of you, split the night into halves:

  • The first half is yours.
  • The second half is theirs.

"Good Enough" Sleep

One stretch of four hours can change a day. Ask for it as you would ask for medicine, and let the washing wait.

Read more

📑 Contents
Table of Contents"""


def imported(source: Path, folder: Path, **options) -> list[Change]:
    changes = plan(expand([str(source)]), folder, **options)
    carry_out(changes, folder / "records")
    return changes


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "saved" / "page.html"
    path.parent.mkdir()
    path.write_text(PAGE, "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "knowledge").mkdir()
    return tmp_path / "knowledge"


def test_a_page_becomes_an_article_without_what_belongs_to_the_site(page: Path, folder: Path) -> None:
    imported(page, folder)
    article = load_article(folder / "articles" / "long-evenings.md")
    assert [section.heading for section in article.sections] == [
        "Long evenings",
        "Why evenings are hard",
        "What you can try",
        "Does it pass?",
        "Is it my fault?",
    ]
    text = " ".join(passage.text for passage in passages_of([article]))
    assert [word for word in FOREIGN if word in text] == []
    assert "- Carry the baby in a sling." in text
    assert "fades in the fourth month" in text
    assert "families of every kind" in text
    assert (article.title, article.summary, article.url) == (
        "Long evenings",
        "What helps in long evenings.",
        "https://p.example/evenings/",
    )
    assert article.reviewed_by is None
    assert article.sources == ()
    assert article.imported_from == "page.html"


def test_plain_text_is_cut_at_its_unmarked_headings() -> None:
    draft = read_text(TEXT)
    assert draft.title == "When Nights Are Long"
    assert [b.text for b in draft.blocks if b.kind == "heading"] == [
        "Why It Happens",
        "Share the Load",
        '"Good Enough" Sleep',
    ]
    assert [b.text for b in draft.blocks if b.kind == "item"] == [
        "The first half is yours.",
        "The second half is theirs.",
    ]
    assert "So why does it feel like that?" in [b.text for b in draft.blocks if b.kind == "paragraph"]
    assert not any(word in block.text for block in draft.blocks for word in ("Contents", "Read more", "published"))


def test_importing_again_changes_nothing(page: Path, folder: Path) -> None:
    imported(page, folder)
    (again,) = imported(page, folder)
    assert again.state == "unchanged"
    assert (again.added, again.removed) == (0, 0)


def test_a_changed_page_is_updated_in_place_and_unchanged_passages_keep_their_ids(page: Path, folder: Path) -> None:
    imported(page, folder)
    before = {p.id for p in passages_of([load_article(folder / "articles" / "long-evenings.md")])}
    page.write_text(PAGE.replace("By evening it spills over.", "In the evening it all comes out."), "utf-8")
    (change,) = imported(page, folder)
    after = {p.id for p in passages_of([change.article])}
    assert change.state == "changed"
    assert (change.added, change.removed, change.kept) == (1, 1, len(before) - 1)
    assert len(before & after) == len(before) - 1
    assert len(list((folder / "articles").iterdir())) == 1
    assert "+Babies gather" in change.diff()


def test_what_a_person_wrote_is_kept_and_a_signature_falls_with_the_text(page: Path, folder: Path) -> None:
    imported(page, folder)
    path = folder / "articles" / "long-evenings.md"
    text = path.read_text("utf-8").replace("topics: []", "topics: [feel_overwhelmed]")
    text = text.replace("reviewed_by: null", "reviewed_by: A clinician").replace(
        "reviewed_on: null", "reviewed_on: 2026-01-02"
    )
    path.write_text(
        text.replace("### Does it pass?\n", "### Does it pass?\n<!-- asked: when will it end -->\n"), "utf-8"
    )
    (same,) = imported(page, folder)
    assert same.article.reviewed_by == "A clinician"
    page.write_text(PAGE.replace("No. Evenings", "No, evenings"), "utf-8")
    (change,) = imported(page, folder)
    assert change.article.topics == ("feel_overwhelmed",)
    assert [s.asked for s in change.article.sections if s.asked] == [("when will it end",)]
    assert change.article.reviewed_by is None
    assert any("signed by A clinician" in note for note in change.notes)


def test_topics_are_guessed_where_there_are_none(page: Path, folder: Path) -> None:
    (change,) = imported(page, folder, guess=lambda article: ["feel_overwhelmed"])
    assert change.article.topics == ("feel_overwhelmed",)


def test_an_import_is_taken_back(page: Path, folder: Path) -> None:
    imported(page, folder)
    first = (folder / "articles" / "long-evenings.md").read_text("utf-8")
    page.write_text(PAGE.replace("less sleep", "little sleep"), "utf-8")
    imported(page, folder)
    take_back(folder / "records")
    assert (folder / "articles" / "long-evenings.md").read_text("utf-8") == first
    take_back(folder / "records")
    assert not (folder / "articles" / "long-evenings.md").exists()
    with pytest.raises(KnowledgeError, match="no import to take back"):
        take_back(folder / "records")


def test_an_article_edited_since_is_not_taken_back(page: Path, folder: Path) -> None:
    imported(page, folder)
    path = folder / "articles" / "long-evenings.md"
    path.write_text(path.read_text("utf-8") + "\nMine.\n", "utf-8")
    with pytest.raises(KnowledgeError, match="has changed since"):
        take_back(folder / "records")
    assert path.read_text("utf-8").endswith("Mine.\n")


@pytest.fixture
def three(tmp_path: Path, folder: Path) -> dict[str, str]:
    """The articles after an import of three, two of which were there before."""
    source = tmp_path / "in"
    source.mkdir()
    for name in ("one", "two"):
        (source / f"{name}.md").write_text(GOOD.replace("# T", f"# {name}"), "utf-8")
    imported(source, folder)
    for name in ("one", "two", "three"):
        (source / f"{name}.md").write_text(GOOD.replace("# T", f"# {name}").replace("own", "very own"), "utf-8")
    imported(source, folder)
    return articles(folder)


def articles(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (folder / "articles").iterdir()}


def test_an_import_that_cannot_be_taken_back_whole_stays_and_can_be_taken_back_later(
    folder: Path, three: dict[str, str], monkeypatch: pytest.MonkeyPatch, failing
) -> None:
    for at in range(1, 5):
        with monkeypatch.context() as patched:
            patched.setattr(together, "_put", failing(together._put, at, errno.ENOSPC))
            with pytest.raises(KnowledgeError, match="nothing was changed"):
                take_back(folder / "records")
        assert articles(folder) == three
    assert [path.name for path in take_back(folder / "records")] == ["one.md", "three.md", "two.md"]
    assert set(articles(folder)) == {"one.md", "two.md"}
    take_back(folder / "records")
    assert articles(folder) == {}


def test_an_import_that_was_cut_off_in_the_middle_can_be_taken_back(folder: Path, three: dict[str, str]) -> None:
    record = max((folder / "records").iterdir())
    rows = json.loads(record.read_text("utf-8"))
    assert rows[0]["before"]
    # As if the power had gone before the first file, and before the one that is new.
    for row in rows:
        path = Path(row["path"])
        if path.name == "one.md":
            path.write_text(row["before"], "utf-8")
        if path.name == "three.md":
            path.unlink()
    take_back(folder / "records")
    assert set(articles(folder)) == {"one.md", "two.md"}
    assert "very own" not in "".join(articles(folder).values())


def test_a_handwritten_article_is_not_replaced_unasked(page: Path, folder: Path) -> None:
    imported(page, folder)
    path = folder / "articles" / "long-evenings.md"
    path.write_text(
        path.read_text("utf-8").replace("imported_from: page.html\n", "").replace("https://p.example/evenings/", "/x"),
        "utf-8",
    )
    with pytest.raises(ImportFailedError, match="--replace"):
        imported(page, folder)
    assert imported(page, folder, replace=True)[0].state == "changed"


GOOD = "# T\n\n## A heading\n\n" + "Some words that make a passage of their own. " * 8


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("broken.md", b"---\ntitle: [unclosed\n---\n# T\n\n## H\n\ntext", r"broken\.md:\d: broken YAML"),
        ("binary.txt", b"%PDF-1.7\x00\x01", "is not text"),
        ("zeros.html", b"<html>\x00\x00\x00", "is not text"),
        ("empty.txt", b"  \n", "is empty"),
        ("large.html", b"<p>" + b"x" * 10_000_001, "is 10 MB, more than 10"),
        (
            "flat.txt",
            b"A title\n\n" + b"Only text without any heading stands in this file, and it goes on. " * 9,
            "has no headings",
        ),
        ("menu.html", b"<html><body><nav><a>Home</a></nav><h2>Hi</h2></body></html>", "holds no article"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(
    tmp_path: Path, folder: Path, name: str, content: bytes, message: str
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "good.md").write_text(GOOD, "utf-8")
    (source / name).write_bytes(content)
    with pytest.raises(ImportFailedError, match=message) as raised:
        imported(source, folder)
    assert len(raised.value.errors) == 1
    assert not (folder / "articles").exists()


@pytest.mark.parametrize("name", ["absent.html", "absent/"])
def test_a_missing_source_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(KnowledgeError, match="there is no such file or folder"):
        expand([str(tmp_path / name)])


def test_two_sources_that_become_one_article_are_refused(tmp_path: Path, folder: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for name in ("one.md", "two.md"):
        (source / name).write_text(GOOD, "utf-8")
    with pytest.raises(ImportFailedError, match=r"becomes the article 't', and so does .*one\.md"):
        imported(source, folder)
    assert not (folder / "articles").exists()


def test_a_folder_that_cannot_be_written_stays_as_it_was(page: Path, folder: Path) -> None:
    changes = plan(expand([str(page)]), folder)
    (folder / "articles").write_text("in the way")
    with pytest.raises(KnowledgeError, match="nothing was changed"):
        carry_out(changes, folder / "records")
    assert list((folder / "records").iterdir()) == []


def test_an_article_of_attune_is_taken_as_it_stands(knowledge_folder: Path, folder: Path) -> None:
    (change,) = imported(knowledge_folder / "articles" / "low-mood.md", folder)
    shipped = load_article(knowledge_folder / "articles" / "low-mood.md")
    assert change.article.sections == shipped.sections
    assert change.article.sources == shipped.sources
    assert change.article.topics == shipped.topics


def test_a_text_without_a_telling_name_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_text(PAGE, "utf-8")
    assert read(Source(str(path))).title == "Long evenings"
