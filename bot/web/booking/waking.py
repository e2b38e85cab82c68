"""Tells the calendars' thread that a booking changed. Apart from it, so that the tables need not know the server."""

from __future__ import annotations

import threading

from django.db import transaction

changed = threading.Event()


def wake_calendars() -> None:
    """Once the transaction is through; without a running thread nobody hears it."""
    transaction.on_commit(changed.set)
