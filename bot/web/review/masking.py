"""What parents wrote, with names and numbers masked, as the console shows it."""

from __future__ import annotations

from functools import lru_cache

from bot.masking import PLACEHOLDERS, find, mask

# Masking a message takes about a millisecond; a page of the inbox has fifty, and is opened again and again.
KEPT = 4096
MOST_SEARCHED = 4_000


@lru_cache(maxsize=KEPT)
def masked(text: str) -> str:
    """`text` with placeholders: "my husband [name]"."""
    return mask(text).text


def masked_part(text: str, part: str) -> str:
    """`part`, which was quoted from `text`, masked as it is there: alone, too little around a name tells that it is one."""
    at = text.lower().find(part.lower()) if part else -1
    if at < 0 or len(text.lower()) != len(text):
        return masked(part)
    parts, reached, end = [], at, at + len(part)
    for span in find(text):
        if span.end <= at or span.start >= end:
            continue
        parts += [text[reached : max(span.start, reached)], PLACEHOLDERS[span.kind]]
        reached = min(span.end, end)
    # What is found in the part alone counts as well.
    return masked("".join([*parts, text[reached:end]]))


def searchable(text: str) -> str:
    """`text` without what is masked. The index never holds it, so that no search can tell who wrote.

    Of a text of more than MOST_SEARCHED characters the beginning: storing a turn must not wait for the rest.
    """
    text = text[:MOST_SEARCHED]
    kept, reached = [], 0
    for span in find(text):
        kept.append(text[reached : span.start])
        reached = span.end
    return " ".join([*kept, text[reached:]])
