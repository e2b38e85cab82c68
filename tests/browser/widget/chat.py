"""The chat as a parent meets it: what the tests say and see, in words of the page."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect

if TYPE_CHECKING:
    from .fake_site import FakeSite


class Chat:
    """One tab, with everything that went wrong in it."""

    def __init__(self, page: Page, site: FakeSite) -> None:
        self.page = page
        self.site = site
        self.violations: list[str] = []
        self.foreign: list[str] = []
        self.errors: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._see)

        self.launcher = page.get_by_role("button", name="Support chat")
        self.panel = page.get_by_role("dialog", name="Attune")
        self.log = self.panel.get_by_role("log")
        self.composer = page.get_by_role("textbox", name="Your message")
        self.bot_messages = self.log.locator(".message.bot")
        self.help_bar = self.panel.get_by_role("region", name="Help now:")
        self.banner = self.panel.locator(".banner")

    def _hear(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.violations.append(message.text)

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self.site.url, "blob:", "data:")):
            self.foreign.append(request.url)

    def forget(self) -> None:
        """Makes the tab as good as new for the next test."""
        self.page.context.set_offline(False)
        self.visit("/neutral")  # a page of the site without the chat: what it kept can be reached from there
        self.page.evaluate("sessionStorage.clear()")
        self.violations, self.foreign, self.errors = [], [], []

    def visit(self, path: str = "/") -> None:
        self.page.goto(self.site.url + path)

    def open(self) -> Chat:
        """Opens the chat and waits for its first words."""
        self.launcher.click()
        expect(self.log).to_contain_text("What is on your mind tonight?")
        return self

    def wait_until_erased(self) -> None:
        """Until the server has erased a conversation, which the page may not know yet."""
        until = time.monotonic() + 10
        while not self.site.erased.is_set():
            assert time.monotonic() < until, "no conversation was erased"
            self.page.wait_for_timeout(20)  # not a thread's wait: the page's requests pass through this one

    def wait_until_fetched(self) -> None:
        self.page.evaluate("customElements.whenDefined('attune-panel').then(() => 0)")

    def say(self, text: str) -> Chat:
        """Types, presses the send button and waits for the answer."""
        before = self.bot_messages.count()
        self.send(text)
        expect(self.bot_messages.nth(before)).to_be_attached()
        return self

    def send(self, text: str) -> None:
        self.composer.fill(text)
        self.panel.get_by_role("button", name="Send", exact=True).last.click()

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name, exact=True)

    def card(self, kind: str) -> Locator:
        return self.log.locator(f".card.{kind}").last

    def menu(self, item: str) -> None:
        self.button("Menu").click()
        self.button(item).click()

    def focused(self) -> str:
        """The name of what has the focus, inside or outside the chat."""
        return self.page.evaluate(
            """() => {
                const active = document.querySelector("attune-chat").shadowRoot.activeElement ?? document.activeElement;
                return active.ariaLabel ?? active.textContent.trim().slice(0, 60);
            }"""
        )

    def token(self) -> str:
        """What the site knows this tab's conversation by."""
        return json.loads(self.stored())["token"]

    def stored(self) -> str:
        return self.page.evaluate("sessionStorage.getItem('attune') ?? ''")

    def wide(self) -> int:
        """How many pixels the page can be scrolled sideways; 0 is right."""
        return self.page.evaluate(
            "() => Math.max(0, ...[document.documentElement, ...document.querySelector('attune-chat').shadowRoot"
            ".querySelectorAll('.panel, .scroller, .menu')].map(e => e.scrollWidth - e.clientWidth))"
        )
