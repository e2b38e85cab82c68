"""Prepares a web page so that its text can be read: folded-away answers opened, hidden and foreign parts removed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from resiliparse.parse.html import HTMLTree

if TYPE_CHECKING:
    from collections.abc import Iterator

# Whole parts of a page that are never the article; what resiliparse's own rules do not know.
SKIPPED = (
    "script", "style", "noscript", "template", "svg", "iframe", "form", "nav", "dialog", "figcaption", "aside", "menu",
    "[role=navigation]", "[role=banner]", "[role=contentinfo]", "[role=dialog]", "[role=alertdialog]", "[role=search]",
    "[role=complementary]", "[aria-modal=true]", ".screen-reader-text", ".sr-only", ".visually-hidden",
)  # fmt: skip
_FOREIGN = re.compile(
    r"cookie|consent|gdpr|onetrust|cmplz|cky-|didomi|newsletter|subscri|mailchimp|popup|pop-up|modal\b|lightbox"
    r"|share|sharing|sharedaddy|addtoany|social|related|recommend|also-like|you-may|read-next|read-more|readmore|more-posts"
    r"|comment|disqus|respond\b|breadcrumb|pagination|pager\b|post-nav|nav-links|navigation|sidebar|widget-area"
    r"|\btoc\b|toc_|toc-|_toc|table-of-contents|announcement|promo\b|advert|\bads?\b|sponsor|byline|post-meta|entry-meta|meta-wrapper"
    r"|author-(box|bio|info)|about-author|entry-footer|post-tags|tag-links|tags-links|cat-links|skip-link|back-to-top|site-(header|footer)|masthead|colophon",
    re.IGNORECASE,
)
_FOLDED = re.compile(r"accordion|faq|toggle|collaps|dropdown|expand|panel|tab-|tabs|details|answer", re.IGNORECASE)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
MOST_SHARE = 0.5  # of the page's words: a part with a foreign name that holds more is the article all the same
MOST_QUESTION = 30  # words of what opens a folded answer
LINKED = 0.8  # share of a list's words in links, from which on it is a menu


def _named(node: Any) -> str:
    return f"{node.getattr('class') or ''} {node.getattr('id') or ''}"


def _all(tree: HTMLTree, selector: str) -> Iterator[Any]:
    """Elements in the order of the page, those still in the tree."""
    body = tree.body
    for node in list(body.query_selector_all(selector)) if body else ():
        if node.parent is not None:
            yield node


def _text(node: Any) -> str:
    return " ".join((node.text or "").split())


def _words(node: Any) -> int:
    return len(_text(node).split())


def _remove(node: Any) -> None:
    if node.parent is not None:
        node.parent.remove_child(node)


def _heading(tree: Any, text: str, level: int) -> Any:
    made = tree.create_element(f"h{level}")
    made.append_child(tree.create_text_node(text))
    return made


def _level_at(node: Any) -> int:
    """The level for a heading at `node`: one below the nearest heading before it."""
    place = node
    while place is not None:
        before = place
        while before is not None:
            if before.tag in _HEADINGS and before is not node:
                return min(int(before.tag[1]) + 1, 6)
            before = before.prev
        place = place.parent
    return 3


def _reveal(node: Any) -> None:
    for name in ("hidden", "aria-hidden", "style"):
        if node.getattr(name) is not None:
            node.delattr(name)


def _open_folded(tree: Any) -> None:
    """Turn the questions of folded answers into headings, and show the answers."""
    for node in _all(tree, "details"):
        summary = node.query_selector("summary")
        if summary is not None:
            inner = [_text(found) for name in _HEADINGS for found in summary.query_selector_all(name)]
            summary.parent.replace_child(
                _heading(tree, inner[0] if inner else _text(summary), _level_at(node)), summary
            )
    for node in _all(tree, "[aria-controls], [aria-expanded], [role=tab], .elementor-tab-title, dt"):
        text = _text(node)
        if not text or len(text.split()) > MOST_QUESTION or _inside(node, ("nav", "header", "form", "footer")):
            continue
        target = node.getattr("aria-controls")
        answer = tree.document.get_element_by_id(target) if target else None
        if answer is not None:
            _reveal(answer)
        holder = _inside(node, _HEADINGS)
        made = _heading(tree, text, int(holder.tag[1]) if holder is not None else _level_at(node))
        place = holder if holder is not None else node
        # A list item or button cannot stand in a heading, nor a heading's text be read in a button.
        place.parent.replace_child(made, place)
    for node in _all(tree, "[hidden], [aria-hidden=true], [style]"):
        if _FOLDED.search(_named(node)) and not _FOREIGN.search(_named(node)):
            _reveal(node)


def _inside(node: Any, tags: tuple[str, ...]) -> Any | None:
    while node is not None and node.tag != "body":
        if node.tag in tags:
            return node
        node = node.parent
    return None


def _remove_unseen(tree: HTMLTree) -> None:
    for node in _all(tree, "[hidden], [style]"):
        if node.getattr("hidden") is not None or _UNSEEN.search(node.getattr("style") or ""):
            _remove(node)


def _remove_foreign(tree: HTMLTree) -> None:
    """Remove parts whose class or id says that they belong to the site, unless they hold most of the page."""
    body = tree.body
    total = max(_words(body), 1)
    for selector in SKIPPED:
        for node in _all(tree, selector):
            if _words(node) < MOST_SHARE * total:
                _remove(node)
    for node in _all(tree, "[class], [id]"):
        if node.tag in ("html", "main", "article", *_HEADINGS) or _inside(node.parent, (*_HEADINGS, "p")) is not None:
            continue
        if _FOREIGN.search(_named(node)) and _words(node) < MOST_SHARE * total:
            _remove(node)


def _remove_menus(tree: HTMLTree) -> None:
    """Remove lists and headings that only lead elsewhere: menus, cards of other articles, buttons."""
    for node in _all(tree, "ul, ol"):
        links = list(node.query_selector_all("a"))
        if len(links) >= 2 and sum(_words(link) for link in links) >= LINKED * _words(node):
            _remove(node)
    for node in _all(tree, "h2, h3, h4, h5, h6"):
        link = node.query_selector("a")
        above = _inside(node, ("a",))
        leads = above or (link if link is not None and _text(link) == _text(node) else None)
        if leads is None or not _text(node) or (leads.getattr("href") or "#").startswith("#"):
            continue
        card = _card(node)
        _remove(card)
    for node in _all(tree, "p, div, a, button"):
        if node.tag == "button" or (node.tag != "a" and _is_only_link(node)):
            _remove(node)


def _card(heading: Any) -> Any:
    """What goes with a heading that leads elsewhere: the largest part around it without another heading."""
    part = heading
    while part.parent is not None and part.parent.tag not in ("body", "main", "article"):
        around = part.parent
        if sum(len(list(around.query_selector_all(name))) for name in _HEADINGS) > 1:
            break
        part = around
    return part


def _is_only_link(node: Any) -> bool:
    text = _text(node)
    links = list(node.query_selector_all("a"))
    return bool(text) and len(links) == 1 and _text(links[0]) == text and len(text.split()) <= 8


def _lift_headings(tree: Any) -> None:
    """Bold paragraphs that act as headings become headings; bullets typed as characters become lists."""
    for node in _all(tree, "p"):
        text = _text(node)
        bold = node.query_selector("strong, b")
        if (
            (
                bold is not None
                and _text(bold) == text
                and 0 < len(text.split()) <= 14
                and not text.endswith((".", ",", ";"))
            )
            and node.next_element is not None
            and _inside(node, ("li", "blockquote", "td")) is None
        ):
            node.parent.replace_child(_heading(tree, text.rstrip(":"), _level_at(node)), node)
    for node in _all(tree, "li"):
        # A list of whole sections is no list.
        if any(node.query_selector(name) is not None for name in _HEADINGS):
            _become_part(tree, node)
    for node in _all(tree, "ul, ol"):
        if not any(child.tag == "li" for child in node.child_nodes):
            _become_part(tree, node)


def _become_part(tree: Any, node: Any) -> None:
    """Put a plain part in the place of `node`; names of classes go with it, which could mislead the extraction."""
    part = tree.create_element("div")
    for child in list(node.child_nodes):
        part.append_child(child)
    node.parent.replace_child(part, node)


def prepared(html: str) -> HTMLTree:
    """The page with its folded answers open, without what is hidden, foreign or leads elsewhere."""
    tree = HTMLTree.parse(html)
    if tree.body is None:
        return tree
    _open_folded(tree)
    _remove_unseen(tree)
    _remove_foreign(tree)
    _remove_menus(tree)
    _lift_headings(tree)
    return tree


def article_part(tree: HTMLTree) -> str | None:
    """The HTML of the part that the page itself calls its article or main part, if most of its words are there."""
    body = tree.body
    if body is None:
        return None
    best, total = None, _words(body)
    for node in _all(tree, "main, article, [role=main]"):
        # The later ones lie deeper: the article within the main part, rather than all of that.
        if _words(node) >= MOST_SHARE * total:
            best = node
    return f"<body>{best.html}</body>" if best is not None else None
