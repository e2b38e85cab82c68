"""The demo site in a real browser: nothing foreign, nothing refused by its own policy, accessible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from serving import Serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site() -> Iterator[Serving]:
    from bot.web.asgi import application

    serving = Serving(application)
    yield serving
    serving.stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/", "/articles/", "/articles/delayed-bond", "/nothing"])
def test_a_page_is_accessible_and_keeps_to_itself(
    chromium: Browser, site: Serving, path: str, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    foreign: list[str] = []
    refused: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(site.url) else foreign.append(request.url))
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(site.url + path)
    page.wait_for_selector("attune-chat", state="attached")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert (foreign, refused, overflow) == ([], [], 0)
    context.close()
