"""The demo site: the practice's home page and its articles, rendered from the knowledge folder."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from bot.web.content import get_articles, get_content
from bot.web.pages.embedding import embedding
from knowledge.articles import unreviewed

if TYPE_CHECKING:
    from django.http import HttpRequest

# Shown on the home page if they are there: what parents come with most.
TEASERS = (
    "loving-and-disconnected",
    "instant-bond-myth",
    "intrusive-thoughts",
    "sleep-and-exhaustion",
    "fathers-and-bonding",
    "traumatic-birth",
)
KINDS = {"video": "by video", "phone": "by phone", "in_person": "in person"}
# Raw HTML in an article is shown as text, never as HTML.
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})


@lru_cache(maxsize=1000)
def to_html(markdown: str) -> SafeString:
    """An article's Markdown as HTML."""
    return SafeString(_markdown.render(markdown))  # html is off, and markdown-it leaves out unsafe links


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The home page of the practice."""
    articles = {article.id: article for article in get_articles()}
    chosen = [articles[name] for name in TEASERS if name in articles]
    chosen += [article for article in articles.values() if article not in chosen]
    content = get_content()
    booking = content.practice.booking
    return _page(
        request,
        "pages/home.html",
        teasers=chosen[: len(TEASERS)],
        article_count=len(articles),
        booking=booking,
        ways=_in_words([KINDS[kind] for kind in booking.kinds]),
    )


@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    """All articles with their summaries."""
    return _page(request, "pages/articles.html", articles=sorted(get_articles(), key=lambda article: article.title))


@require_safe
def to_articles(request: HttpRequest) -> HttpResponse:
    """/articles without the slash."""
    return redirect("pages:articles", permanent=True)


@require_safe
def article(request: HttpRequest, article_id: str) -> HttpResponse:
    """One article. Raises Http404."""
    found = next((article for article in get_articles() if article.id == article_id), None)
    if found is None:
        raise Http404
    sections = [(section.heading, to_html(section.markdown)) for section in found.sections]
    topics = set(found.topics)
    near = sorted(
        (other for other in get_articles() if other.id != found.id and topics & set(other.topics)),
        key=lambda other: -len(topics & set(other.topics)),
    )
    return _page(request, "pages/article.html", article=found, sections=sections, near=near[:3])


@require_safe
def embedding_page(request: HttpRequest) -> HttpResponse:
    """How to put the chat on other pages, with the hashes of this release."""
    return _page(request, "pages/embedding.html", embedding=embedding())


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines should leave alone."""
    text = (
        "User-agent: *\nDisallow: /chat/\nDisallow: /api/\nDisallow: /booking/\nDisallow: /staff/\nDisallow: /embed\n"
    )
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    content = get_content()
    practice = content.practice
    shared = {
        "practice": practice,
        "help": content.helplines.words(practice.default_region),
        "unreviewed": len(unreviewed(get_articles())),
    }
    response = render(request, template, shared | context)
    response["Cache-Control"] = "no-cache"
    return response


def _in_words(parts: list[str]) -> str:
    return " or ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
