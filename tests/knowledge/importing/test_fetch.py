"""Fetching pages: http and https only, with limits, never from a private address."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import httpcore
import pytest

from knowledge.errors import KnowledgeError
from knowledge.importing import fetch as module
from knowledge.importing.fetch import fetch, is_public, look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PUBLIC = "93.184.216.34"
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello"


class Site(httpcore.MockBackend):
    """A server that answers each connection with the next of `answers` and notes where it was reached."""

    def __init__(self, *answers: bytes) -> None:
        super().__init__([])
        self._answers = list(answers)
        self.reached: list[str] = []

    def connect_tcp(self, host: str, port: int, *rest: object) -> httpcore.NetworkStream:
        self.reached.append(host)
        return httpcore.MockStream([self._answers.pop(0)])


def names(**addresses: str):
    return lambda host, port: [addresses.get(host.replace(".", "_"), PUBLIC)]


def moved(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    site = Site(HTML)
    page = fetch("http://practice.example/page", names(), site)
    assert (page.body, page.kind, page.charset) == (b"hello", "text/html", "utf-8")
    assert site.reached == [PUBLIC]


def test_a_redirect_is_followed_and_its_end_is_told() -> None:
    page = fetch("http://practice.example/a", names(), Site(moved("/b"), HTML))
    assert page.url == "http://practice.example/b"


def test_a_redirect_to_a_private_address_is_refused() -> None:
    site = Site(moved("http://inside.example/admin"), HTML)
    with pytest.raises(KnowledgeError, match=r"inside\.example leads to 10\.0\.0\.7, which is not a public address"):
        fetch("http://practice.example/a", names(inside_example="10.0.0.7"), site)
    assert site.reached == [PUBLIC]


def test_a_name_that_resolves_differently_the_second_time_gains_nothing() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    site = Site(moved("/again"), HTML)
    with pytest.raises(KnowledgeError, match="not a public address"):
        fetch("http://rebind.example/", lambda host, port: next(answers), site)
    assert site.reached == [PUBLIC]


def test_one_private_address_among_public_ones_is_enough() -> None:
    with pytest.raises(KnowledgeError, match="not a public address"):
        fetch("http://both.example/", lambda host, port: [PUBLIC, "::1"], Site(HTML))


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",  # noqa: S104
     "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1"],
)  # fmt: skip
def test_private_addresses_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_public_addresses_are_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("file:///etc/passwd", "file: addresses are not fetched"),
        ("ftp://practice.example/x", "ftp: addresses are not fetched"),
        ("http://me:secret@practice.example/", "name and password"),
        ("http://", "has no host"),
        ("http://practice.example:99999/", "cannot be read"),
        ("http://127.0.0.1:8000/", "not a public address"),
        ("http://[::1]/", "not a public address"),
    ],
)
def test_an_address_that_is_never_fetched_is_named(url: str, message: str) -> None:
    with pytest.raises(KnowledgeError, match=message):
        fetch(url, lambda host, port: [host], Site(HTML))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "status 404"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 0\r\n\r\n", "is application/pdf"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", "sent compressed"),
        (b"garbage\r\n\r\n", "cannot be fetched"),
    ],
)
def test_an_answer_that_is_no_page_is_named(answer: bytes, message: str) -> None:
    with pytest.raises(KnowledgeError, match=message):
        fetch("http://practice.example/", names(), Site(answer))


def test_a_page_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 4)
    with pytest.raises(KnowledgeError, match="is larger than"):
        fetch("http://practice.example/", names(), Site(HTML))


def test_a_page_that_comes_too_slowly_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SECONDS", -1.0)
    with pytest.raises(KnowledgeError, match="did not arrive"):
        fetch("http://practice.example/", names(), Site(HTML))


class Machine(httpcore.SyncBackend):
    """Every connection leads to a server on this machine, which sends `answer` byte by byte and never ends."""

    def __init__(self, answer: bytes, pause: float = 0.02) -> None:
        self._answer = answer
        self._pause = pause
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore.NetworkStream:
        return super().connect_tcp("127.0.0.1", self._listener.getsockname()[1], *rest, **more)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._drip, args=self._listener.accept()[:1], daemon=True).start()

    def _drip(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            for byte in itertools.chain(self._answer, itertools.repeat(ord("x"))):
                connection.sendall(bytes([byte]))
                time.sleep(self._pause)

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def in_a_moment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A call may take 0.4 s in all; the test fails where it takes much longer."""
    monkeypatch.setattr(module, "MOST_SECONDS", 0.4)
    began = time.monotonic()
    yield
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("ask", [fetch, look])
@pytest.mark.parametrize(
    ("scheme", "answer"),
    [("http", b"HTTP/1.1 200 OK\r\nX-Slow: "), ("http", b"HTTP/1.1 302 Found\r\nX-Slow: "), ("https", b"\x16\x03\x03\x40\x00")],
    ids=["headers", "headers of a redirect", "TLS"],
)  # fmt: skip
def test_a_site_that_sends_a_byte_now_and_then_gains_no_time(
    in_a_moment: None, ask: Callable[..., object], scheme: str, answer: bytes
) -> None:
    machine = Machine(answer)
    with pytest.raises(KnowledgeError, match="did not arrive within"):
        ask(f"{scheme}://practice.example/", names(), machine)
    machine.close()


