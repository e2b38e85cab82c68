"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        # A Wednesday, just after 10:00 in New York; the clocks go forward on Sunday 14 March.
        self.time = datetime(2027, 3, 10, 15, 1, tzinfo=timezone.utc)

    def now(self) -> datetime:
        return self.time

    def forward(self, **parts: float) -> None:
        self.time += timedelta(**parts)
