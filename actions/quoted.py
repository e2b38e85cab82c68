"""What was quoted already, asked for again: the same words, the passage before, the gist, where it comes from."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from actions.answer import FROM, passage_card, quotation
from actions.paths import KNOWLEDGE
from actions.session import Session, fresh, say
from knowledge.articles import Article, Source, current_articles
from knowledge.passages import Passage, passages_of
from knowledge.practice import current_practice

if TYPE_CHECKING:
    from rasa_sdk.executor import CollectingDispatcher

BEFORE, GIST, SOURCE = "before", "gist", "source"
"""Values of `choice` of the label `repeat`, beside those of an exercise (data/moves.yml)."""
AGAIN = (
    "We were here, with this:",
    "This is where we were:",
    "Here it is once more:",
)
EARLIER = (
    "Before that it was this:",
    "The one before:",
    "This came before it:",
)
IN_SHORT = (
    "The heart of it, in its own words: {gist}",
    "Shorter, from the same passage: {gist}",
    "Only the beginning of it: {gist}",
)
WRITTEN_BY = (
    "That is from “{title}”, an article of the practice; people wrote it, no program did. {checked}",
    "People wrote that, for the practice: the article is “{title}”. {checked}",
    "It stands in “{title}”, one of the practice's articles, and was written by people. {checked}",
)
CHECKED = "A clinician has checked it."
NOT_CHECKED = "A clinician has not checked it yet."
RESTS_ON = "For what it states as fact it names: {sources}."
FURTHER = " The rest is listed below the article."
WHERE = "The link leads to the whole article."
MOST_SOURCES = 3
GIST_WORDS = 12  # of a first sentence; a shorter one has the next one with it
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’]?\s+")
_WORD = re.compile(r"[a-z]{4,}|\d+")


def quotes(session: Session) -> bool:
    """Whether the last reply quoted a passage."""
    return any(FROM in text for text in session.said)


def last_quoted(session: Session, back: int = 0) -> Passage | None:
    """The passage that was quoted last, or `back` before it; None where there is none, or it was since rewritten."""
    shown = session.shown
    if len(shown) <= back:
        return None
    wanted = shown[-1 - back]
    article = article_of(wanted)
    site = current_practice(KNOWLEDGE).site
    return next((one for one in passages_of([article], site) if one.id == wanted), None) if article else None


def article_of(passage_id: str) -> Article | None:
    """The article of a passage, by the passage's id."""
    name = passage_id.partition("#")[0]
    return next((article for article in current_articles(KNOWLEDGE) if article.id == name), None)


def tell_again(dispatcher: CollectingDispatcher, session: Session, choices: list[tuple[str, str]]) -> bool:
    """Answer what was asked about a passage that was quoted; False where nothing can be said about one."""
    passage = last_quoted(session, back=1 if session.choice == BEFORE else 0)
    if passage is None:
        return False
    if session.choice == SOURCE:
        say(dispatcher, _where_from(session, passage), card=_card(passage), choices=choices)
    elif session.choice == GIST:
        say(dispatcher, fresh(IN_SHORT, session).format(gist=gist_of(passage.text)), choices=choices)
    else:
        say(dispatcher, fresh(EARLIER if session.choice == BEFORE else AGAIN, session))
        say(dispatcher, quotation(asdict(passage)), card=_card(passage), choices=choices)
    return True


def gist_of(text: str) -> str:
    """The first sentence of a passage, with the second where it is short: passages begin with what they are about."""
    first, *rest = _SENTENCE.split(text.replace("\n", " ").strip())
    return f"{first} {rest[0]}" if rest and len(first.split()) < GIST_WORDS else first


def _where_from(session: Session, passage: Passage) -> str:
    article = article_of(passage.id)
    checked = CHECKED if passage.reviewed else NOT_CHECKED
    said = fresh(WRITTEN_BY, session).format(title=passage.title, checked=checked)
    if article is None or not article.sources:
        return f"{said} {WHERE}"
    nearest = sources_of(passage, article)
    named = "; ".join(f"{one.publisher}, “{one.title}” ({one.year})" for one in nearest)
    further = FURTHER if len({_name(one) for one in article.sources}) > len(nearest) else ""
    return f"{said} {RESTS_ON.format(sources=named)}{further} {WHERE}"


def sources_of(passage: Passage, article: Article) -> list[Source]:
    """Up to three sources of `article`, those first whose claims share most words with `passage`, each once."""
    words = set(_WORD.findall(passage.text.lower()))
    by_nearness = sorted(article.sources, key=lambda one: -len(words & set(_WORD.findall(one.claim.lower()))))
    different = {_name(one): one for one in reversed(by_nearness)}
    return sorted(different.values(), key=by_nearness.index)[:MOST_SOURCES]


def _card(passage: Passage) -> dict[str, Any]:
    return passage_card({**asdict(passage), "digest": passage.digest})


def _name(source: Source) -> tuple[str, str]:
    return source.publisher, source.title
