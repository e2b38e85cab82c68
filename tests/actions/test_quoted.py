"""What was quoted can be asked for again, shorter, with its source, or the passage before it."""

from __future__ import annotations

import pytest
from helpers import Said, run, tracker

from actions.move import ActionMove
from actions.paths import KNOWLEDGE
from actions.quoted import MOST_SOURCES, article_of, gist_of, last_quoted, sources_of
from actions.session import Session
from knowledge.articles import current_articles
from knowledge.passages import Passage, passages_of

FIRST, SECOND = passages_of([next(a for a in current_articles(KNOWLEDGE) if a.id == "low-mood")])[:2]
QUOTED = {"shown": [FIRST.id, SECOND.id], "topic": "feel_low"}


def quoting(passage: Passage) -> list[str]:
    return ["That is heavy.", f"{passage.text}\n\nFrom “{passage.title}”: {passage.heading}"]


def again(choice: str | None = None, **slots) -> Said:
    return run(ActionMove(), tracker("repeat", "once more", choice=choice, **slots))


def test_the_passage_is_quoted_once_more_and_counts_no_second_time() -> None:
    said = again(said=quoting(SECOND), **QUOTED)
    assert [card["id"] for card in said.cards] == [SECOND.id]
    assert SECOND.text in said.text
    assert said.slots == {}
    assert '/feel_low{"choice": "more"}' in said.choices.values()


def test_the_one_before_is_the_one_before() -> None:
    assert [card["id"] for card in again("before", said=quoting(SECOND), **QUOTED).cards] == [FIRST.id]


def test_where_only_one_was_quoted_none_was_before_it() -> None:
    said = again("before", said=quoting(FIRST), shown=[FIRST.id])
    assert said.cards == []
    assert "Once more" in said.text or "again" in said.text


def test_another_last_reply_is_said_again_in_its_words() -> None:
    said = again(said=["Nobody can join this chat live.", "Here are the numbers: 988."], **QUOTED)
    assert said.cards == []
    assert "Nobody can join this chat live." in said.text
    assert "988" in said.text


def test_the_source_names_article_publisher_and_year_and_what_no_clinician_checked() -> None:
    said = again("source", said=quoting(SECOND), **QUOTED)
    assert f"“{SECOND.title}”" in said.text
    assert "A clinician has not checked it yet." in said.text
    assert "(20" in said.text
    assert said.cards[0]["url"] == SECOND.url


def test_a_passage_that_was_rewritten_since_is_not_quoted() -> None:
    gone = f"{FIRST.id[:-6]}000000"
    session = Session(tracker("repeat", "again", shown=[gone]))
    assert last_quoted(session) is None
    assert again(said=["Gone.\n\nFrom “Somewhere”: gone"], shown=[gone]).cards == []


@pytest.mark.parametrize(
    ("text", "gist"),
    [
        ("Two words. And this says what they mean. More.", "Two words. And this says what they mean."),
        ("This first sentence alone has quite enough words in it to stand by itself. More.", None),
        ("One sentence", "One sentence"),
    ],
)
def test_the_gist_is_the_first_sentence_or_two(text: str, gist: str | None) -> None:
    assert gist_of(text) == (gist or text.removesuffix(" More."))


def test_shorter_is_shorter_for_every_passage_of_more_than_three_sentences() -> None:
    for passage in passages_of(current_articles(KNOWLEDGE)):
        assert passage.text.replace("\n", " ").startswith(gist_of(passage.text)[:40])
        if passage.text.count(". ") > 3:
            assert len(gist_of(passage.text)) < len(passage.text)


def test_the_nearest_sources_come_first_and_none_twice() -> None:
    for article in current_articles(KNOWLEDGE):
        for passage in passages_of([article]):
            found = [(one.publisher, one.title) for one in sources_of(passage, article)]
            assert len(found) == len(set(found)) <= MOST_SOURCES
            assert found or not article.sources


def test_sources_follow_the_words_of_the_passage() -> None:
    article = article_of("intrusive-thoughts#x.000000")
    assert article is not None
    about_half = next(p for p in passages_of([article]) if "half" in p.text.lower())
    claims = [one.claim.lower() for one in sources_of(about_half, article)]
    assert any("half" in claim or "thought" in claim for claim in claims)
