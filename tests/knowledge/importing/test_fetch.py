"""Fetching pages: http and https only, with limits, never from a private address."""

from __future__ import annotations

import httpcore
import pytest

from knowledge.errors import KnowledgeError
from knowledge.importing import fetch as module
from knowledge.importing.fetch import fetch, is_public, look

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


def test_redirects_end() -> None:
    with pytest.raises(KnowledgeError, match="redirected more than 5 times"):
        fetch("http://practice.example/", names(), Site(*[moved("/") for _ in range(6)]))


def test_a_link_is_looked_at_without_reading_it() -> None:
    assert (
        look("http://practice.example/x.pdf", names(), Site(b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")) == 410
    )
