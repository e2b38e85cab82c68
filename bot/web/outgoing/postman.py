"""Delivers the outbox from a thread of the web process, so that no answer waits for a mail server.

The web process starts it (see bot.web.lifespan). `wake()` is called when a parcel was queued; without a running
postman it does nothing, and the parcel waits in the outbox for the next one. A thread of its own, because a mail
server may hang: it then neither holds up the event loop nor the end of the process.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import close_old_connections, connection
from django.utils import timezone

from bot.web.outgoing.carriers import Carrier, NotDeliveredError
from bot.web.outgoing.mail import mail_carrier
from bot.web.outgoing.sealed import SealError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.web.outgoing.models import Parcel

log = logging.getLogger(__name__)

LONGEST_SLEEP = 60.0  # seconds; another process may have queued a parcel without waking this one

_called = threading.Event()
_starting = threading.Lock()
_thread: threading.Thread | None = None


def wake() -> None:
    """Tells the postman that there is a parcel."""
    _called.set()


def start() -> None:
    """Starts the postman of this process; a second call does nothing."""
    global _thread
    with _starting:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=work, name="postman", daemon=True)
            _thread.start()


async def begin() -> None:
    """Background work of the outgoing app."""
    start()


def deliver_due(by: Carrier | None = None) -> int:
    """Delivers what is due and returns how many went. Raises DatabaseError, SettingError."""
    from bot.web.outgoing.models import Parcel

    by = by or mail_carrier()
    delivered = 0
    while parcel := Parcel.objects.claim(timezone.now()):
        delivered += _deliver(parcel, by)
    return delivered


def _deliver(parcel: Parcel, by: Carrier) -> bool:
    try:
        by.deliver(parcel)
    except SealError:
        return _failed(parcel, NotDeliveredError("encrypted with another ATTUNE_FIELD_SECRET"))
    except NotDeliveredError as problem:
        return _failed(parcel, problem)
    parcel.sent(timezone.now())
    return True


def _failed(parcel: Parcel, problem: NotDeliveredError) -> bool:
    log.warning("parcel %s (%s) not delivered, attempt %s: %s", parcel.pk, parcel.kind, parcel.attempts, problem)
    parcel.not_sent(str(problem), timezone.now(), final=problem.final)
    return False


def _sleep_seconds(next_due: datetime | None) -> float:
    if next_due is None:
        return LONGEST_SLEEP
    wait = next_due - timezone.now()
    return min(max(wait / timedelta(seconds=1), 0.5), LONGEST_SLEEP)


def work(stop: threading.Event | None = None) -> None:
    """Delivers what is due whenever it is due, until `stop` is set and the postman is woken."""
    from bot.web.outgoing.models import Parcel

    while not (stop and stop.is_set()):
        seconds = LONGEST_SLEEP
        _called.clear()
        try:
            close_old_connections()
            deliver_due()
            seconds = _sleep_seconds(Parcel.objects.next_due())
        except Exception:  # a thread that dies would leave every later parcel unsent
            log.exception("the outbox could not be worked through; next attempt in %.0f s", seconds)
        finally:
            connection.close()
        _called.wait(seconds)
