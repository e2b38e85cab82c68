"""The page behind the signed link, as a browser without JavaScript uses it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from bot.web.booking.models import Booking
from bot.web.booking.slots import slot_id
from bot.web.outgoing.models import Parcel

pytestmark = pytest.mark.django_db


class Browser:
    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)

    def open(self, booking: Booking):
        self.path = booking.manage_path
        return self.client.get(self.path)

    def send(self, page, follow=True, **values):
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
        assert token, "the page has no form"
        return self.client.post(self.path, {"csrfmiddlewaretoken": token.group(1)} | values, follow=follow)


@pytest.fixture
def browser() -> Browser:
    return Browser()


def test_the_page_shows_the_time_and_neither_name_nor_address(browser, wish, clock):
    booking = Booking.objects.book(wish(name="Samantha", note="private"), clock.now())
    page = browser.open(booking).content.decode()
    assert "Thursday 11 March 2027, 3:30 pm (London time)" in re.sub("<[^>]+>", "", page)
    for private in ("Samantha", "sam@example.org", "private"):
        assert private not in page


def test_opening_the_link_changes_nothing(browser, booking):
    for _ in range(3):
        assert browser.open(booking).status_code == 200
    assert Booking.objects.get().revision == 0
    assert Parcel.objects.count() == 1


def test_a_parent_cancels_and_is_told_so(browser, booking):
    page = browser.send(browser.open(booking), action="cancel", revision=0)
    assert "Your appointment was cancelled." in page.content.decode()
    assert not Booking.objects.get().is_live
    assert Parcel.objects.filter(kind="cancelled").count() == 1


def test_a_parent_moves_to_an_offered_time(browser, booking, free):
    page = browser.open(booking)
    assert free[3].id in page.content.decode()
    after = browser.send(page, action="move", revision=0, slot=free[3].id).content.decode()
    assert "Your appointment was moved." in after
    assert Booking.objects.get().start == free[3].start


def test_a_cancellation_that_is_sent_twice_happens_once(browser, booking):
    page = browser.open(booking)
    browser.send(page, action="cancel", revision=0)
    again = browser.send(page, action="cancel", revision=0)
    assert again.status_code == 409
    assert Parcel.objects.filter(kind="cancelled").count() == 1


def test_a_move_that_is_replayed_after_another_move_changes_nothing(browser, booking, free):
    page = browser.open(booking)
    browser.send(page, action="move", revision=0, slot=free[3].id)
    browser.send(page, action="move", revision=1, slot=free[7].id)
    replayed = browser.send(page, action="move", revision=0, slot=free[3].id)
    assert replayed.status_code == 409
    assert "changed in the meantime" in replayed.content.decode()
    assert Booking.objects.get().start == free[7].start


def test_a_time_that_was_taken_meanwhile_is_refused_kindly(browser, booking, wish, free, clock):
    page = browser.open(booking)
    Booking.objects.book(wish(2, name="Alex"), clock.now())
    answer = browser.send(page, action="move", revision=0, slot=free[2].id)
    assert answer.status_code == 409
    assert "just taken" in answer.content.decode()


@pytest.mark.parametrize("slot", ["", "x", "9" * 500, "night"])
def test_a_slot_that_was_never_offered_is_refused(browser, booking, clock, slot):
    night = slot_id(booking.therapist_id, (clock.now() + timedelta(days=2)).replace(hour=4, minute=0))
    answer = browser.send(browser.open(booking), action="move", revision=0, slot=night if slot == "night" else slot)
    assert answer.status_code == 409
    assert Booking.objects.get().revision == 0


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 40, "²"])
def test_a_broken_revision_changes_nothing(browser, booking, revision):
    assert browser.send(browser.open(booking), action="cancel", revision=revision).status_code == 409
    assert Booking.objects.get().is_live


def test_within_twelve_hours_the_page_offers_no_change(browser, booking, clock):
    page = browser.open(booking)
    clock.time = booking.start - timedelta(hours=11)
    late = browser.open(booking).content.decode()
    assert "Less than 12 hours are left" in late
    assert "<form" not in late
    assert browser.send(page, action="cancel", revision=0).status_code == 409
    assert Booking.objects.get().is_live


def test_after_the_appointment_the_page_says_that_it_is_over(browser, booking, clock):
    clock.time = booking.end
    assert "This appointment is over" in browser.open(booking).content.decode()


def test_an_altered_link_leads_nowhere(client, booking):
    public, signature = booking.manage_path.split("/")[2].split(".")
    other = ("0" if public[0] != "0" else "1") + public[1:]
    for link in (f"{other}.{signature}", public, f"{public}.", f"{public}.{signature[:-2]}AA", "x" * 5000, "%00"):
        answer = client.get(f"/booking/{link}/")
        assert answer.status_code == 404
        assert "This link is not known" in answer.content.decode()


def test_a_form_from_another_site_is_refused(browser, booking):
    browser.open(booking)
    answer = browser.client.post(browser.path, {"action": "cancel", "revision": 0})
    assert answer.status_code == 403
    assert Booking.objects.get().is_live


def test_the_page_is_kept_by_no_cache(browser, booking):
    assert "no-store" in browser.open(booking)["Cache-Control"]
