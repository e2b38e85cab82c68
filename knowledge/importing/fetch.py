"""Fetches a page of the practice's site: http and https only, with limits, and never from a private address.

Names are resolved here, every address is checked, and the connection goes to a checked address. So neither a
redirect nor a name that resolves differently the second time (DNS rebinding) leads into the network of this machine.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpcore

from knowledge.errors import KnowledgeError
from knowledge.importing.in_time import Deadline, StreamInTime, within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_BYTES = 10_000_000
MOST_SECONDS = 30.0  # for everything: names, connections, headers and body, redirects included
MOST_REDIRECTS = 5
PATIENCE = 10.0  # seconds for one connection or one read
KINDS = ("text/html", "application/xhtml+xml", "text/plain", "text/markdown")
_ASKED = [
    (b"User-Agent", b"Attune knowledge import"),
    (b"Accept", b"text/html, text/plain;q=0.8, */*;q=0.1"),
    (b"Accept-Encoding", b"identity"),
    (b"Connection", b"close"),
]
T = TypeVar("T")
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Fetched:
    """A page: its bytes, where it was in the end, its content type in lower case and its charset, if it names one."""

    body: bytes
    url: str
    kind: str
    charset: str | None


def resolve(host: str, port: int) -> list[str]:
    """The addresses of `host`. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether `address` lies in the public internet; an IPv4 address inside an IPv6 one counts as itself."""
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


class PublicOnly(httpcore.NetworkBackend):
    """Connects to public addresses only, until `deadline`. `resolve` gives the addresses of a name."""

    def __init__(
        self, resolve: Callable[[str, int], list[str]], inner: httpcore.NetworkBackend, deadline: Deadline
    ) -> None:
        self._resolve = resolve
        self._inner = inner
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address that answers. Raises PrivateAddressError if any address is private."""
        try:
            addresses = within(self._deadline.shorten(timeout), lambda: self._resolve(host, port))
        except (OSError, UnicodeError) as error:  # of a name that none can be, the system makes UnicodeError
            raise httpcore.ConnectError(f"the name {host} is not known ({error})") from error
        # One private address among public ones is enough: which one is taken must not be luck.
        if private := [address for address in addresses if not is_public(address)]:
            raise PrivateAddressError(host, private[0])
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            shortened = self._deadline.shorten(timeout)
            try:
                stream = self._inner.connect_tcp(address, port, shortened, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return StreamInTime(stream, self._deadline)
        raise failure


class PrivateAddressError(Exception):
    """A name leads to an address that is not public."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__(f"{host} leads to {address}, which is not a public address")


def _target(url: str, place: str = "") -> str:
    """`url`, seen from `place`, as it is requested. Raises KnowledgeError for an address that is never fetched."""
    try:
        url = urljoin(place, url)
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise KnowledgeError(
            url, "the address cannot be read", "give an address such as https://practice.example/page"
        ) from None
    if parts.scheme not in ("http", "https"):
        raise KnowledgeError(
            url,
            f"{parts.scheme}: addresses are not fetched",
            "give an http:// or https:// address, or save the page as a file",
        )
    if not host or parts.username or parts.password is not None:
        raise KnowledgeError(
            url,
            "the address has no host, or a name and password in it",
            "give an address such as https://practice.example/page",
        )
    try:
        name = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        raise KnowledgeError(url, "the host name cannot be read", "check the address") from None
    netloc = f"[{name}]" if ":" in name else name
    path = "".join(c if c.isascii() and c.isprintable() and c != " " else _escaped(c) for c in parts.path or "/")
    query = "".join(c if c.isascii() and c.isprintable() and c != " " else _escaped(c) for c in parts.query)
    return urlunsplit((parts.scheme, netloc + (f":{parts.port}" if parts.port else ""), path, query, ""))


def _escaped(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))


def fetch(
    url: str,
    resolve: Callable[[str, int], list[str]] = resolve,
    backend: httpcore.NetworkBackend | None = None,
) -> Fetched:
    """The page at `url`, after at most 5 redirects. Raises KnowledgeError, which says what to do instead."""

    def read(response: httpcore.Response, place: str) -> Fetched:
        if response.status != 200:
            text = f"the site answered with status {response.status}"
            raise KnowledgeError(url, text, "check that the page can be read without signing in")
        sent = _headers(response)
        kind, _, rest = sent.get("content-type", "text/html").partition(";")
        kind = kind.strip().lower()
        if kind not in KINDS:
            raise KnowledgeError(url, f"is {kind}, not a page of text", "give the address of an article")
        if sent.get("content-encoding", "identity").lower() != "identity":
            raise KnowledgeError(url, "was sent compressed although that was not asked for", "save the page as a file")
        charset = rest.lower().partition("charset=")[2].split(";")[0].strip("\"' ") or None
        return Fetched(_body(response, url), place, kind, charset)

    return _follow(url, read, resolve, backend)


def look(
    url: str,
    resolve: Callable[[str, int], list[str]] = resolve,
    backend: httpcore.NetworkBackend | None = None,
) -> int:
    """The status with which `url` answers, after at most 5 redirects; nothing is read. Raises KnowledgeError."""
    return _follow(url, lambda response, place: int(response.status), resolve, backend)


def _follow(
    url: str,
    use: Callable[[httpcore.Response, str], T],
    resolve: Callable[[str, int], list[str]],
    backend: httpcore.NetworkBackend | None,
) -> T:
    """What `use` makes of the response that is no redirect; its second argument is where that came from."""
    deadline = Deadline(MOST_SECONDS)
    public = PublicOnly(resolve, backend or httpcore.SyncBackend(), deadline)
    place = _target(url)
    timeout = {"connect": PATIENCE, "read": PATIENCE, "write": PATIENCE, "pool": PATIENCE}
    try:
        with httpcore.ConnectionPool(network_backend=public, max_keepalive_connections=0) as pool:
            for _ in range(MOST_REDIRECTS + 1):
                with pool.stream("GET", place, headers=_ASKED, extensions={"timeout": timeout}) as response:
                    target = _headers(response).get("location")
                    if response.status not in _REDIRECTS or not target:
                        return use(response, place)
                place = _target(target, place)
    except PrivateAddressError as error:
        raise KnowledgeError(url, str(error), "give a page on the internet, or save the page as a file") from error
    except httpcore.TimeoutException as error:
        fix = "try again later, or save the page as a file"
        over, step = f"did not arrive within {MOST_SECONDS:.0f} s", f"no answer within {PATIENCE:.0f} s"
        raise KnowledgeError(url, over if deadline.is_over else step, fix) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        fix = "check the address, or save the page as a file"
        raise KnowledgeError(url, f"cannot be fetched ({error})", fix) from error
    raise KnowledgeError(url, f"redirected more than {MOST_REDIRECTS} times", "give the address where the page ends up")


def _headers(response: httpcore.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


def _body(response: httpcore.Response, url: str) -> bytes:
    body = bytearray()
    for part in response.iter_stream():
        body += part
        if len(body) > MOST_BYTES:
            text = f"is larger than {MOST_BYTES // 1_000_000} MB"
            raise KnowledgeError(url, text, "save the article alone as a file")
    return bytes(body)
