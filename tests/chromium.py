"""The one Chromium of all browser tests, and what axe finds in a page of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axe_playwright_python.base import AXE_SCRIPT

from bot.bench.chromium import FLAGS, MISSING, program

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["FLAGS", "MISSING", "axe", "program", "violations"]


def axe(page: Page, **options: Any) -> list[str]:
    """Each rule of axe that the page breaks, with the element.

    axe itself is half a megabyte: it is sent once for each document, and only violations come back.
    """
    # A page that a link leads to is there before it is read: it has no element yet then.
    # (Not wait_for_function: what it asks a second time, the page's policy forbids as eval.)
    page.wait_for_load_state()
    page.locator("body").wait_for(state="attached")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"], **options}
    found = page.evaluate("options => axe.run(options).then(({ violations }) => violations)", options)
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def violations(page: Page) -> list[str]:
    """What axe finds in the page as it is, and in its contrast in the other colour scheme."""
    found = axe(page)
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    page.emulate_media(color_scheme="light" if dark else "dark")
    found += axe(page, runOnly=["color-contrast"])
    page.emulate_media(color_scheme="dark" if dark else "light")
    return found
