"""Asks Rasa's channel, over loopback or a network of one's own. Whatever goes wrong there is one thing here: ChannelError."""

from __future__ import annotations

import asyncio
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import httpx

from bot import tracing
from bot.rasa_port import rasa_urls
from bot.routing import Routes
from bot.settings import get_settings
from bot.web.chat.rasa_reply import UnusableReplyError, read_reply, read_tier

if TYPE_CHECKING:
    import ssl

    from bot.web.chat.rasa_reply import Reply

# Of the time that is left, what one of several Rasa may take; the rest is for the next one.
FIRST_SHARE = 0.6
LEAST_SECONDS = 0.2  # below that, the rules answer
BEYOND = 0.05  # seconds by which httpx's own limits come first, so that it puts its connections in order
LONGEST_TURN = 5.0  # seconds
_routes = Routes()
_left: set[asyncio.Task[None]] = set()
# A client keeps its connections in the event loop that it was made in.
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()


class ChannelError(Exception):
    """Rasa is not to be had: refused, too slow, or an answer that cannot be used. The message says which."""


async def ask(session: str, region: str | None, said: dict[str, str], seconds: float, risk: str | None = None) -> Reply:
    """Rasa's reply to `said`, {"text": …} or {"payload": …}, within `seconds`. Raises ChannelError.

    `risk` is the gravest alarm of the session so far, in case that Rasa does not know of it.
    """
    body = {"sender": session, **said} | ({"region": region} if region else {}) | ({"risk": risk} if risk else {})
    answer = await _post("turn", body, seconds)
    try:
        return read_reply(answer)
    except UnusableReplyError as error:
        raise ChannelError(str(error)) from None


async def screen(text: str, seconds: float = 2.0) -> str | None:
    """The tier that rules and classifier find in `text` alone, without any conversation. Raises ChannelError."""
    return read_tier(await _post("screen", {"sender": "", "text": text}, seconds))


async def forget(session: str, seconds: float = 1.0) -> None:
    """Have every Rasa drop the dialogue state of `session`: after one failed, another has answered. Raises ChannelError."""
    asked = [_post_to(url, "forget", {"sender": session}, seconds) for url in rasa_urls(get_settings())]
    for answer in await asyncio.gather(*asked, return_exceptions=True):
        if isinstance(answer, BaseException):
            raise answer


async def close() -> None:
    """Close this event loop's connections."""
    loop = asyncio.get_running_loop()
    waiting = [task for task in _left if task.get_loop() is loop]
    for task in waiting:
        task.cancel()  # closes its connections at once
    await asyncio.gather(*waiting, return_exceptions=True)
    client = _clients.pop(loop, None)
    if client:
        await client.aclose()


async def _leave(asked: httpx.AsyncClient) -> None:
    """Let new turns take new connections. After a rush of requests that were given up, those of the old pool carried
    no answer any more, while Rasa answered others at once. Turns that are on their way keep theirs.
    """
    loop = asyncio.get_running_loop()
    if _clients.get(loop) is asked:
        del _clients[loop]
        _left.add(closing := loop.create_task(_close_later(asked)))
        closing.add_done_callback(_left.discard)


async def _close_later(asked: httpx.AsyncClient) -> None:
    try:
        await asyncio.sleep(LONGEST_TURN)
    finally:
        await asked.aclose()


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Read once: it takes longer than a turn's other work in the web process, and a pool may be left in a rush."""
    return httpx.create_ssl_context(trust_env=False)


def client() -> httpx.AsyncClient:
    """The pooled client of this event loop; proxies of the environment are not for loopback."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        pool = httpx.Limits(max_connections=None, max_keepalive_connections=16)
        _clients[loop] = httpx.AsyncClient(trust_env=False, limits=pool, timeout=None, verify=_certificates())  # noqa: S113  (see _post)
    return _clients[loop]


async def _post(path: str, body: dict[str, Any], seconds: float) -> Any:
    """The answer of the conversation's Rasa, or of the next one where that is not to be had. Raises ChannelError."""
    if seconds < LEAST_SECONDS:
        # Not the fault of any Rasa: none is to be avoided for it, nor its connections left.
        raise ChannelError(f"no time to ask: {max(seconds, 0.0):.1f} s are left")
    urls = _routes.ranked(body["sender"], rasa_urls(get_settings()))
    until = time.monotonic() + seconds
    for number, url in enumerate(urls):
        left = until - time.monotonic()
        last = number == len(urls) - 1
        try:
            with tracing.span("ask rasa", calls=True):
                answer = await _post_to(url, path, body, left if last else left * FIRST_SHARE)
        except ChannelError:
            _routes.failed(url)
            if last or until - time.monotonic() <= LEAST_SECONDS:
                raise
        else:
            _routes.answered(url)
            return answer
    raise ChannelError("there is no address to ask")


async def _post_to(url: str, path: str, body: dict[str, Any], seconds: float) -> Any:
    headers = {"X-Attune-Secret": get_settings().secret("channel"), **tracing.headers()}
    asked = client()
    # With the time that is left, so that Rasa does not read what nobody waits for.
    content = {**body, "seconds": seconds}
    try:
        # One limit over all: httpx's own count each phase, and a trickle of bytes would pass them for ever.
        response = await asyncio.wait_for(
            asked.post(f"{url}/webhooks/attune/{path}", json=content, headers=headers, timeout=seconds),
            seconds + BEYOND,
        )
        if response.status_code != 200:
            raise ChannelError(f"status {response.status_code}")
        return response.json() if response.content else None
    except (asyncio.TimeoutError, httpx.TimeoutException):
        await _leave(asked)
        raise ChannelError(f"no answer within {seconds:.1f} s") from None
    except httpx.HTTPError as error:
        raise ChannelError(type(error).__name__) from None
    except (ValueError, RecursionError):
        raise ChannelError("the answer is not JSON") from None
