"""Leaving at once, erasing, taking a copy: the parent's hold on the conversation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def assert_gone(chat) -> None:
    chat.page.wait_for_url("**/neutral")
    expect(chat.page.get_by_role("heading", name="Weather")).to_be_visible()
    assert chat.stored() == ""
    chat.page.go_back()
    # the page with the chat was replaced, not left behind one step back
    assert chat.page.url != chat.site.url + "/"


def test_leave_now(chat):
    chat.open().say("crisis")
    chat.button("Leave now").click()
    assert_gone(chat)


def test_page_is_blank_at_once(chat):
    chat.open()
    # noted by the page itself in the very turn of the click, before any other page can come
    chat.page.evaluate(
        """() => new MutationObserver(() => {
            const { display } = getComputedStyle(document.documentElement);
            const kept = sessionStorage.getItem("attune");
            sessionStorage.setItem("noted", JSON.stringify([display, document.title, kept]));
        }).observe(document.documentElement, { attributes: true })"""
    )
    chat.button("Leave now").click()
    chat.page.wait_for_url("**/neutral")
    assert chat.page.evaluate("JSON.parse(sessionStorage.getItem('noted'))") == ["none", "\u200b", None]


def test_answer_on_its_way_is_not_kept_once_the_parent_has_left(chat):
    chat.open()
    chat.site.hold()
    chat.send("crisis")
    expect(chat.panel.locator(".typing")).to_be_visible()
    # as on a slow network: the other page has not come yet when the answer does
    chat.page.route("**/neutral", lambda route: route.fulfill(status=204))
    chat.button("Leave now").click()
    chat.site.release()
    expect(chat.page.locator(".message.bot").last).to_contain_text("Are you thinking about killing yourself?")
    assert chat.stored() == ""
    chat.page.unroute("**/neutral")


COME_BACK = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


def come_back(chat) -> None:
    """As a page does that the browser had kept whole (Chromium under test keeps none)."""
    chat.page.evaluate("window.kept = true")
    chat.page.evaluate(COME_BACK)


def test_page_that_was_kept_forgets_what_was_left_on_another(chat):
    chat.open().say("something private")
    chat.page.evaluate("sessionStorage.removeItem('attune')")  # "Leave now", on the next page
    # noted by the page itself in the turn of coming back, before it is loaded anew
    chat.page.evaluate(
        f"""setTimeout(() => {{
            {COME_BACK};
            sessionStorage.setItem("noted", document.querySelector("attune-chat") ? "still there" : "gone");
        }})"""
    )
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_visible()
    assert chat.page.evaluate("sessionStorage.getItem('noted')") == "gone"
    chat.wait_until_fetched()
    assert "private" not in chat.page.evaluate("document.querySelector('attune-chat').shadowRoot.textContent")
    assert "private" not in chat.stored()
    chat.open()
    expect(chat.log).not_to_contain_text("something private")


def test_page_that_was_kept_shows_what_came_after_erasing_on_another(chat):
    chat.open().say("something private")
    token = chat.token()
    other = chat.site.open_session({})[1]["token"]
    chat.page.evaluate(
        "([old, now]) => sessionStorage.attune = sessionStorage.attune.replace(old, now)", [token, other]
    )
    come_back(chat)
    expect(chat.log).not_to_contain_text("something private")
    expect(chat.log).to_contain_text("What is on your mind tonight?")
    assert chat.token() == other


@pytest.mark.parametrize("opened", [True, False])
def test_page_that_was_kept_stays_as_it_is_where_nothing_was_left(chat, opened):
    if opened:
        chat.open().say("something private")
    chat.wait_until_fetched()
    come_back(chat)
    chat.page.evaluate("fetch('/icon')")  # a page on its way out would not come to this
    assert chat.page.evaluate("window.kept")
    if opened:
        expect(chat.log).to_contain_text("You said: something private")


def test_shift_three_times_leaves(chat):
    chat.open()
    for _ in range(3):
        chat.page.keyboard.press("Shift")
    assert_gone(chat)


def test_capital_letters_do_not_leave(chat):
    chat.open()
    chat.composer.focus()
    for letter in "ABCD":
        chat.page.keyboard.press(f"Shift+{letter}")
    expect(chat.composer).to_have_value("ABCD")
    assert chat.page.url == chat.site.url + "/"


def test_leave_is_always_in_view_and_says_what_it_does_not_do(phone):
    phone.open().say("passage").say("booking")
    leave = phone.button("Leave now")
    expect(leave).to_be_in_viewport(ratio=1)
    expect(leave).to_have_accessible_description(re.compile("does not clear your browser history"))
    phone.button("Menu").tap()
    expect(leave).to_be_in_viewport(ratio=1)
    expect(phone.panel.locator(".about")).to_contain_text("does not clear your browser history")


def test_leaving_from_a_frame_takes_the_page_around_it(chat):
    chat.visit("/framed")
    frame = chat.page.frame_locator("iframe")
    expect(frame.get_by_role("log")).to_contain_text("What is on your mind tonight?")
    expect(frame.get_by_role("button", name="Close chat")).to_have_count(0)
    chat.page.route("https://www.google.com/**", lambda route: route.fulfill(body="neutral"))
    frame.get_by_role("button", name="Leave now").click()
    chat.page.wait_for_url("https://www.google.com/")
    chat.page.unroute("https://www.google.com/**")
    assert chat.foreign == ["https://www.google.com/"]  # only because the parent chose to leave
    chat.foreign.clear()


def test_erasing_asks_first_and_erases_on_the_server(chat):
    chat.open().say("something private").say("crisis")
    chat.menu("Erase this conversation")
    chat.button("Keep it").click()
    assert chat.site.calls("DELETE", "/chat/session") == []
    chat.button("Erase this conversation").click()
    chat.button("Yes, erase").click()
    expect(chat.log).to_contain_text("What is on your mind tonight?")
    expect(chat.log).not_to_contain_text("something private")
    expect(chat.panel).to_contain_text("The conversation was erased.")
    expect(chat.help_bar).to_be_hidden()
    assert len(chat.site.calls("DELETE", "/chat/session")) == 1
    assert "private" not in chat.stored()
    chat.page.reload()
    expect(chat.log).to_contain_text("What is on your mind tonight?")
    expect(chat.log).not_to_contain_text("something private")


def test_erasing_that_fails_says_so_and_keeps_the_conversation(chat):
    chat.open().say("something private")
    chat.site.misbehave("/chat/session", 503)
    chat.menu("Erase this conversation")
    chat.button("Yes, erase").click()
    expect(chat.panel).to_contain_text("It could not be erased just now.")
    expect(chat.log).to_contain_text("something private")


def test_message_that_waits_behind_the_erasing_goes_to_no_new_session(chat):
    chat.open()
    chat.site.hold()
    chat.site.hold_erasing()
    chat.send("something private")
    expect(chat.panel.locator(".typing")).to_be_visible()
    chat.menu("Erase this conversation")
    chat.button("Yes, erase").click()
    chat.wait_until_erased()
    with chat.page.expect_response("**/chat/message") as refused:
        chat.site.release_messages()
    assert refused.value.status == 401
    chat.page.keyboard.press("Escape")
    chat.send("something else")  # said before it is known that the rest is erased
    chat.site.release()
    expect(chat.log).to_contain_text("You said: something else")
    expect(chat.log).not_to_contain_text("something private")
    said = [call.get("text") for call in chat.site.calls("POST", "/chat/message")]
    assert said == ["something private", "something else"]
    assert len(chat.site.calls("POST", "/chat/session")) == 2


def test_message_on_its_way_is_answered_once_where_erasing_fails(chat):
    chat.open()
    chat.site.hold()
    chat.send("something private")
    expect(chat.panel.locator(".typing")).to_be_visible()
    chat.site.misbehave("/chat/session", 503)
    chat.menu("Erase this conversation")
    chat.button("Yes, erase").click()
    expect(chat.panel).to_contain_text("It could not be erased just now.")
    chat.site.release()
    expect(chat.log.get_by_text("You said: something private")).to_have_count(1)
    expect(chat.log).not_to_contain_text("Not sent yet")
    assert len({call["id"] for call in chat.site.calls("POST", "/chat/message")}) == 1


def test_copy_of_the_conversation(new_chat):
    chat = new_chat(fresh=True, permissions=["clipboard-read", "clipboard-write"]).open().say("passage")
    chat.menu("Copy the conversation")
    expect(chat.panel).to_contain_text("The conversation is copied.")
    text = chat.page.evaluate("navigator.clipboard.readText()")
    assert "You: passage" in text
    assert "Attune: Our article says: “Many parents" in text


def test_download_has_a_name_that_tells_nothing(chat):
    chat.open().say("something private")
    with chat.page.expect_download() as download:
        chat.menu("Download it as text")
    assert download.value.suggested_filename == "notes.txt"
    assert "You: something private" in Path(download.value.path()).read_text()
