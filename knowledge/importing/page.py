"""Reads a web page, or Markdown as one: title, summary, address, and the article's blocks without the site's."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from markdown_it import MarkdownIt
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from knowledge.importing.blocks import HEADING, ITEM, PARAGRAPH, Block, clean, split_title
from knowledge.importing.dom import prepared
from knowledge.importing.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

_TITLE_END = re.compile(r"\s+[|–—·»-]\s+[^|–—·»]{2,40}$")
_markdown = MarkdownIt("commonmark", {"html": True})


def _meta(tree: HTMLTree, *names: str) -> str | None:
    head = tree.head
    for name in names:
        for attribute in ("property", "name"):
            found = head.query_selector(f'meta[{attribute}="{name}"]') if head else None
            value = " ".join(html.unescape((found.getattr("content") or "") if found is not None else "").split())
            if value:
                return value
    return None


def _address(tree: HTMLTree, fetched: str | None) -> str | None:
    link = tree.head.query_selector('link[rel="canonical"]') if tree.head else None
    for address in (link.getattr("href") if link is not None else None, _meta(tree, "og:url"), fetched):
        full = urljoin(fetched or "", address or "")
        if urlsplit(full).scheme in ("http", "https"):
            return full
    return None


def _blocks(simple: str) -> Iterator[Block]:
    """Blocks of the few tags that the extraction leaves."""
    body = HTMLTree.parse(f"<body>{simple}</body>").body
    yield from _walk(body, 0) if body is not None else ()


def _tidy(text: str) -> str:
    return re.sub(r"\s+([,.;:?!])", r"\1", " ".join(text.split()))


def _walk(node: Any, depth: int) -> Iterator[Block]:
    loose: list[str] = []
    number = 0
    for child in node.child_nodes:
        tag = (child.tag or "").lower()
        if tag in ("", "#text", "a", "br", "span", "em", "strong"):
            loose.append(_inline(child))
            continue
        yield from _lines("".join(loose))
        loose = []
        if re.fullmatch(r"h[1-6]", tag):
            yield Block(HEADING, _tidy(child.text), int(tag[1]))
        elif tag == "li":
            number += 1
            mark = f"{number}. " if (node.tag or "") == "ol" else "- "
            yield from _item(child, mark, depth)
        elif tag in ("p", "pre"):
            yield from _lines("".join(map(_inline, child.child_nodes)))
        else:
            yield from _walk(child, depth + 1)
    yield from _lines("".join(loose))


def _item(node: Any, mark: str, depth: int) -> Iterator[Block]:
    """A list item; one that holds a list of its own is followed by that list's items."""
    nested = [child for child in node.child_nodes if (child.tag or "") in ("ul", "ol")]
    for child in nested:
        node.remove_child(child)
    text = _tidy(node.text)
    if text:
        yield Block(ITEM, text, mark=mark)
    for child in nested:
        yield from _walk(child, depth + 1)


def _inline(node: Any) -> str:
    return "\n" if (node.tag or "") == "br" else re.sub(r"\s+", " ", node.text or node.value or "")


def _lines(text: str) -> Iterator[Block]:
    """Paragraphs, parted by blank lines; a line that begins with a bullet is a list item."""
    for part in re.split(r"\n\s*\n", text):
        lines = [_tidy(line) for line in part.split("\n")]
        dashes = sum(bool(re.match(r"[*–-] ", line)) for line in lines)
        run: list[str] = []
        for line in lines:
            bullet = re.match(r"[•●▪◦‣] ?(.+)" if dashes < 2 else r"[•●▪◦‣*–-] ?(.+)", line)
            if bullet and run:
                yield Block(PARAGRAPH, " ".join(run))
                run = []
            if bullet:
                yield Block(ITEM, bullet.group(1))
            elif line:
                run.append(line)
        if run:
            yield Block(PARAGRAPH, " ".join(run))


def read_html(text: str, fetched: str | None = None) -> Draft:
    """What the page `text` says. `fetched` is the address that it came from, if it did."""
    raw = HTMLTree.parse(text)
    named = _meta(raw, "og:title", "twitter:title") or _TITLE_END.sub("", " ".join((raw.title or "").split()))
    summary = _meta(raw, "description", "og:description")
    tree = prepared(text)
    options = {"preserve_formatting": "minimal_html", "list_bullets": True, "alt_texts": False, "links": False}
    found = clean(list(_blocks(extract_plain_text(tree, main_content=True, **options))))
    # Rules for main content go by names; where a page's own names mislead them, take all that is left.
    everything = clean(list(_blocks(extract_plain_text(tree, main_content=False, **options))))
    if _size(found) < 0.4 * _size(everything):
        found = everything
    title, blocks = split_title(found)
    if title is None and named:
        # A page builder may give the title any level.
        blocks = [block for block in blocks if not (block.kind == HEADING and block.text == named)]
    return Draft(title or named or None, summary, _address(raw, fetched), blocks)


def _size(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks if block.kind != HEADING)


def read_markdown(text: str) -> Draft:
    """What the Markdown `text` says; a front matter of its own gives title, summary and address."""
    head = re.match(r"\A---\s*\n(.*?)\n---\s*\n", text, re.DOTALL)
    fields = dict(re.findall(r"^(title|description|summary|url|canonical):[ \t]*[\"']?(.+?)[\"']?[ \t]*$", head.group(1), re.M)) if head else {}  # fmt: skip
    page = _markdown.render(text[head.end() :] if head else text)
    blocks = clean(list(_blocks(_prepared_markdown(page))))
    title, blocks = split_title(blocks)
    address = fields.get("canonical") or fields.get("url")
    return Draft(
        fields.get("title") or title,
        fields.get("summary") or fields.get("description"),
        address if address and urlsplit(address).scheme in ("http", "https") else None,
        blocks,
    )


def _prepared_markdown(page: str) -> str:
    tree = prepared(f"<body><main>{page}</main></body>")
    simple: str = extract_plain_text(
        tree, preserve_formatting="minimal_html", list_bullets=True, alt_texts=False, links=False, main_content=False
    )
    return simple
