"""The main road in a real browser: understood, answered, grounded, booked, kept safe, and readable by staff."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest
from django_otp.oath import totp
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

    from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.stack]


CRISIS = "everyone would be better off without me, i want to end it"


@pytest.fixture
def phone(stack: Stack, chromium: Browser) -> Iterator[Page]:
    """A phone of 360 by 740 on the demo page, the chat open."""
    stack.wait_until_ready()
    context = chromium.new_context(
        base_url=stack.url,
        viewport={"width": 360, "height": 740},
        locale="en-US",
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="Support chat").tap()
    expect(page.get_by_role("log")).to_contain_text("automated program")
    yield page
    context.close()


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Your message").fill(text)
    page.get_by_role("button", name="Send", exact=True).last.tap()


def begin_exercise(page: Page) -> None:
    say(page, "I love my baby but I feel like the babysitter")
    page.get_by_role("button", name="A short exercise").tap()
    expect(page.get_by_role("log")).to_contain_text("Shall we begin?")
    say(page, "yes")
    following = page.get_by_role("button", name="Next", exact=True)
    expect(following.or_(page.get_by_role("radio")).first).to_be_visible()
    if page.get_by_role("radio").count():  # how it feels before; the step is shown again after it
        page.get_by_role("radio", name="7", exact=True).tap()
        expect(page.get_by_role("log")).to_contain_text("Noted: 7")
    expect(page.get_by_role("log").locator(".card.exercise").last).to_contain_text("Step 1 of")


def finish_exercise(page: Page) -> None:
    card = page.get_by_role("log").locator(".card.exercise").last
    for step in range(1, 10):
        expect(card).to_contain_text(f"Step {step} of")
        following = page.get_by_role("button", name=re.compile("^(Next|Finish)$"))
        expect(following).to_be_visible()
        last = following.inner_text() == "Finish"
        following.tap()
        if last:
            break
    expect(page.get_by_role("radio")).to_have_count(11)


def open_form(page: Page) -> Locator:
    say(page, "can i book a consultation")
    form = page.get_by_role("log").locator("form").last
    expect(form).to_be_visible()
    return form


def test_a_parent_on_a_phone_is_answered_grounded_and_booked(phone: Page) -> None:
    log = phone.get_by_role("log")
    begin_exercise(phone)
    expect(log.locator("blockquote").first).to_contain_text(re.compile("babysitter|stranger|motions|bond"))
    assert "/articles/" in (log.get_by_role("link").first.get_attribute("href") or "")
    finish_exercise(phone)
    phone.get_by_role("radio", name="3", exact=True).tap()
    expect(phone.get_by_role("radio")).to_have_count(0)
    form = open_form(phone)
    form.get_by_role("group", name="When").get_by_role("radio").first.tap()
    form.get_by_role("radio", name="Video call").tap()
    form.get_by_label("Name or nickname").fill("Robin")
    form.get_by_role("radio", name="Please do not contact me").tap()
    form.get_by_role("checkbox").tap()
    form.get_by_role("button", name="Book this time").tap()
    expect(log).to_contain_text("Your consultation is booked")


@pytest.mark.parametrize("point", ["in the middle of an exercise", "instead of a number", "with the form open"])
def test_a_crisis_is_answered_at_any_point(phone: Page, point: str) -> None:
    if point == "with the form open":
        open_form(phone).get_by_label("Name or nickname").fill("Robin")
    else:
        begin_exercise(phone)
    if point == "instead of a number":
        finish_exercise(phone)
    say(phone, CRISIS)
    call = re.compile("Call 988")
    expect(phone.get_by_role("log").locator(".card.help").last.get_by_role("link", name=call)).to_be_visible()
    expect(phone.get_by_role("region", name="Help now:").get_by_role("link", name=call)).to_be_visible()
    expect(phone.get_by_role("button", name=re.compile("^(Next|Finish)$"))).to_have_count(0)
    expect(phone.get_by_role("radio", name="7", exact=True)).to_have_count(0)


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
    page.get_by_role("heading", name="Your second factor").wait_for()
    page.get_by_text("It cannot be scanned").click()
    key = page.locator("code.key").inner_text().replace(" ", "")
    page.get_by_label("Code of six digits").fill(f"{totp(base64.b32decode(key)):06d}")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="I have kept them").click()
    page.goto(stack.url + "/staff/")
    expect(page.locator("body")).to_contain_text("minding him")
    page.get_by_role("link", name=re.compile("minding him")).first.click()
    expect(page.locator("body")).to_contain_text("feel_disconnected")
    context.close()
