"""How long work takes, for tests that ask whether it grows faster than its input."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3


def least_seconds(work: Callable[[], Any], enough: float = 0.0) -> float:
    """Seconds of processor time that this thread took for `work`, the least of three runs.

    Other threads of the process do not count, and neither does a garbage collection that fell into one run. Where a
    run took less than `enough`, no further one follows.
    """
    taken = float("inf")
    for _ in range(ROUNDS):
        began = time.thread_time()
        work()
        taken = min(taken, time.thread_time() - began)
        if taken < enough:
            break
    return taken
