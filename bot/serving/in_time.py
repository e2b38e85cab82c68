"""Calls that block, in threads of their own and with a limit: what hangs holds up nobody else.

Not asyncio.to_thread: its threads serve the whole process, and each that hangs is one less.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
THREADS = 4
WITHIN = 0.3  # seconds to wait for one call


class NotInTimeError(Exception):
    """There is no answer yet; a call that has begun goes on."""

    def __init__(self) -> None:
        super().__init__(f"no answer within {WITHIN:g} s")


class InTime:
    """Runs calls, and remembers for each key one that has not ended."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, "in-time")
        self._unfinished: dict[str, Future[Any]] = {}

    async def call(self, call: Callable[..., T], *args: Any, key: str | None = None) -> T:
        """What `call` returns. Raises what it raises, and NotInTimeError.

        Calls of one `key` run one after another: while an earlier one has not ended this is NotInTimeError at once.
        """
        if key is not None and key in self._unfinished:
            if not self._unfinished[key].done():
                raise NotInTimeError
            del self._unfinished[key]
        running = self._threads.submit(call, *args)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(running), WITHIN)
        except asyncio.TimeoutError:
            raise NotInTimeError from None
        finally:
            # One that still waited for a thread is cancelled by now; one that runs is not.
            if key is not None and not running.done():
                self._unfinished = {name: future for name, future in self._unfinished.items() if not future.done()}
                self._unfinished[key] = running
