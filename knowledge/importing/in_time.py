"""Connections that end in time: every step of a call shortens what is left for the others."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

T = TypeVar("T")


class Deadline:
    """The moment, `seconds` from now, at which everything has to be over."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether that moment has come."""
        return time.monotonic() >= self._at

    def shorten(self, seconds: float | None) -> float:
        """`seconds` for one step, or what is left where that is less. Raises httpcore.TimeoutException at the end."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise httpcore.TimeoutException
        return left if seconds is None else min(seconds, left)


def within(seconds: float, call: Callable[[], T]) -> T:
    """What `call` returns, or raises. Raises httpcore.TimeoutException after `seconds`, and leaves it to itself.

    For what takes no timeout, as looking a name up.
    """
    outcome: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put((True, call()))
        except BaseException as error:  # noqa: BLE001 - it is raised where it was asked for
            outcome.put((False, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        well, found = outcome.get(timeout=seconds)
    except queue.Empty:
        raise httpcore.TimeoutException from None
    if not well:
        raise found
    answer: T = found
    return answer


class StreamInTime(httpcore.NetworkStream):
    """A connection on which a byte now and then gains no time: each read and write ends with the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As httpcore's."""
        return self._inner.read(max_bytes, self._deadline.shorten(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As httpcore's."""
        self._inner.write(buffer, self._deadline.shorten(timeout))

    def close(self) -> None:
        """As httpcore's."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """As httpcore's; what follows ends with the same deadline."""
        inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.shorten(timeout))
        return StreamInTime(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """As httpcore's."""
        return self._inner.get_extra_info(info)
