"""What goes wrong at night, with the whole of Attune: a reload, a server that dies, a second tab, a token that is no good."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from django.core import signing
from playwright.sync_api import Page, expect

from bot.web.chat.tokens import SALT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.stack]
SAID = "i feel like a babysitter"
LATEST_MS = 40_000  # a killed process is started again within seconds; the widget asks again after at most ten


@pytest.fixture
def page(stack: Stack, chromium: Browser) -> Iterator[Page]:
    """The demo page with the chat open."""
    stack.wait_until_ready()
    context = chromium.new_context(base_url=stack.url, locale="en-US", reduced_motion="reduce")
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="Support chat").click()
    expect(page.get_by_role("log")).to_contain_text("automated program")
    yield page
    context.close()


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Your message").fill(text)
    page.keyboard.press("Enter")


def token(page: Page) -> str:
    return str(page.evaluate("JSON.parse(sessionStorage.getItem('attune')).token"))


def use_token(page: Page, value: str) -> None:
    page.evaluate(
        "token => sessionStorage.setItem('attune', JSON.stringify({...JSON.parse(sessionStorage.attune), token}))",
        value,
    )
    page.reload()


def history(stack: Stack, page: Page) -> list[dict[str, str]]:
    answer = httpx.get(f"{stack.url}/chat/history", headers={"Authorization": f"Bearer {token(page)}"})
    messages: list[dict[str, str]] = answer.json()["messages"]
    return messages


def said_and_answered_once(stack: Stack, page: Page) -> None:
    log = page.get_by_role("log")
    expect(log.locator("blockquote")).to_have_count(1, timeout=LATEST_MS)
    expect(log.locator(".message.parent")).to_have_count(1)
    expect(page.locator(".banner")).to_be_hidden()
    assert [one["text"] for one in history(stack, page) if one["from"] == "parent"] == [SAID]


def test_a_reload_in_the_middle_of_a_turn_loses_nothing(stack: Stack, page: Page) -> None:
    with stack.frozen("rasa"):
        say(page, SAID)
        expect(page.locator(".typing")).to_be_visible()
        page.reload()
    said_and_answered_once(stack, page)


def test_a_server_that_dies_in_the_middle_of_a_turn_and_comes_back_answers_once(stack: Stack, page: Page) -> None:
    with stack.frozen("rasa"):
        say(page, SAID)
        expect(page.locator(".typing")).to_be_visible()
        stack.kill("web")
        expect(page.locator(".banner")).to_contain_text("Call 988", timeout=LATEST_MS)
        expect(page.get_by_role("log")).to_contain_text("Not sent yet")
    said_and_answered_once(stack, page)


def test_a_second_tab_of_the_same_conversation_has_answers_of_its_own(stack: Stack, page: Page) -> None:
    with page.expect_popup() as opened:
        page.evaluate("void window.open('/')")  # takes a copy of sessionStorage along, as "duplicate tab" does
    other = opened.value
    expect(other.get_by_role("log")).to_contain_text("automated program")
    assert token(other) == token(page)
    say(page, SAID)
    say(other, "how much does it cost")
    for tab, own, foreign in ((page, SAID, "how much does it cost"), (other, "how much does it cost", SAID)):
        log = tab.get_by_role("log")
        expect(log.locator(".message.parent")).to_have_text(re.compile(own))
        expect(log.locator(".message.parent ~ .message.bot").first).to_be_visible()
        expect(log).not_to_contain_text(foreign)
    page.reload()
    expect(page.get_by_role("log").locator(".message.parent")).to_have_count(2)


def expired(stack: Stack, page: Page, monkeypatch: pytest.MonkeyPatch) -> str:
    """This conversation's token as it would be if it were of the day before yesterday."""
    secret = (stack.var / "secrets" / "django").read_text()
    session = signing.loads(token(page), key=secret, salt=SALT)
    with monkeypatch.context() as earlier:
        now = time.time()
        earlier.setattr(time, "time", lambda: now - 48 * 3600)
        return str(signing.dumps(session, key=secret, salt=SALT))


@pytest.mark.parametrize("kind", ["forged", "expired", "another's session under one's own signature"])
def test_a_token_that_is_no_good_leads_to_a_new_conversation_and_shows_nothing_of_the_old(
    stack: Stack, page: Page, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    stack.parent().says("words of somebody else")
    other = stack.parent()
    other.says("words of somebody else")
    say(page, "words of mine")
    log = page.get_by_role("log")
    expect(log.locator(".message.parent ~ .message.bot").first).to_be_visible()
    mine = token(page)
    match kind:
        case "forged":
            bad = mine[:-4] + "AAAA"
        case "expired":
            bad = expired(stack, page, monkeypatch)
        case _:
            bad = ":".join([other.token.split(":")[0], *mine.split(":")[1:]])
    use_token(page, bad)
    expect(log).to_contain_text("automated program")
    expect(log).not_to_contain_text("words of")
    assert token(page) not in {bad, mine, other.token}
    say(page, SAID)
    said_and_answered_once(stack, page)
