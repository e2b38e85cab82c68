"""What every kind of source becomes before it is an article: headings, paragraphs, list items. And what of it goes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from knowledge.importing.furniture import is_site_heading, is_site_line, is_sources_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

HEADING, PARAGRAPH, ITEM = "heading", "paragraph", "item"
SHORT = 25  # words; a longer paragraph that mentions sharing or cookies is about something else
MOST_HEADING = 120  # characters


@dataclass(frozen=True)
class Block:
    """One heading, paragraph or list item. `level` is a heading's 1 to 6, `mark` what stands before an item."""

    kind: str
    text: str
    level: int = 0
    mark: str = "- "


def words(text: str) -> int:
    """How many words `text` has."""
    return len(text.split())


def plain(text: str) -> str:
    """`text` for comparing: lower case, letters and digits only."""
    return re.sub(r"[^a-z0-9]+", " ", text.lower().replace("’", "").replace("'", "")).strip()


def _goes(block: Block) -> bool:
    if block.kind == HEADING:
        return not re.search(r"\w", block.text)
    return words(block.text) <= SHORT and is_site_line(block.text)


def _without_contents(blocks: Sequence[Block]) -> Iterator[Block]:
    """Leave out tables of contents: two or more lines in a row that repeat headings of the same page."""
    headings = {plain(block.text) for block in blocks if block.kind == HEADING}
    named = [
        block.kind != HEADING
        and re.sub(r"^\d+( \d+)* ", "", plain(re.sub(r"\]\([^)]*\)", "]", block.text))) in headings
        for block in blocks
    ]
    for place, block in enumerate(blocks):
        beside = (place > 0 and named[place - 1]) or (place + 1 < len(named) and named[place + 1])
        if not (named[place] and beside):
            yield block


def _without_furniture(blocks: Iterable[Block]) -> Iterator[Block]:
    """Leave out sections of the site, up to the next heading that is no deeper."""
    below: int | None = None
    for block in blocks:
        if block.kind == HEADING:
            if below is not None and block.level > below:
                continue
            below = block.level if is_site_heading(block.text) or is_sources_heading(block.text) else None
        if below is None:
            yield block


def clean(blocks: Sequence[Block]) -> list[Block]:
    """`blocks` without what belongs to the site; headings with nothing below them go too."""
    kept = [block for block in _without_contents(blocks) if not _goes(block)]
    result: list[Block] = []
    for block in _without_furniture(kept):
        again = result and block.kind != HEADING and block.text == result[-1].text
        if not again:
            result.append(block)
    return result


def split_title(blocks: Sequence[Block]) -> tuple[str | None, list[Block]]:
    """The first heading of level 1 that stands before all others, and the blocks after it without what precedes it."""
    for place, block in enumerate(blocks):
        if block.kind == HEADING:
            if block.level == 1:
                # What stands above the title is the site's: a banner, a date, a way back.
                before = [other for other in blocks[:place] if words(other.text) > SHORT]
                return block.text, [*before, *blocks[place + 1 :]]
            break
    return None, list(blocks)


def levelled(blocks: Sequence[Block]) -> list[Block]:
    """`blocks` with headings of levels 2 to 4, the highest that is used becoming 2."""
    levels = sorted({block.level for block in blocks if block.kind == HEADING})
    return [
        replace(block, level=min(2 + levels.index(block.level), 4)) if block.kind == HEADING else block
        for block in blocks
    ]


def to_markdown(blocks: Sequence[Block]) -> str:
    """The article's body. A heading without text of its own is kept only where it has sub-headings with some."""
    parts: list[str] = []
    for place, block in enumerate(blocks):
        if block.kind == HEADING:
            following = blocks[place + 1] if place + 1 < len(blocks) else None
            if following is not None and not (following.kind == HEADING and following.level <= block.level):
                parts.append(f"{'#' * block.level} {block.text[:MOST_HEADING]}")
        elif block.kind == ITEM and place > 0 and blocks[place - 1].kind == ITEM and parts:
            parts[-1] += f"\n{block.mark}{block.text}"
        elif block.kind == ITEM:
            parts.append(f"{block.mark}{block.text}")
        else:
            # A paragraph that begins like a heading or a list would be read as one.
            parts.append(re.sub(r"^(#|[-+*] |\d+[.)] |---|<!--)", r"\\\1", block.text))
    return "\n\n".join(parts) + "\n"
