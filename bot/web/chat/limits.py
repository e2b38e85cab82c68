"""How much one session and one address may send: token buckets, in memory or, for several web processes, in Redis.

A bucket holds a minute's worth of messages and refills steadily. Addresses are kept only as long as their bucket
is not full; Redis gets a keyed digest of them.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

from bot.web import shared

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

MOST_KEYS = 20_000


class RateLimit:
    """At most `per_minute` of something for each key."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._size = float(per_minute)
        self._rate = per_minute / 60
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> int:
        """0 when it may pass, else the seconds to wait (at least 1)."""
        now = self._clock()
        left, since = self._buckets.pop(key, (self._size, now))
        left = min(self._size, left + (now - since) * self._rate)
        wait = 0 if left >= 1 else max(1, math.ceil((1 - left) / self._rate))
        self._buckets[key] = (left if wait else left - 1, now)
        self._drop_full(now)
        return wait

    def _drop_full(self, now: float) -> None:
        # The least recently used come first: a bucket that had a minute is full again and says nothing.
        while self._buckets:
            key, (_, since) = next(iter(self._buckets.items()))
            if now - since < 60 and len(self._buckets) <= MOST_KEYS:
                return
            del self._buckets[key]


class ChatLimits:
    """The limits of the chat API, from the settings."""

    def __init__(self) -> None:
        self._sessions = RateLimit(settings.CHAT_SESSION_MESSAGES_PER_MINUTE)
        self._addresses = RateLimit(settings.CHAT_ADDRESS_MESSAGES_PER_MINUTE)

    async def wait(self, request: HttpRequest, session: str | None = None) -> int:
        """0 when the request may pass, else the seconds after which it may be tried again."""
        address = address_key(request)
        waits = [await self._take("address", self._addresses, address)]
        if session:
            waits.append(await self._take("session", self._sessions, session))
        return max(waits)

    @staticmethod
    async def _take(kind: str, own: RateLimit, key: str) -> int:
        """Counted by all web processes together; by this one alone where there is no Redis."""
        together = await shared.take(kind, salted_hmac("attune.limits", key).hexdigest(), own.per_minute)
        return own.take(key) if together is None else together


def address_key(request: HttpRequest) -> str:
    """What counts as one address: an IPv4 address, or the /64 network that one IPv6 household has."""
    given = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)
