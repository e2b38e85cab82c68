"""Reads a web page, or Markdown as one: title, summary, address, and the article's blocks without the site's."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from markdown_it import MarkdownIt
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from knowledge.errors import parse_yaml
from knowledge.importing.blocks import HEADING, ITEM, PARAGRAPH, Block, clean, split_title
from knowledge.importing.dom import article_part, prepared
from knowledge.importing.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

_TITLE_END = re.compile(r"\s+[|–—·»-]\s+[^|–—·»]{2,40}$")
_KEPT: dict[str, Any] = {
    "preserve_formatting": "minimal_html",
    "list_bullets": True,
    "alt_texts": False,
    "links": False,
}
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
    first = raw.body.query_selector("h1") if raw.body else None
    own = " ".join((first.text or "").split()) if first is not None else ""
    named = own or _meta(raw, "og:title", "twitter:title") or _TITLE_END.sub("", " ".join((raw.title or "").split()))
    summary = _meta(raw, "description", "og:description")
    tree = prepared(text)
    part = article_part(tree)
    # Where a page says which part is the article, all that is left of it is. Elsewhere rules for main content decide;
    # they leave out short lists, so that they are not asked without need.
    everything = clean(list(_blocks(extract_plain_text(part or tree, main_content=False, **_KEPT))))
    found = everything if part else clean(list(_blocks(extract_plain_text(tree, main_content=True, **_KEPT))))
    if not 0.25 <= _size(found) / max(_size(everything), 1) < 0.75:
        # Little more is left than they keep, or they kept nearly nothing: nothing foreign is worth losing a list for.
        found = everything
    title, blocks = split_title(found)
    if title is None and named:
        # A page builder may give the title any level.
        blocks = [block for block in blocks if not (block.kind == HEADING and block.text == named)]
    return Draft(title or named or None, summary, _address(raw, fetched), blocks)


def _size(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks if block.kind != HEADING)


def read_markdown(text: str, name: str) -> Draft:
    """What the Markdown `text` of the file `name` says; a front matter of its own gives title, summary and address.

    Raises KnowledgeError for a front matter that is broken.
    """
    text = text.replace("\r\n", "\n")
    head = re.match(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", text, re.DOTALL)
    fields = parse_yaml(head.group(1), Path(name), first_line=2) if head else {}
    body = text[head.end() :] if head else text
    blocks = clean(list(_blocks(_simple_markdown(_markdown.render(body)))))
    title, blocks = split_title(blocks)
    named = {
        key: str(fields[key]).strip()
        for key in ("title", "description", "summary", "url", "canonical")
        if fields.get(key)
    }
    address = named.get("canonical") or named.get("url") or ""
    written_here = {"topics", "sources", "audience"} <= set(fields)
    return Draft(
        named.get("title") or title,
        named.get("summary") or named.get("description"),
        address if urlsplit(address).scheme in ("http", "https") else None,
        blocks,
        dict(fields) if written_here else {},
        body.strip() + "\n" if written_here else None,
    )


def _simple_markdown(page: str) -> str:
    simple: str = extract_plain_text(prepared(f"<body><main>{page}</main></body>"), main_content=False, **_KEPT)
    return simple
