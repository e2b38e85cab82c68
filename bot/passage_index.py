"""The practice's articles with their search index, which is made before Rasa needs it.

Encoding all passages takes minutes, longer than a start should: so training and `attune run` do it before, and say how
far they are. Rasa finds the index in the cache, and encodes only what changes later.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.encoding.weights import encoder_identity, ensure_encoder
from bot.progress import Progress
from bot.settings import get_settings
from knowledge import index_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from knowledge.library import Library


def _store() -> Path:
    return get_settings().cache / "passages"


def open_library(report: Callable[[int, int], None] = lambda done, total: None) -> Library:
    """The articles with their index, made first where it is missing. Raises KnowledgeError.

    `report(done, total)` is called while texts are encoded.
    """
    # Imported here: whether the index is made can be asked without the encoder and the search.
    from bot.encoding.cache import encode_cached
    from knowledge.library import Library

    return Library(get_settings().knowledge, partial(encode_cached, report=report), _store(), encoder_identity())


def is_made() -> bool:
    """Whether the index of the articles as they are now is in the cache. Raises KnowledgeError."""
    return index_key.is_made(get_settings().knowledge, _store(), encoder_identity())


def make(say: Callable[[str], None]) -> bool:
    """Make the index, with progress on stderr; False where it was there already. Raises KnowledgeError, EncoderError."""
    if is_made():
        return False
    ensure_encoder(say)
    say("Articles: encoding the passages")
    open_library(Progress("passages"))
    return True
