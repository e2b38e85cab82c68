"""One message is read at a time, first come first served, and none whose answer nobody waits for any more.

Reading a message is all computing. Without a gate, a Rasa that is asked for more than it can do goes on reading what the
web process has given up long since, and answers nobody in time, also when the rush is over.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LEAST = 0.15  # seconds that have to be left: reading, rules and actions take about half of that


class TooLateError(Exception):
    """Whoever asked will have given up before there is an answer."""


class Gate:
    """The way in to reading."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def passed(self, until: float | None) -> AsyncIterator[None]:
        """Held while a message is read; `until` is the loop's time at which the answer is no use any more, if ever.

        Raises TooLateError when its turn comes too late.
        """
        # Reading holds up the loop. Whoever has arrived meanwhile gets to this line first, with the time of arrival.
        await asyncio.sleep(0)
        async with self._lock:
            if until is not None and asyncio.get_running_loop().time() > until - LEAST:
                raise TooLateError
            yield
