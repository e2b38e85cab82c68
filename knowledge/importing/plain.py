"""Reads plain text whose headings are not marked, such as an article copied from a page."""

from __future__ import annotations

import re

from knowledge.importing.blocks import HEADING, ITEM, PARAGRAPH, Block, clean, plain, words
from knowledge.importing.draft import Draft
from knowledge.importing.furniture import is_site_heading, is_site_line

MOST_HEADING_WORDS = 14
LEAST_BELOW = 12  # words of what follows a heading, if it is not a heading itself
CAPITALS = 0.6  # share of a heading's longer words with a capital, in texts that write headings so
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "but",
        "by",
        "for",
        "from",
        "in",
        "into",
        "is",
        "it",
        "it's",
        "its",
        "nor",
        "of",
        "on",
        "or",
        "so",
        "the",
        "to",
        "up",
        "via",
        "vs",
        "with",
        "your",
        "you",
        "my",
        "our",
    ]
)
_BULLET = re.compile(r"\s*(?:[•●▪◦‣·*]|[-–—](?= ))\s*(.+)")
_NUMBERED = re.compile(r"\s*(\d{1,2}[.)])\s+(.+)")
_UNDERLINE = re.compile(r"[=\-~_*]{3,}")
_QUOTES = "\"'“”‘’"


def _paragraphs(text: str) -> list[str]:
    """Lines of the text, those of one paragraph joined where a blank line parts paragraphs."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    written = [line for line in lines if line]
    # Lines that were wrapped at some width, or a paragraph in each line?
    wrapped = (
        "" in lines and sum(50 < len(line) <= 100 and line[-1] not in '.!?:”"' for line in written) > len(written) / 3
    )
    result: list[str] = []
    fresh = True
    for line in lines:
        alone = not wrapped or bool(_BULLET.match(line) or _NUMBERED.match(line))
        if not line:
            fresh = True
        elif fresh or alone or _UNDERLINE.fullmatch(line.strip()):
            result.append(line)
            fresh = False
        else:
            result[-1] += " " + line.strip()
    return result


def _capitals(text: str) -> float:
    """The share of longer words that begin with a capital."""
    long = [word for word in re.findall(r"[A-Za-z][\w’'-]*", text)[1:] if word.lower() not in _SMALL]
    return sum(word[0].isupper() for word in long) / len(long) if long else 0.0


def _looks_like_heading(line: str) -> bool:
    """Short, not a list item, no sentence: whether capitals are wanted too is decided for the text as a whole."""
    bare = line.strip().strip(_QUOTES)
    if not bare or words(line) > MOST_HEADING_WORDS or _BULLET.match(line) or not re.search(r"[A-Za-z]", line):
        return False
    first = re.search(r"\w", bare)
    if first is None or not (first.group().isupper() or first.group().isdigit()):
        return False
    return not line.strip().endswith((".", ",", ";", ".”", '."', "!”"))


def _styled(lines: list[str], candidates: list[int]) -> set[int]:
    """Those of `candidates` that are headings in the style of this text."""
    titled = [
        n for n in candidates if _capitals(lines[n]) >= CAPITALS or (words(lines[n]) <= 2 and lines[n][0].isupper())
    ]
    sure = [n for n in candidates if lines[n].isupper() or _NUMBERED.match(lines[n]) or lines[n].rstrip().endswith(":")]
    several = [n for n in titled if words(lines[n]) > 2]
    if len(several) >= 2:
        # The text writes its headings with capitals: a short question without them is part of the text.
        return {*titled, *sure}
    return set(candidates)


def read_text(text: str) -> Draft:
    """What `text` says. The first line that looks like a heading is the title."""
    lines = [line for line in _paragraphs(text) if not is_site_line(line) or words(line) > 25]
    underlined = {n for n, line in enumerate(lines[1:]) if _UNDERLINE.fullmatch(line.strip())}
    title = lines[0].strip() if lines and words(lines[0]) <= 25 and not lines[0].strip().endswith(".") else None
    rest = range(1 if title else 0, len(lines))
    candidates = [n for n in rest if _looks_like_heading(lines[n])]
    chosen = _styled(lines, candidates) | underlined
    blocks: list[Block] = []
    for n in rest:
        line = lines[n].strip()
        if _UNDERLINE.fullmatch(line):
            continue
        if n in chosen and (n in underlined or is_site_heading(line) or _has_text_below(lines, n, chosen)):
            numbered = _NUMBERED.fullmatch(line)
            name = (numbered.group(2) if numbered else line).rstrip(":").strip()
            blocks.append(Block(HEADING, name, 2))
            continue
        bullet, numbered = _BULLET.fullmatch(line), _NUMBERED.fullmatch(line)
        if bullet:
            blocks.append(Block(ITEM, bullet.group(1).strip()))
        elif numbered:
            blocks.append(Block(ITEM, numbered.group(2), mark=f"{numbered.group(1)} "))
        else:
            blocks.append(Block(PARAGRAPH, line))
    found = clean(blocks)
    return Draft(
        title, None, None, [b for b in found if not (b.kind == PARAGRAPH and plain(b.text) == plain(title or ""))]
    )


def _has_text_below(lines: list[str], place: int, chosen: set[int]) -> bool:
    """Whether a paragraph follows, perhaps after a further heading; a line with none below it is no heading."""
    if place + 1 >= len(lines):
        return False
    if place + 1 in chosen:
        return place + 2 < len(lines) and place + 2 not in chosen
    below = lines[place + 1]
    # A line that introduces a list belongs to it.
    if lines[place].rstrip().endswith(":") and (_BULLET.match(below) or _NUMBERED.match(below)):
        return False
    return words(below) >= LEAST_BELOW or bool(_BULLET.match(below)) or below.rstrip().endswith((".", ":", "?", "”"))
