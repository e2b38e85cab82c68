"""Which of several processes serves a conversation: the same one as long as it lives, another one when it does not.

Rendezvous hashing (Thaler and Ravishankar, 1998): each process is ranked by a hash of its address and the session, so
that a process that comes or goes moves only the conversations that were its own.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AVOIDED = 5.0  # seconds in which a process that failed is asked last


class Routes:
    """Ranks addresses for each session; remembers for `AVOIDED` seconds which of them failed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: dict[str, float] = {}

    def ranked(self, session: str, addresses: Sequence[str]) -> list[str]:
        """All `addresses`, the one to ask first in front: those that failed lately come last."""
        now = self._clock()
        return sorted(addresses, key=lambda address: (self._avoided(address, now), _weight(session, address)))

    def failed(self, address: str) -> None:
        """Ask this one last for a while."""
        self._failed[address] = self._clock()

    def answered(self, address: str) -> None:
        """It is well again."""
        self._failed.pop(address, None)

    def _avoided(self, address: str, now: float) -> bool:
        return now - self._failed.get(address, -AVOIDED) < AVOIDED


def _weight(session: str, address: str) -> bytes:
    return hashlib.blake2b(f"{address} {session}".encode(), digest_size=8).digest()
