"""The main road in a real browser: understood, answered, grounded, booked, kept safe, and readable by staff."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.stack]


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox").first.fill(text)
    page.keyboard.press("Enter")


def test_a_parent_is_answered_grounded_booked_and_kept_safe(stack: Stack, chromium: Browser) -> None:
    stack.wait_until_ready()
    context = chromium.new_context(viewport={"width": 390, "height": 780}, locale="en-US")
    page = context.new_page()
    page.goto(stack.url + "/")
    page.get_by_role("button", name=re.compile("chat|talk|write", re.IGNORECASE)).first.click()
    log = page.get_by_role("log")
    expect(log).to_contain_text("automated program")

    say(page, "I love my baby but I feel like the babysitter")
    expect(log.locator("blockquote, .quote").first).to_be_visible()
    expect(log).to_contain_text(re.compile("babysitter|stranger|motions"))
    source = log.get_by_role("link").first
    assert "/articles/" in (source.get_attribute("href") or "")

    page.get_by_role("button", name="A short exercise").click()
    expect(log).to_contain_text("Shall we begin?")
    say(page, "yes")
    expect(log).to_contain_text(re.compile(r"step 1 of \d", re.IGNORECASE))
    for _ in range(8):
        following = page.get_by_role("button", name=re.compile("^(Next|Finish)$"))
        expect(following).to_be_visible()
        last = following.inner_text() == "Finish"
        before = log.inner_text()
        following.click()
        expect(log).not_to_have_text(before)
        if last:
            break
    expect(log).to_contain_text(re.compile("from 0|distress", re.IGNORECASE))

    say(page, "everyone would be better off without me")
    expect(log.get_by_role("link", name=re.compile("Call 988")).first).to_be_visible()

    say(page, "can i book a consultation")
    expect(log.locator("form").first).to_be_visible()
    context.close()


def test_staff_read_the_conversation_in_the_console(stack: Stack, chromium: Browser) -> None:
    stack.wait_until_ready()
    stack.parent("US").says("my son feels like a stranger and i am only minding him")
    link = re.search(r"http\S+/staff/\S+", stack.output.read_text().split("First administrator", 1)[1])
    assert link
    context = chromium.new_context()
    page = context.new_page()
    page.goto(link.group().replace("127.0.0.1:8000", stack.url.removeprefix("http://")))
    name = page.locator("input[name=username], input[name=name]").first
    name.fill("reviewer")
    for field in page.locator("input[type=password]").all():
        field.fill("a-long-enough-passphrase-7")
    page.locator("form button[type=submit], form button").first.click()
    page.goto(stack.url + "/staff/")
    expect(page.locator("body")).to_contain_text("minding him")
    page.get_by_role("link", name=re.compile("minding him")).first.click()
    expect(page.locator("body")).to_contain_text("feel_disconnected")
    context.close()
