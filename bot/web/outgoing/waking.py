"""Tells the postmen that a parcel was queued. Apart from them, so that the outbox need not know who delivers it."""

from __future__ import annotations

import threading

from bot.web.outgoing.carriers import Way

called = {way: threading.Event() for way in Way}


def wake(way: Way) -> None:
    """Tells the postman of `way` that there is a parcel; without a running one nobody hears it."""
    called[way].set()
