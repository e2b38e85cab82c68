"""One Chromium and one fake site for all tests; an empty tab, and a clean conscience, for each.

After every test ``new_chat`` asserts that the page broke no content security policy, asked no
other server for anything, set no cookie and raised no error.
"""

from __future__ import annotations

import pytest

pytest.importorskip("playwright", reason="the browser tests need: pip install playwright")

from typing import TYPE_CHECKING

from .chat import Chat
from .fake_site import FakeSite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def _site() -> Iterator[FakeSite]:
    site = FakeSite()
    yield site
    site.stop()


@pytest.fixture
def site(_site: FakeSite) -> FakeSite:
    _site.reset()
    return _site


@pytest.fixture(scope="session")
def _tabs(chromium: Browser) -> Iterator[dict[str, list[Chat]]]:
    """Tabs that were used and may be used again: opening one takes longer than most tests."""
    tabs: dict[str, list[Chat]] = {}
    yield tabs
    for chat in (chat for chats in tabs.values() for chat in chats):
        chat.page.context.close()


@pytest.fixture
def new_chat(chromium: Browser, site: FakeSite, _tabs: dict[str, list[Chat]]) -> Iterator[Callable[..., Chat]]:
    """Opens tabs: ``new_chat(path="/", phone=False, fresh=False, **context options)``.

    Motion is reduced unless asked for. ``fresh`` is for tests that change the browser itself.
    """
    opened: list[tuple[str, Chat]] = []

    def open_tab(path: str = "/", phone: bool = False, fresh: bool = False, **options: object) -> Chat:
        settings: dict = {"locale": "en-US", "viewport": {"width": 1000, "height": 760}, "reduced_motion": "reduce"}
        if phone:
            settings |= {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
        settings |= options
        key = "fresh" if fresh else repr(sorted(settings.items()))
        if not fresh and _tabs.get(key):
            chat = _tabs[key].pop()
            chat.forget()
        else:
            context = chromium.new_context(**settings)
            context.set_default_timeout(5000)
            chat = Chat(context.new_page(), site)
        opened.append((key, chat))
        chat.visit(path)
        return chat

    yield open_tab
    site.release()
    for key, chat in opened:
        cookies = chat.page.context.cookies()
        if key == "fresh":
            chat.page.context.close()
        else:
            # A chat that waits in the pool would go on trying what it could not send, in another test.
            chat.page.goto("about:blank")
            _tabs.setdefault(key, []).append(chat)
        assert chat.violations == [], "content security policy"
        assert chat.foreign == [], "requests to other servers"
        assert chat.errors == [], "errors on the page"
        assert cookies == []


@pytest.fixture
def chat(new_chat: Callable[..., Chat]) -> Chat:
    """A tab of a desk computer on the practice's page, the chat not open yet."""
    return new_chat()


@pytest.fixture
def phone(new_chat: Callable[..., Chat]) -> Chat:
    """The same on a phone: 360 by 740, touch."""
    return new_chat(phone=True)
