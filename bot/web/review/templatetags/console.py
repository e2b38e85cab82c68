"""Template tags of the console."""

from __future__ import annotations

from typing import Any

from django import template

from bot.web.accounts.sessions import is_in
from bot.web.content import get_articles
from bot.web.review.access import Rule, may
from bot.web.review.unopened import count_unopened
from knowledge.articles import unreviewed

register = template.Library()

CARDS = ("passage", "exercise", "rating", "booking", "helplines", "region", "notice")


@register.filter
def safe_link(address: object) -> str:
    """`address` if it leads to this site or over http(s), else nothing: cards come from another process."""
    text = address if isinstance(address, str) else ""
    own = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if own or text.lower().startswith(("https://", "http://")) else ""


@register.filter
def card_template(card: Any) -> str:
    """The template that shows `card` in plain form."""
    kind = card.get("type") if isinstance(card, dict) else None
    return f"review/cards/{kind if kind in CARDS else 'other'}.html"


@register.filter
def percent(share: Any) -> str:
    """A share from 0 to 1 as "93 %"; a dash where there is none."""
    return f"{100 * share:.0f} %" if isinstance(share, (int, float)) else "–"


@register.simple_tag(takes_context=True)
def signed_in(context: Any) -> bool:
    """Whether who looks at the page is signed in, with the second factor."""
    request = context.get("request")
    return request is not None and hasattr(request, "session") and is_in(request)


@register.simple_tag(takes_context=True)
def allowed(context: Any, rule: Rule) -> bool:
    """Whether who looks at the page may do that (see access)."""
    return may(context["request"].user, rule)


@register.simple_tag
def crises_not_opened() -> int:
    """The number on the badge."""
    return count_unopened()


@register.simple_tag
def article_state() -> dict[str, int]:
    """How many articles there are, how many nobody has signed, and how many sources they link to."""
    articles = get_articles()
    return {
        "all": len(articles),
        "unreviewed": len(unreviewed(articles)),
        "links": sum(len(article.sources) for article in articles),
    }