def test_a_body_that_never_ends_gains_no_time(in_a_moment: None) -> None:
    machine = Machine(b"HTTP/1.1 200 OK\r\n\r\n", pause=0.005)
    with pytest.raises(KnowledgeError, match="did not arrive within"):
        fetch("http://practice.example/", names(), machine)
    machine.close()


def test_a_name_that_nobody_answers_for_is_given_up(in_a_moment: None) -> None:
    def slow(host: str, port: int) -> list[str]:
        time.sleep(4)
        return [PUBLIC]

    with pytest.raises(KnowledgeError, match="did not arrive within"):
        look("http://practice.example/", slow, Site(HTML))


def test_redirects_begin_no_new_time(in_a_moment: None) -> None:
    def slow(host: str, port: int) -> list[str]:
        time.sleep(0.15)
        return [PUBLIC]

    site = Site(*[moved("/") for _ in range(5)], HTML)
    with pytest.raises(KnowledgeError, match="did not arrive within"):
        look("http://practice.example/", slow, site)
    assert 0 < len(site.reached) < 5


def test_each_of_many_addresses_leaves_less_time_for_the_next(in_a_moment: None) -> None:
    timeouts: list[float] = []

    class Nowhere(Site):
        def connect_tcp(self, host: str, port: int, timeout: float | None = None, *rest: Any) -> Any:
            timeouts.append(timeout or 0)
            time.sleep(0.1)
            raise httpcore.ConnectTimeout

    with pytest.raises(KnowledgeError, match="did not arrive within"):
        look("http://practice.example/", lambda host, port: [PUBLIC] * 20, Nowhere())
    assert len(timeouts) < 10
    assert timeouts == sorted(timeouts, reverse=True)


def test_what_takes_its_time_but_ends_in_time_is_read() -> None:
    machine = Machine(HTML, pause=0.001)
    assert fetch("http://practice.example/", names(), machine).body == b"hello"
    machine.close()


@pytest.mark.parametrize("to", ["http://[", "//[", "http://x:99999/", "ftp://practice.example/"])
def test_a_redirect_to_what_is_no_address_is_named(to: str) -> None:
    with pytest.raises(KnowledgeError, match=r"cannot be read|are not fetched"):
        fetch("http://practice.example/", names(), Site(moved(to)))


def test_a_name_that_no_machine_can_have_is_named() -> None:
    with pytest.raises(KnowledgeError, match="is not known"):
        fetch(f"http://{'a' * 64}.example/", backend=Site(HTML))


def test_redirects_end() -> None:
    with pytest.raises(KnowledgeError, match="redirected more than 5 times"):
        fetch("http://practice.example/", names(), Site(*[moved("/") for _ in range(6)]))


def test_a_link_is_looked_at_without_reading_it() -> None:
    assert (
        look("http://practice.example/x.pdf", names(), Site(b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")) == 410
    )
