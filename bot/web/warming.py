"""What the first turn would load is loaded when the process starts: it took longer than a turn may wait for the database.

A first turn with danger then was answered, and stored and told seconds later.
"""

from __future__ import annotations

import logging

from django.urls import get_resolver

from bot.understanding.labels import labels
from bot.web.booking.policy import get_policy

logger = logging.getLogger(__name__)


def warm() -> None:
    """Load labels, what is written for parents, the practice's policy, and the addresses of all pages."""
    try:
        labels()
        get_policy()
        get_resolver().app_dict  # noqa: B018 - reading it resolves every address once
    except Exception:
        # A broken file is reported where it is used; a web process without it still has helplines.
        logger.exception("what the first turn needs could not be loaded in advance")
