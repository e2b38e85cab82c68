"""The demo site in a real browser: nothing foreign, nothing refused by its own policy, accessible in both schemes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from serving import Serving

from tests.chromium import violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site() -> Iterator[Serving]:
    from bot.web.asgi import application

    serving = Serving(application)
    yield serving
    serving.stop()


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/", "/articles/", "/articles/delayed-bond", "/nothing"])
def test_a_page_is_accessible_and_keeps_to_itself(page: Page, site: Serving, path: str, width: int) -> None:
    foreign: list[str] = []
    refused: list[str] = []

    def requested(request: Request) -> None:
        if not request.url.startswith(site.url):
            foreign.append(request.url)

    def said(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    page.on("request", requested)
    page.on("console", said)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.url + path)
    page.wait_for_selector("attune-chat", state="attached")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert violations(page) == []
    assert (foreign, refused, overflow) == ([], [], 0)
    page.remove_listener("request", requested)
    page.remove_listener("console", said)
