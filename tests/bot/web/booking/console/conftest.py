"""Staff at the console, with a practice that is open every day."""

from __future__ import annotations

import pytest
from review.conftest import Console, administrator, console, quick_hashes, reviewer

__all__ = ["Console", "administrator", "console", "quick_hashes", "reviewer"]


@pytest.fixture(autouse=True)
def long_sessions(settings) -> None:
    """The clock of these tests jumps by days, which no working day does."""
    settings.SESSION_COOKIE_AGE = 10 * 365 * 24 * 3600
