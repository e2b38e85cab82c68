"""The console in a real browser: accessible in both themes, no script but our own, and the keys j and k."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone

pytest.importorskip("playwright", reason="the browser tests need: pip install playwright")

from bot.web.accounts.signed_in import signed_in
from bot.web.booking.models import Booking
from bot.web.review.models import Presence
from tests.chromium import violations

from . import factory
from .appointments import book

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def database_in_this_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    # Playwright's own event loop runs in this thread, and makes Django suspect async code.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def page(live_server, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(base_url=live_server.url)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def sign_in(page: Page, user: str = "morgan") -> None:
    """Goes in with a session that is begun already; the pages of signing in have a journey of their own."""
    client = signed_in(get_user_model().objects.get(username=user))
    page.goto("/staff/")
    key, host = client.session.session_key or "", urlsplit(page.url).hostname or ""
    page.context.add_cookies([{"name": "sessionid", "value": key, "domain": host, "path": "/"}])
    page.goto("/staff/")
    page.get_by_role("heading", name="Conversations", exact=True).wait_for()


def test_staff_review_a_night_s_conversations(page, administrator, therapist_hours):
    crisis = factory.play(factory.suicide(), timezone.now())
    for n, script in enumerate(factory.scripts()[2:]):
        factory.play(script, timezone.now() - timedelta(hours=n + 1))
    book()
    page.goto("/staff/")
    assert violations(page) == []
    sign_in(page)
    assert violations(page) == []

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert crisis.pk in page.evaluate("document.activeElement.href")
    page.keyboard.press("Enter")
    page.get_by_text("everyone would be better off without me", exact=False).first.wait_for()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "turn-2"

    page.locator("#turn-3 summary", has_text="Correct or note").click()
    assert violations(page) == []
    page.locator("#intent-3").fill("feel_worse")
    page.locator("#note-3").fill("jk: typing these letters moves nothing")
    page.locator("#turn-3").get_by_role("button", name="Save").click()
    page.get_by_text("jk: typing these letters moves nothing").first.wait_for()
    page.get_by_role("button", name="Mark as reviewed").click()
    page.get_by_text("by morgan").first.wait_for()

    for path in ("/staff/?text=nothing-like-this", "/staff/bookings/", "/staff/articles/", "/staff/views/"):
        page.goto(path)
        assert violations(page) == [], path


def test_the_keys_can_be_switched_off(page, administrator, db):
    factory.play(factory.babysitter(), timezone.now())
    sign_in(page)
    page.get_by_label("Keys on").uncheck()
    page.locator("body").click()
    page.keyboard.press("j")
    assert "/conversations/" not in str(page.evaluate("document.activeElement.href"))
    page.reload()
    assert not page.get_by_label("Keys on").is_checked()


def test_a_parent_moves_and_cancels_without_javascript(page, live_server, therapist_hours):
    path = book().manage_path
    context = page.context.browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain = context.new_page()
    plain.goto(path)
    plain.locator("details[open] label").last.click()
    plain.get_by_role("button", name="Move to this time").click()
    plain.get_by_text("Your appointment was moved.").wait_for()
    plain.get_by_text("Cancel this appointment").click()
    plain.get_by_role("button", name="Yes, cancel it").click()
    plain.get_by_text("Your appointment was cancelled.").wait_for()
    assert not Booking.objects.get().is_live
    page.goto(path)
    assert violations(page) == []


def test_a_reviewer_works_with_the_keys_finds_a_passage_and_undoes(page, administrator, therapist_hours):
    crisis = factory.play(factory.suicide(), timezone.now())
    factory.play(factory.babysitter(), timezone.now() - timedelta(hours=1))
    sign_in(page)
    page.keyboard.press("j")
    page.keyboard.press("f")
    page.get_by_text("Done: flagged").wait_for()
    assert page.locator("li.row .flag").count() == 1
    page.get_by_role("button", name="Undo").click()
    page.locator("li.row .flag").wait_for(state="detached")
    page.keyboard.press("?")
    page.get_by_text("mark as reviewed, or not after all").wait_for()
    page.get_by_text("More filters").click()
    assert violations(page) == []

    page.goto(f"/staff/conversations/{crisis.pk}/")
    page.locator("#turn-1 summary", has_text="Correct or note").click()
    page.locator("#passage-1").press_sequentially("crying for weeks")
    page.locator("#found-1 input[type=radio]").first.check()
    assert violations(page) == []
    page.locator("#turn-1").get_by_role("button", name="Save").click()
    page.locator("#turn-1 .corrected", has_text="Should have answered with").wait_for()
    page.get_by_text("Tags, notes, second reviewer, test").click()
    page.get_by_label("New tag").fill("Night shift")
    page.get_by_role("button", name="Add").click()
    page.locator(".tags", has_text="night-shift").wait_for()
    page.get_by_role("button", name="Save as a conversation test").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the conversation test").click()
    assert download.value.suggested_filename == f"conversation-{crisis.pk[:8]}.yml"
    page.keyboard.press("e")
    page.get_by_text("Done: marked as reviewed").wait_for()
    assert violations(page) == []

    page.goto("/staff/?tier=S")
    page.get_by_label("Save these filters as").fill("danger")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="danger").wait_for()
    assert violations(page) == []
    for path in (f"/staff/conversations/{crisis.pk}/print/", "/staff/metrics/", "/staff/metrics/?by=day"):
        page.goto(path)
        for table in page.locator("summary", has_text="The table").all():
            table.click()
        assert violations(page) == [], path


def test_two_people_see_each_other_and_a_parent_s_script_does_nothing(page, administrator, reviewer):
    text = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    conversation = factory.play(factory.Script([factory.Said(text, "small_talk", evidence=text)]), timezone.now())
    sign_in(page)
    page.clock.install()
    page.goto(f"/staff/conversations/{conversation.pk}/")
    Presence.objects.create(conversation=conversation, staff=reviewer)
    with page.expect_response("**/present/"):
        page.clock.run_for(11_000)
    page.get_by_text("Also here: robin").wait_for()
    for path in (
        f"/staff/conversations/{conversation.pk}/",
        f"/staff/conversations/{conversation.pk}/print/",
        "/staff/",
    ):
        page.goto(path)
        page.get_by_text("onerror").first.wait_for()
        assert "owned" not in page.title()


def test_session_that_ends_takes_no_note_away(page, administrator):
    conversation = factory.play(factory.suicide(), timezone.now())
    sign_in(page)
    page.clock.install()
    page.goto(f"/staff/conversations/{conversation.pk}/")
    page.get_by_text("Tags, notes, second reviewer, test").click()
    note = page.get_by_label("Note about the whole conversation")
    note.fill("She asked twice")
    Session.objects.all().delete()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/present/") else None)
    with page.expect_response("**/present/"):
        page.clock.run_for(11_000)
    page.get_by_text("You are signed out").wait_for()
    assert page.evaluate("document.activeElement.value") == "She asked twice"
    assert "Conversation of" in page.title()
    assert page.get_by_label("Password").count() == 0
    assert violations(page) == []
    page.clock.run_for(30_000)
    assert len(asked) == 1
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    assert conversation.pk in opened.value.url


def test_note_that_is_not_saved_is_not_lost_to_another_button(page, administrator):
    conversation = factory.play(factory.suicide(), timezone.now())
    sign_in(page)
    page.goto(f"/staff/conversations/{conversation.pk}/")
    page.locator("#turn-2 summary", has_text="Correct or note").click()
    note = page.locator("#note-2")
    note.press_sequentially("Call her")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("button", name="Mark as reviewed").click()
    assert asked == ["beforeunload"]
    assert note.input_value() == "Call her"
    page.on("dialog", lambda dialog: (asked.append("again"), dialog.accept()))
    page.locator("#turn-2").get_by_role("button", name="Save").click()
    page.locator("#turn-2 .corrected", has_text="Call her").wait_for()
    page.get_by_role("button", name="Mark as reviewed").click()
    page.get_by_text("Done: marked as reviewed").wait_for()
    assert asked == ["beforeunload"]
