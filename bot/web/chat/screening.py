"""The safety rules alone, for moments in which Rasa is not asked or does not answer."""

from __future__ import annotations

import asyncio
import logging

from bot.web.chat.tiers import as_tier

logger = logging.getLogger(__name__)
SCREEN_SECONDS = 0.3


async def screen(text: str, seconds: float = SCREEN_SECONDS) -> str | None:
    """The gravest tier that the rules find in `text`; None if there is none, or no finding within `seconds`."""
    try:
        return await asyncio.wait_for(asyncio.to_thread(_screen, text), seconds)
    except asyncio.TimeoutError:
        logger.warning("screening took longer than %.1f s", seconds)
    except Exception:
        # The helplines are shown in any case; a fault in the rules must not take them away.
        logger.exception("screening failed")
    return None


def _screen(text: str) -> str | None:
    # Imported late: loading the rules takes seconds, and the web process is to be ready before (see warm_up).
    from bot.safety.patterns import quick_screen

    return as_tier(quick_screen(text))


async def warm_up() -> None:
    """Load the rules in the background, so that the first screening is as quick as the others."""
    await asyncio.to_thread(_screen, "ready")
