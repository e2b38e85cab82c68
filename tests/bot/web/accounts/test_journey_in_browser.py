"""From the invitation to the record: a link, a second factor, signing in, a reveal, and the line that it leaves."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

pytest.importorskip("playwright", reason="the browser tests need: pip install playwright")

from django.contrib.auth import get_user_model
from review import factory
from review.conftest import therapist_hours
from review.test_console_in_browser import database_in_this_thread, page, sign_in

from tests.chromium import violations

from .conftest import code_of, shown_for

__all__ = ["database_in_this_thread", "page", "therapist_hours"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "tide marble onion clock"


def test_who_is_invited_reveals_a_conversation_and_an_administrator_sees_it(page, live_server, administrator):
    told = factory.play(factory.Script([factory.Said("my husband Dave left us last night", "x")]), timezone.now())
    sign_in(page)
    page.get_by_role("link", name="Accounts").click()
    page.locator("form.own").get_by_label("Name").fill("jo")
    page.locator("form.own").get_by_label("Role").select_option("supervisor")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link", exact=True).input_value()
    page.get_by_text("Change jo").click()
    assert violations(page) == []

    theirs = page.context.browser.new_context(base_url=live_server.url).new_page()
    complaints: list[str] = []
    theirs.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    theirs.goto(re.sub(r"^https?://[^/]+", "", link))
    assert violations(theirs) == []
    theirs.get_by_label("Password", exact=True).fill(PASSWORD)
    theirs.get_by_label("The password again").fill(PASSWORD)
    theirs.get_by_role("button", name="Go on").click()
    theirs.get_by_role("heading", name="Your second factor").wait_for()
    box = theirs.locator(".qr svg").bounding_box()
    assert box
    assert box["width"] > 150
    theirs.get_by_text("It cannot be scanned").click()
    assert violations(theirs) == []
    key = theirs.locator("code.key").inner_text().replace(" ", "")
    theirs.get_by_label("Code of six digits").fill(shown_for(key))
    theirs.get_by_role("button", name="Go on").click()
    theirs.get_by_role("heading", name="Keep these codes").wait_for()
    assert violations(theirs) == []
    theirs.get_by_role("link", name="I have kept them").click()

    theirs.get_by_role("button", name="Sign out").click()
    theirs.get_by_label("Name").fill("jo")
    theirs.get_by_label("Password").fill(PASSWORD)
    theirs.get_by_role("button", name="Sign in").click()
    theirs.get_by_role("heading", name="Your code").wait_for()
    assert violations(theirs) == []
    theirs.get_by_label("Code of six digits, or a recovery code").fill(
        code_of(get_user_model().objects.get(username="jo"))
    )
    theirs.get_by_role("button", name="Sign in").click()

    theirs.get_by_role("link", name="my husband [name] left us").click()
    theirs.get_by_text("Names and numbers are masked. Reveal them").click()
    assert violations(theirs) == []
    theirs.get_by_label("Why? Your reason is recorded.").fill("the parent asked to be called back")
    theirs.get_by_role("button", name="Reveal", exact=True).click()
    theirs.get_by_text("my husband Dave left us last night").first.wait_for()
    assert violations(theirs) == []
    theirs.get_by_role("link", name="Your account").click()
    assert violations(theirs) == []
    theirs.get_by_role("link", name="Exports").click()
    theirs.get_by_role("button", name="Make the file").click()
    theirs.get_by_text("With names and numbers").click()
    theirs.get_by_role("link", name="conversations-").wait_for()
    assert violations(theirs) == []
    theirs.context.close()
    assert complaints == []

    page.goto("/staff/views/?who=jo&what=reveal")
    page.get_by_text("reveal: the parent asked to be called back").wait_for()
    page.get_by_role("link", name=told.pk[:11]).wait_for()
    assert violations(page) == []
