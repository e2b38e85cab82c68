"""Where somebody is found online: web addresses and handles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.masking.spans import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.masking.spans import Span

_URL = re.compile(
    r"\b(?:https?://|www\.)[^\s<>\"')\]]+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|co\.uk|io|me|info|ie)\b(?:/[^\s<>\"')\]]*)?",
    re.IGNORECASE,
)
_PLATFORM = r"(?:insta(?:gram)?|ig|twitter|tik ?tok|snap(?:chat)?|discord|telegram|reddit|skype|kik|facebook|fb|whatsapp|username|user name|handle)"
_AT_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z_][\w.]{1,29}\w")
_NAMED_HANDLE = re.compile(
    rf"\b(?:my |his |her |our )?{_PLATFORM}(?: name| handle| account)?(?: is |: ?| as | - | = )@?(?P<handle>(?=[\w.]*[\d_.])[\w.]*\w)",
    re.IGNORECASE,
)
_REDDIT = re.compile(r"(?<!\w)/?u/[\w-]{3,20}")


def online(text: str) -> Iterator[Span]:
    """Web addresses and handles in `text`."""
    yield from matches(_URL, text, "url")
    yield from matches(_AT_HANDLE, text, "handle")
    yield from matches(_REDDIT, text, "handle")
    yield from matches(_NAMED_HANDLE, text, "handle", "handle")
