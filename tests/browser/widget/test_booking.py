"""The booking card: a form that forgives, and keeps names out of the conversation."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def form(chat) -> Locator:
    chat.open().say("booking")
    return chat.card("booking")


def fill(form: Locator, slot: int = 0, name: str = "Robin") -> None:
    form.get_by_role("group", name="When").get_by_role("radio").nth(slot).check()
    form.get_by_role("radio", name="Video call").check()
    form.get_by_label("Name or nickname").fill(name)
    form.get_by_role("group", name="How is it safe").get_by_role("radio", name="E-mail").check()
    form.get_by_role("textbox", name="E-mail").fill("robin@example.org")
    form.get_by_role("checkbox").check()


def book(form: Locator) -> None:
    form.get_by_role("button", name="Book this time").click()


def test_books_and_shows_where_to_change_it(chat, form):
    expect(form).to_contain_text("Perinatal therapist · English, Polish · birth trauma")
    fill(form)
    book(form)
    expect(form).to_contain_text("Your consultation is booked")
    expect(form).to_contain_text("Tue 4 March, 10:00 · Video call")
    expect(form).to_contain_text("The therapist sends the video link an hour before.")
    expect(form.get_by_role("link", name="Move or cancel it")).to_have_attribute(
        "href", chat.site.url + "/booking/signed/"
    )
    assert chat.site.bookings == [
        {
            "slot": "slot-0",
            "kind": "video",
            "name": "Robin",
            "email": "robin@example.org",
            "contact": "email",
            "consent": True,
            "time_zone": chat.page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone"),
        }
    ]
    chat.page.reload()
    expect(form).to_contain_text("Your consultation is booked")  # and not the form again


def test_details_stay_out_of_chat_and_storage(chat, form):
    fill(form)
    assert "Robin" not in chat.stored()
    book(form)
    expect(form).to_contain_text("booked")
    assert "Robin" not in chat.stored()
    assert not [call for call in chat.site.calls("POST", "/chat/message") if "Robin" in str(call)]


def test_browser_can_fill_it_in(form):
    form.get_by_role("radio", name="Text message").check()
    expect(form.get_by_label("Name or nickname")).to_have_attribute("autocomplete", "name")
    expect(form.get_by_label("Phone", exact=True).last).to_have_attribute("autocomplete", "tel")
    form.get_by_role("group", name="How is it safe").get_by_role("radio", name="E-mail").check()
    expect(form.get_by_role("textbox", name="E-mail")).to_have_attribute("autocomplete", "email")


def test_missing_answers_are_named_beside_the_fields(chat, form):
    book(form)
    expect(form.get_by_role("group", name="When")).to_have_accessible_description("Please choose one.")
    expect(form.get_by_label("Name or nickname")).to_have_accessible_description(
        "Please give a name; a nickname is fine."
    )
    expect(chat.panel.get_by_role("status")).to_have_text("Please look at 5 of the answers above.")
    expect(form.get_by_role("group", name="When").get_by_role("radio").first).to_be_focused()
    assert chat.site.bookings == []


def test_no_contact_needs_no_address(chat, form):
    fill(form)
    form.get_by_role("radio", name="Please do not contact me").check()
    book(form)
    expect(form).to_contain_text("booked")
    assert "email" not in chat.site.bookings[0]


def test_taken_time_offers_the_next_and_keeps_the_rest(chat, form):
    fill(form, slot=2)
    book(form)
    times = form.get_by_role("group", name="When")
    expect(times).to_contain_text("That time was just taken.")
    expect(form.get_by_label("Name or nickname")).to_have_value("Robin")
    times.get_by_role("radio").first.check()
    book(form)
    expect(form).to_contain_text("booked")
    assert chat.site.bookings[0]["slot"] == "slot-10"


def test_server_side_errors_stand_beside_their_fields(form):
    fill(form, name="Nobody")
    book(form)
    expect(form.get_by_label("Name or nickname")).to_have_accessible_description("Another name, please.")
    expect(form.get_by_label("Name or nickname")).to_be_focused()


def test_server_down_keeps_everything(chat, form):
    chat.site.misbehave("/api/bookings", 503)
    fill(form)
    book(form)
    expect(form).to_contain_text("Planned answer 503.")
    book(form)
    expect(form).to_contain_text("booked")


def test_expired_session_is_renewed_for_a_booking(chat, form):
    fill(form)
    chat.site.expire_sessions()
    book(form)
    expect(form).to_contain_text("booked")


def test_more_times_by_day(chat, form):
    form.get_by_role("button", name="More times").click()
    days = form.locator("details")
    expect(days).to_have_count(6)
    days.nth(1).locator("summary").click()
    days.nth(1).get_by_role("radio").first.check()
    fill_rest = form.get_by_label("Name or nickname")
    fill_rest.fill("Robin")
    form.get_by_role("radio", name="Phone", exact=True).check()
    form.get_by_role("radio", name="Please do not contact me").check()
    form.get_by_role("checkbox").check()
    book(form)
    expect(form).to_contain_text("booked")
    assert chat.site.bookings[0]["slot"] == "slot-4"


def test_newer_form_takes_over_what_was_typed(chat, form):
    fill(form)
    chat.say("hello").say("booking")
    expect(chat.log.locator(".booking").first).to_contain_text("further down")
    expect(form.get_by_label("Name or nickname")).to_have_value("Robin")


def test_link_mode_is_a_link(chat):
    chat.open().say("booking link")
    link = chat.card("booking").get_by_role("link", name="Choose a time")
    expect(link).to_have_attribute("href", chat.site.url + "/book")
    expect(link).to_have_attribute("target", "_blank")
