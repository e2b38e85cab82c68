"""The badge in a real browser: it counts by itself, says aloud what changed, and never shows an old number as new."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

pytest.importorskip("playwright", reason="the browser tests need: pip install playwright")

from playwright.sync_api import expect

from bot.web.review.models import ViewRecord
from tests.chromium import violations

from . import factory
from .test_console_in_browser import database_in_this_thread, page, sign_in

__all__ = ["database_in_this_thread", "page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEWS = "[data-badge-news]"


def raise_alarm(script=None):
    """A crisis a few minutes ago."""
    return factory.play(script or factory.suicide(), timezone.now() - timedelta(minutes=5))


def a_round_later(page):
    """The next time that the script asks, and its answer."""
    with page.expect_response("**/staff/unopened/") as answer:
        page.clock.run_for(10_000)
    answer.value.finished()


@pytest.fixture
def staff(page, administrator, therapist_hours):
    page.clock.install(time=timezone.now())
    sign_in(page)
    return page


def badge(page):
    return page.locator("a.badge")


def test_the_badge_counts_without_a_reload_and_says_what_changed(staff):
    assert staff.title() == "Conversations · Attune"
    assert badge(staff).is_hidden()
    raise_alarm()
    a_round_later(staff)
    badge(staff).get_by_text("crisis not opened").wait_for()
    assert badge(staff).inner_text() == "1 crisis not opened"
    assert staff.title() == "(1) Conversations · Attune"
    assert staff.locator(NEWS).inner_text() == "1 crisis not opened"
    assert violations(staff) == []

    raise_alarm(factory.violence())
    a_round_later(staff)
    expect(staff).to_have_title(re.compile(r"^\(2\) "))
    assert badge(staff).inner_text() == "2 crises not opened"

    for left in ("1 crisis not opened", None):
        staff.goto("/staff/articles/")
        badge(staff).click()
        staff.locator(".rows a").first.click()
        staff.get_by_role("button", name="Mark as reviewed").wait_for()
        assert (badge(staff).inner_text() if badge(staff).is_visible() else None) == left
    assert badge(staff).is_hidden()
    assert "(" not in staff.title()


def test_while_nothing_changes_nothing_is_said(staff):
    conversation = raise_alarm()
    staff.reload()
    assert badge(staff).inner_text() == "1 crisis not opened"
    staff.evaluate(
        """() => {
            window.said = 0;
            new MutationObserver((all) => { window.said += all.length; })
                .observe(document.querySelector("[data-badge-news]"), { childList: true, characterData: true, subtree: true });
        }"""
    )
    for _ in range(3):
        a_round_later(staff)
    assert staff.evaluate("window.said") == 0
    assert staff.locator(NEWS).inner_text() == ""
    # A colleague opens it.
    ViewRecord.objects.create(staff_name="robin", what="transcript", conversation=conversation.pk)
    a_round_later(staff)
    badge(staff).wait_for(state="hidden")
    assert staff.locator(NEWS).inner_text() == "Every crisis has been opened"
    assert staff.evaluate("window.said") == 1


def test_who_was_signed_out_is_told_instead_of_shown_an_old_number(staff):
    Session.objects.all().delete()
    a_round_later(staff)
    badge(staff).get_by_text("Signed out").wait_for()
    assert staff.title().startswith("(?) ")
    assert violations(staff) == []
    badge(staff).click()
    staff.get_by_role("button", name="Sign in").wait_for()


def test_a_number_that_cannot_be_had_is_said_to_be_so_and_comes_back(staff):
    raise_alarm()
    staff.route("**/staff/unopened/", lambda route: route.fulfill(status=200, body="not JSON"))
    for _ in range(2):
        a_round_later(staff)
    assert badge(staff).is_hidden()
    a_round_later(staff)
    badge(staff).get_by_text("Crises cannot be counted just now").wait_for()
    staff.unroute("**/staff/unopened/")
    a_round_later(staff)
    badge(staff).get_by_text("crisis not opened").wait_for()
    assert staff.title() == "(1) Conversations · Attune"


def test_the_badge_is_on_every_page_and_none_breaks_a_rule_of_access(staff):
    raise_alarm()
    for path in ("/staff/", "/staff/?state=unopened", "/staff/bookings/", "/staff/articles/", "/staff/views/"):
        staff.goto(path)
        assert badge(staff).is_visible(), path
        assert violations(staff) == [], path
