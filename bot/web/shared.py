"""What several web processes share through Redis: a lock for each session, and the limits.

Without REDIS_URL, and while Redis is away, each process keeps its own: a parent is answered either way, and the
tables hold that a message id is stored once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakValueDictionary

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PATIENCE = 0.25  # seconds for one call of Redis
HELD = 4000  # milliseconds after which a lock of a process that died is free; a turn takes at most 2.9 s
LOOK_EVERY = 0.02  # seconds
AVOIDED = 5.0  # seconds in which Redis is not asked after it failed
logger = logging.getLogger(__name__)
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Redis] = WeakKeyDictionary()
_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
_failed_at: WeakKeyDictionary[asyncio.AbstractEventLoop, float] = WeakKeyDictionary()

RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
# A token bucket: what is left of `size` tokens and since when. Returns the seconds to wait, 0 where one was taken.
TAKE = """
local size, rate, now = tonumber(ARGV[1]), tonumber(ARGV[2]), redis.call('time')
now = now[1] + now[2] / 1000000
local bucket = redis.call('hmget', KEYS[1], 'left', 'at')
local left, at = tonumber(bucket[1] or size), tonumber(bucket[2] or now)
left = math.min(size, left + (now - at) * rate)
local wait = 0
if left >= 1 then left = left - 1 else wait = math.max(1, math.ceil((1 - left) / rate)) end
redis.call('hset', KEYS[1], 'left', tostring(left), 'at', tostring(now))
redis.call('expire', KEYS[1], 61)
return wait
"""


def _redis() -> Redis | None:
    """The client of this event loop; None where there is no Redis, or where it failed a moment ago."""
    url = get_settings().redis_url
    if url is None:
        return None
    loop = asyncio.get_running_loop()
    if loop.time() - _failed_at.get(loop, -AVOIDED) < AVOIDED:
        return None
    if loop not in _clients:
        _clients[loop] = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    return _clients[loop]


def _gone(error: Exception) -> None:
    loop = asyncio.get_running_loop()
    _failed_at[loop] = loop.time()
    logger.error("Redis cannot be had, this process goes on alone: %s", type(error).__name__)


async def take(kind: str, key: str, per_minute: int) -> int | None:
    """Seconds to wait before `key` may do `kind` again, 0 for now; None where nobody can tell."""
    redis = _redis()
    if redis is None:
        return None
    try:
        return int(await redis.eval(TAKE, 1, f"attune:{kind}:{key}", per_minute, per_minute / 60))
    except (RedisError, OSError, asyncio.TimeoutError) as error:
        _gone(error)
        return None


@contextlib.asynccontextmanager
async def sole(session: str) -> AsyncIterator[None]:
    """Held by whoever changes anything of the session, in this process and over all of them; first come, first served
    within a process.
    """
    # It lives as long as somebody holds or awaits it.
    async with _locks.setdefault(session, asyncio.Lock()), session_lock(session):
        yield


@contextlib.asynccontextmanager
async def session_lock(session: str) -> AsyncIterator[None]:
    """Held by one of all web processes. Waits as long as the other one takes, at most HELD."""
    redis, name, mine = _redis(), f"attune:turn:{session}", secrets.token_hex(8)
    held = False
    try:
        while redis is not None and not held:
            held = bool(await redis.set(name, mine, nx=True, px=HELD))
            if not held:
                await asyncio.sleep(LOOK_EVERY)
    except (RedisError, OSError, asyncio.TimeoutError) as error:
        _gone(error)
    try:
        yield
    finally:
        if held and redis is not None:
            try:
                await redis.eval(RELEASE, 1, name, mine)
            except (RedisError, OSError, asyncio.TimeoutError) as error:
                _gone(error)


async def close() -> None:
    """Close this event loop's connections."""
    client = _clients.pop(asyncio.get_running_loop(), None)
    if client:
        await client.close()
