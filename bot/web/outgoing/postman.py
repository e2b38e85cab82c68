"""Delivers the outbox from threads of the web process, so that no answer waits for a mail server.

The web process starts them (see bot.web.lifespan), and bot.web.outgoing.waking tells them of a parcel; without a running
postman it waits in the outbox for the next one. Threads of their own, because a server
may hang: it then neither holds up the event loop nor the end of the process. And one for each way, because a mail
server that hangs must not hold up a webhook.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import close_old_connections, connection
from django.utils import timezone

from bot.web.outgoing.carriers import Carrier, NotDeliveredError, Way
from bot.web.outgoing.mail import mail_carrier
from bot.web.outgoing.models import Parcel
from bot.web.outgoing.sealed import SealError
from bot.web.outgoing.waking import called
from bot.web.outgoing.webhook import webhook_carrier

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger(__name__)

LONGEST_SLEEP = 60.0  # seconds; another process may have queued a parcel without waking this one

_starting = threading.Lock()
_threads: dict[Way, threading.Thread] = {}


def start() -> None:
    """Starts the postmen of this process; a second call does nothing."""
    with _starting:
        for way in Way:
            if way not in _threads or not _threads[way].is_alive():
                _threads[way] = threading.Thread(target=work, args=(way,), name=f"postman-{way.value}", daemon=True)
                _threads[way].start()


async def begin() -> None:
    """Background work of the outgoing app."""
    start()


def carrier(way: Way) -> Carrier:
    """The carrier for `way`. Raises SettingError."""
    return mail_carrier() if way is Way.MAIL else webhook_carrier()


def deliver_due(way: Way, by: Carrier | None = None) -> int:
    """Delivers what is due on `way` and returns how many went. Raises DatabaseError, SettingError."""
    by = by or carrier(way)
    delivered = 0
    while parcel := Parcel.objects.claim(way, timezone.now()):
        delivered += _deliver(parcel, by)
    return delivered


def _deliver(parcel: Parcel, by: Carrier) -> bool:
    try:
        by.deliver(parcel)
    except SealError:
        return _failed(parcel, NotDeliveredError("encrypted with another ATTUNE_FIELD_SECRET"))
    except NotDeliveredError as problem:
        return _failed(parcel, problem)
    except Exception as fault:  # one odd parcel must not hold up the others
        log.exception("parcel %s (%s) could not be carried", parcel.pk, parcel.kind)
        return _failed(parcel, NotDeliveredError(type(fault).__name__))
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


def work(way: Way, stop: threading.Event | None = None) -> None:
    """Delivers on `way` whatever is due whenever it is due, until `stop` is set and the postman is woken."""
    while not (stop and stop.is_set()):
        seconds = LONGEST_SLEEP
        called[way].clear()
        try:
            close_old_connections()
            deliver_due(way)
            seconds = _sleep_seconds(Parcel.objects.next_due(way))
        except Exception:  # a thread that dies would leave every later parcel unsent
            log.exception("the outbox (%s) could not be worked through; next in %.0f s", way.value, seconds)
        finally:
            connection.close()
        called[way].wait(seconds)
