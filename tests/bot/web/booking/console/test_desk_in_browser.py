"""A morning at the desk in a real browser: hours, an absence, a booking marked, moved and erased; axe finds nothing."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

pytest.importorskip("playwright", reason="the browser tests need: pip install playwright")

from review.appointments import book
from review.conftest import administrator, quick_hashes, therapist_hours
from review.test_console_in_browser import database_in_this_thread, sign_in, violations

from bot.web.booking.models import Booking, Therapist

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

__all__ = ["administrator", "database_in_this_thread", "quick_hashes", "therapist_hours"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PICTURES = os.environ.get("ATTUNE_PICTURES")  # a folder: the pictures of docs/images are taken anew


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, live_server, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(base_url=live_server.url, color_scheme=request.param)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    # The form that is refused on purpose is told to the browser's log as well.
    assert [one for one in complaints if "422" not in one] == []


def look(page: Page, name: str) -> None:
    assert violations(page) == [], name
    if PICTURES:
        theme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
        page.screenshot(path=Path(PICTURES) / f"{name}-{theme}.png", full_page=True)


def test_a_morning_at_the_desk(page, administrator, therapist_hours):
    Therapist.objects.update(name="Therapist A", languages=["English", "Spanish"])
    past = book(name="Ann", note="with my sister, please")
    Booking.objects.filter(pk=past.pk).update(
        start=timezone.now() - timedelta(hours=3), end=timezone.now() - timedelta(hours=2)
    )
    book(1, name="Bea", contact="none", phone="", email="bea@example.org")
    book(2, name="Cat", kind="phone")
    sign_in(page)

    page.get_by_role("link", name="Therapists").click()
    look(page, "console-therapists")
    page.get_by_role("link", name="Add a therapist").click()
    page.get_by_label("Time zone").fill("Mars/Olympus")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("is not a time zone").wait_for()
    look(page, "console-therapist-error")
    page.get_by_label("Name", exact=True).fill("Therapist B")
    page.get_by_label("Time zone").fill("Europe/London")
    page.get_by_label("Languages").fill("English, Polish")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Now add the weekly hours").wait_for()
    page.get_by_label("Monday").check()
    page.get_by_label("Wednesday").check()
    hours = page.locator("#hours")
    hours.get_by_label("From").fill("09:00")
    hours.get_by_label("To").fill("12:30")
    hours.get_by_role("button", name="Add hours").click()
    page.get_by_text("Monday 09:00 to 12:30").wait_for()
    page.get_by_role("button", name="Remove Monday 09:00 to 12:30").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Monday 09:00 to 12:30").wait_for()
    away = (timezone.now() + timedelta(days=20)).date().isoformat()
    page.get_by_label("First day").fill(away)
    page.get_by_role("button", name="Enter").click()
    page.get_by_text("closed", exact=False).first.wait_for()
    look(page, "console-therapist")
    assert Therapist.objects.get(name="Therapist B").exceptions.count() == 1

    page.get_by_role("link", name="Consultations", exact=True).click()
    look(page, "console-consultations")
    page.get_by_role("link", name="Week", exact=True).click()
    page.get_by_role("link", name="Week after").click()
    page.goto(f"/staff/bookings/calendar/?day={Booking.objects.latest('start').start:%Y-%m-%d}")
    look(page, "console-week")

    page.goto(f"/staff/bookings/{past.pk}/")
    page.get_by_role("button", name="No-show").click()
    page.get_by_text("Marked as a no-show.").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="They came").click()
    page.get_by_label("Note of staff").fill("Wants to come again in May")
    page.get_by_role("button", name="Save note").click()
    page.get_by_text("The note was saved.").wait_for()
    page.goto(f"/staff/bookings/{Booking.objects.get(kind='phone').pk}/")
    page.get_by_label("Move to").select_option(label="Therapist B")
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_text("The appointment was moved.").wait_for()
    page.locator("summary", has_text="Erase the contact details").click()
    look(page, "console-booking")
    page.get_by_role("button", name="Erase them for good").click()
    page.get_by_text("The contact details were erased.").wait_for()
    look(page, "console-booking-erased")
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/staff/bookings/", "/staff/bookings/calendar/", "/staff/therapists/", f"/staff/bookings/{past.pk}/"):
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    erased = Booking.objects.get(kind="phone")
    assert (erased.name, erased.status) == ("", "cancelled")
