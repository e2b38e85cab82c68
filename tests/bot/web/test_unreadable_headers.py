"""Headers that nobody's browser sends are answered like any others: they are no fault of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from bot.web.page_middleware import PageSessions
from bot.web.plain_headers import plain

if TYPE_CHECKING:
    import httpx
    from fake_channel import FakeChannel

pytestmark = pytest.mark.django_db(transaction=True)
UNREADABLE = [
    (b"Origin", b"http://["),
    (b"Host", b"[::1"),
    (b"Host", b"\xff"),
    (b"Referer", b"http://["),
    (b"X-Forwarded-For", b"[, 1.2.3.4:99999999999999999999"),
    (b"Accept-Language", b"\xff;q=x"),
    (b"Authorization", b"Bearer .:.:.\xff"),
    (b"Cookie", b'sessionid="abcdefgh\\000ijklmnop"; csrftoken="\\000"; messages="\\000"'),
    (b"Content-Length", b"9" * 5000),
    (b"Content-Type", b"text/plain; charset*=nothing''%41"),
    (b"Content-Type", b"multipart/form-data; boundary*=nothing''%41"),
    (b"Content-Type", b"multipart/form-data; boundary=\"x; charset*=nothing''%41\""),
    (b"If-None-Match", b"\xff"),
    (b"traceparent", b"[[["),
]


@pytest.mark.parametrize(
    "path", ["/", "/chat/session", "/chat/history", "/api/slots?tz=%41", "/staff/", "/staff/sign-in/", "/widget.js"]
)
async def test_a_header_that_cannot_be_read_is_no_fault_of_the_server(
    browser: httpx.AsyncClient, channel: FakeChannel, path: str
) -> None:
    for header in UNREADABLE:
        for method in ("GET", "POST"):
            answer = await browser.send(browser.build_request(method, path, headers=[header]))
            assert answer.status_code < 500, header
            assert "X-Request-Id" in answer.headers


async def test_a_form_in_a_charset_that_is_no_text_is_read_as_any_other(browser: httpx.AsyncClient) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n' + b"a" * 32 + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x; charset=rot13", "Cookie": "csrftoken=" + "a" * 32}
    answer = await browser.post("/staff/sign-in/", headers=headers, content=form)
    assert answer.status_code == 422  # past the check of forms, and nobody has no name
    assert "do not fit together" in answer.text


@pytest.mark.parametrize("name", ["a%00b", "a" * 300, ".env", "a%0Ab"])
async def test_a_file_that_cannot_be_named_is_not_found(browser: httpx.AsyncClient, name: str) -> None:
    for place in ("/widget/", "/static/"):
        assert (await browser.get(place + name)).status_code == 404


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"application/json", b"application/json"),
        (b"application/json; charset=utf-8", b"application/json"),
        (b"text/plain; charset*=nothing''%41", b"text/plain"),
        (b"multipart/form-data; boundary=----WebKitFormBoundary7MA", b'multipart/form-data; boundary="----WebKitFormBoundary7MA"'),
        (b'multipart/form-data; charset=rot13; Boundary="a b"; x', b'multipart/form-data; boundary="a b"'),
        (b"multipart/form-data; boundary=\xff", b"multipart/form-data"),
        (b"", b""),
    ],
)  # fmt: skip
def test_of_a_content_type_kind_and_boundary_are_kept(sent: bytes, kept: bytes) -> None:
    headers = [(b"content-type", sent), (b"origin", b"x; charset=y")]
    assert plain({"type": "http", "headers": headers}) == {
        "type": "http",
        "headers": [(b"content-type", kept), (b"origin", b"x; charset=y")],
    }


@pytest.mark.parametrize(
    ("cookie", "key"), [("0123456789abcdef" * 2, "0123456789abcdef" * 2), ("abcdefgh\0ijklmnop", None), ("", None)]
)
def test_a_session_is_looked_for_by_a_key_only(cookie: str, key: str | None) -> None:
    request = RequestFactory().get("/staff/")
    request.COOKIES["sessionid"] = cookie
    PageSessions(lambda request: HttpResponse()).process_request(request)
    assert request.session.session_key == key
