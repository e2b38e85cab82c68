"""The safety rules alone, for moments in which Rasa is not asked or does not answer."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass

from bot.safety.tiers import as_tier, gravest

logger = logging.getLogger(__name__)
SCREEN_SECONDS = 0.3
# A process that has begun a moment ago is still loading the rules (some two seconds): the first parent waits for them
# rather than go unheard. Helplines come in any case, and within three seconds.
LOADING_SECONDS = 2.3
_loaded = threading.Event()


@dataclass(frozen=True)
class Screened:
    """The gravest tier that the rules found; `unheard` says that they did not finish, so that None means nothing."""

    tier: str | None = None
    unheard: bool = False


async def screen(
    text: str, seconds: float = SCREEN_SECONDS, *, payload: str = "", asked: str | None = None
) -> Screened:
    """What the rules find in `text` within `seconds`; while they are being loaded, LOADING_SECONDS are given.

    `asked` is the question that is open: an answer to it counts as well. Of a pressed button its `payload` is read.
    """
    if not _loaded.is_set():
        seconds = max(seconds, LOADING_SECONDS)
    try:
        return Screened(await asyncio.wait_for(asyncio.to_thread(tier_of, text, payload, asked), seconds))
    except asyncio.TimeoutError:
        logger.warning("screening took longer than %.1f s", seconds)
    except Exception:
        # The helplines are shown in any case; a fault in the rules must not take them away.
        logger.exception("screening failed")
    return Screened(unheard=True)


def tier_of(text: str, payload: str = "", asked: str | None = None) -> str | None:
    """The gravest tier that the rules find in `text`, or that it means after `asked`, however long that takes."""
    answer = _answer(text, payload, asked) if payload or asked else None
    return answer if payload else gravest(answer, _screen(text))


def _answer(text: str, payload: str, asked: str | None) -> str | None:
    from bot.safety.context import answered, danger_of  # late, as in _screen

    intent = payload.lstrip("/").partition("{")[0] if payload else answered(text, asked)
    return as_tier(danger_of(intent, asked)) if intent else None


def _screen(text: str) -> str | None:
    # Imported late: loading the rules takes seconds, and the web process is to be ready before (see warm_up).
    from bot.safety.patterns import quick_screen

    tier = as_tier(quick_screen(text))
    _loaded.set()
    return tier


async def warm_up() -> None:
    """Load the rules in the background, so that the first screening is as quick as the others."""
    await asyncio.to_thread(tier_of, "ready", "", "safety")
