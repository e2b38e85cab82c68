"""Sending, failing, trying again, coming back: the conversation over an unreliable night."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.chromium import axe

pytestmark = pytest.mark.browser

SEND = "/chat/message"
# Chromium itself tries a dropped message again, once for each connection that it kept open.
MORE_THAN_CHROMIUM_TRIES = 20


def test_opens_to_the_first_message_fast(chat):
    chat.wait_until_fetched()  # which happens when the page is idle
    took = chat.page.evaluate(
        """() => new Promise(done => {
            const root = document.querySelector("attune-chat").shadowRoot;
            const start = performance.now();
            const look = () => root.querySelector(".message.bot")
                ? done(performance.now() - start) : requestAnimationFrame(look);
            root.querySelector("button").click();
            look();
        })"""
    )
    assert took <= 300, f"{took:.0f} ms to the first message"


def test_first_words_are_the_disclosure(chat):
    chat.open()
    first = chat.bot_messages.first
    expect(first).to_contain_text("automated program")
    expect(first).to_contain_text("does not clear your browser history")
    assert chat.site.calls("POST", "/chat/session") == [{"region": "US", "page": "/"}]


def test_disclosure_folds_and_stays(chat):
    chat.open()
    summary = chat.card("notice").locator("summary")
    summary.click()
    chat.page.reload()
    expect(summary).to_be_visible()
    expect(chat.card("notice").locator("li").first).to_be_hidden()


def test_answer_and_choices(chat):
    chat.open().say("passage")
    assert chat.site.calls("POST", SEND)[0]["text"] == "passage"
    chat.button("Yes, an exercise").click()
    expect(chat.card("exercise")).to_contain_text("Step 1 of 4")
    assert chat.site.calls("POST", SEND)[1]["payload"] == "/step 1"
    expect(chat.button("Yes, an exercise")).to_have_count(0)  # choices only under the last message


def test_typing_sign_only_when_it_takes_long(chat):
    chat.open()
    chat.site.hold()
    chat.send("hello")
    sign = chat.panel.locator(".typing")
    expect(sign).to_be_visible()
    expect(chat.panel.get_by_role("status")).to_have_text("Writing…")
    chat.site.release()
    expect(chat.log).to_contain_text("You said: hello")
    expect(sign).to_be_hidden()


def test_try_again_sends_the_same_id(chat):
    chat.open()
    chat.site.misbehave(SEND, *["drop"] * MORE_THAN_CHROMIUM_TRIES)
    chat.send("it is me again")
    expect(chat.log).to_contain_text("Not sent yet")
    chat.site.behave(SEND)
    expect(chat.banner).to_contain_text("Call 911")
    chat.button("Try again").click()
    expect(chat.log).to_contain_text("You said: it is me again")
    expect(chat.banner).to_be_hidden()
    expect(chat.log).not_to_contain_text("Not sent yet")
    ids = {call["id"] for call in chat.site.calls("POST", SEND)}
    assert len(ids) == 1
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", ids.pop())


def test_no_answer_in_eight_seconds_brings_helplines(chat):
    chat.open()
    # nobody wants to wait for eight seconds here: the limit is noted, and made shorter
    chat.page.evaluate(
        "{ const real = AbortSignal.timeout.bind(AbortSignal);"
        "AbortSignal.timeout = (ms) => { window.limit = ms; return real(300); } }"
    )
    chat.site.hold()
    chat.send("are you there")
    expect(chat.banner).to_contain_text("taking too long")
    expect(chat.banner.get_by_role("link", name="Call 988")).to_have_attribute("href", "tel:988")
    assert chat.page.evaluate("window.limit") == 8000
    chat.site.release()
    chat.button("Try again").click()
    expect(chat.log).to_contain_text("You said: are you there")


def test_server_error_shows_its_text_and_its_helplines(chat):
    from .scripted import bot, helplines

    help_message = bot("I cannot answer now. These people can.", helplines("crisis", "emergency", "crisis"))
    chat.open()
    chat.site.misbehave(
        SEND, (503, {"error": {"code": "down", "text": "We are mending it."}, "messages": [help_message]}, {})
    )
    chat.send("hello")
    expect(chat.banner).to_contain_text("We are mending it.")
    expect(chat.log).to_contain_text("These people can.")
    expect(chat.help_bar).to_be_visible()
    chat.button("Try again").click()
    expect(chat.log).to_contain_text("You said: hello")


def test_too_many_messages_waits_as_told_and_sends(chat):
    chat.open()
    chat.site.misbehave(
        SEND, (429, {"error": {"code": "slow_down", "text": "One moment, please."}}, {"Retry-After": "1"})
    )
    chat.send("hello")
    expect(chat.banner).to_contain_text("One moment, please.")
    expect(chat.log).to_contain_text("You said: hello")
    assert len({call["id"] for call in chat.site.calls("POST", SEND)}) == 1


@pytest.mark.parametrize("status", [403, 413])
def test_refused_text_goes_back_to_the_composer(chat, status):
    chat.open()
    chat.site.misbehave(SEND, (status, {"error": {"code": "too_long", "text": "That is a little too long."}}, {}))
    chat.send("a long story")
    expect(chat.banner).to_contain_text("a little too long")
    expect(chat.composer).to_have_value("a long story")
    expect(chat.log).not_to_contain_text("a long story")


def test_expired_session_is_renewed_in_silence(chat):
    chat.open().say("hello")
    chat.site.expire_sessions()
    chat.say("still here")
    expect(chat.log).to_contain_text("You said: still here")
    expect(chat.log).to_contain_text("You said: hello")
    assert chat.log.get_by_text("What is on your mind tonight?").count() == 1
    assert len(chat.site.calls("POST", "/chat/session")) == 2
    expect(chat.banner).to_be_hidden()


def test_choice_on_its_way_is_said_where_the_session_has_expired_after_a_reload(chat):
    chat.open().say("passage")
    chat.site.hold()
    chat.button("Not now").click()
    expect(chat.panel.locator(".typing")).to_be_visible()
    chat.site.expire_sessions()
    chat.page.reload()
    chat.site.release()
    expect(chat.log).to_contain_text("You said: not now")
    assert [call.get("text") for call in chat.site.calls("POST", SEND)][-1] == "Not now"
    expect(chat.banner).to_be_hidden()


def test_history_after_reload(chat):
    chat.open().say("passage")
    chat.page.reload()
    expect(chat.card("passage")).to_be_visible()
    expect(chat.button("Not now")).to_be_visible()
    assert len(chat.site.calls("POST", "/chat/session")) == 1
    assert chat.log.get_by_text("passage", exact=True).count() == 1


def test_reload_in_mid_turn_loses_and_doubles_nothing(chat):
    chat.open()
    chat.site.hold()
    chat.send("in the middle")
    expect(chat.panel.locator(".typing")).to_be_visible()
    chat.page.reload()
    chat.site.release()
    expect(chat.log).to_contain_text("You said: in the middle")
    expect(chat.log.locator(".message.parent")).to_have_count(1)
    assert len({call["id"] for call in chat.site.calls("POST", SEND)}) == 1


def test_history_that_fails_does_not_hold_up_what_is_said_now(chat):
    chat.open().say("hello")
    chat.site.misbehave("/chat/history", 503, 503)
    chat.page.reload()
    expect(chat.banner).to_contain_text("Planned answer 503.")
    chat.say("I am scared")
    expect(chat.log).to_contain_text("You said: i am scared")
    expect(chat.banner).to_be_hidden()


def test_offline_keeps_what_is_written_and_sends_it_later(chat):
    chat.open()
    chat.page.context.set_offline(True)
    expect(chat.banner).to_contain_text("offline")
    expect(chat.banner.get_by_role("link", name="Text 988")).to_have_attribute("href", "sms:988")
    chat.send("nobody there")
    expect(chat.log).to_contain_text("Not sent yet")
    chat.page.context.set_offline(False)
    expect(chat.log).to_contain_text("You said: nobody there")
    expect(chat.banner).to_be_hidden()


def test_network_that_comes_back_begins_no_conversation_that_nobody_opened(chat):
    chat.wait_until_fetched()
    chat.page.context.set_offline(True)
    chat.page.context.set_offline(False)
    chat.page.evaluate("dispatchEvent(new Event('online'))")  # and in any case now
    chat.page.evaluate("fetch('/icon')")  # what the widget asked for came before this
    assert chat.site.calls("POST", "/chat/session") == []
    chat.open()
    assert len(chat.site.calls("POST", "/chat/session")) == 1


def test_offline_helplines_are_of_the_region(new_chat):
    chat = new_chat(locale="en-GB").open()
    chat.page.context.set_offline(True)
    expect(chat.banner.get_by_role("link", name="Call 999")).to_be_visible()
    expect(chat.banner.get_by_role("link", name="Call 116 123")).to_have_attribute("href", "tel:116123")
    expect(chat.banner.get_by_role("link", name="Text SHOUT to 85258")).to_have_attribute(
        "href", "sms:85258?&body=SHOUT"
    )
    chat.page.context.set_offline(False)


def test_chat_that_cannot_be_fetched_still_shows_numbers(new_chat):
    chat = new_chat()
    chat.wait_until_fetched()
    chat.page.route("**/widget/chat.js*", lambda route: route.abort())
    chat.page.reload()
    chat.launcher.click()
    expect(chat.page.get_by_role("link", name="911")).to_have_attribute("href", "tel:911")
    chat.page.unroute("**/widget/chat.js*")
    chat.page.get_by_role("button", name="Try again").click()
    expect(chat.log).to_contain_text("What is on your mind tonight?")


def a_chat_that_hangs(new_chat):
    """A tab in which the chat is asked for and does not come, and what lets it come."""
    chat = new_chat(fresh=True)
    chat.wait_until_fetched()
    held = []
    chat.page.route("**/widget/chat.js*", lambda route: held.append(route))
    chat.page.clock.install()
    chat.page.reload()
    return chat, held


def test_button_says_at_once_that_a_slow_chat_is_loading(new_chat):
    chat, held = a_chat_that_hangs(new_chat)
    chat.launcher.click()
    loading = chat.page.get_by_role("button", name="Loading…")
    expect(loading).to_have_attribute("aria-busy", "true")
    chat.page.clock.run_for(1000)
    expect(chat.page.get_by_role("link", name="911")).to_be_hidden()
    held[0].continue_()
    expect(chat.log).to_contain_text("What is on your mind tonight?")
    expect(loading).to_have_count(0)
    chat.page.clock.run_for(10_000)
    expect(chat.page.get_by_role("link", name="911")).to_be_hidden()
    chat.button("Close chat").click()
    expect(chat.launcher).to_have_attribute("aria-busy", "false")


def test_chat_that_hangs_shows_numbers_after_four_seconds_and_itself_when_it_comes(new_chat):
    chat, held = a_chat_that_hangs(new_chat)
    chat.launcher.click()
    chat.page.clock.run_for(4100)
    box = chat.page.get_by_role("alert")
    expect(box).to_contain_text("Loading… If you or your baby are in danger, call now:")
    expect(box.get_by_role("link", name="911")).to_be_focused()  # the button that was pressed is gone
    expect(box.get_by_role("button", name="Try again")).to_have_count(0)  # it is being tried
    assert axe(chat.page) == []
    held[0].continue_()
    expect(chat.log).to_contain_text("What is on your mind tonight?")
    expect(box).to_be_hidden()


def test_second_press_on_a_chat_that_hangs_shows_numbers_at_once(new_chat):
    chat, held = a_chat_that_hangs(new_chat)
    chat.launcher.click()
    chat.page.get_by_role("button", name="Loading…").click()
    expect(chat.page.get_by_role("link", name="988 Suicide & Crisis Lifeline")).to_have_attribute("href", "tel:988")
    chat.page.get_by_role("button", name="Close").click()
    expect(chat.launcher).to_be_focused()
    chat.page.evaluate(
        """() => {
            const script = document.querySelector('script[src*="widget/chat.js"]');
            window.failed = new Promise((done) => script.addEventListener("error", () => done(true)));
        }"""
    )
    held[0].abort()
    assert chat.page.evaluate("window.failed")  # the loader knows it too, whose listener came first
    chat.page.unroute("**/widget/chat.js*")
    chat.launcher.click()
    expect(chat.log).to_contain_text("What is on your mind tonight?")


def test_unsent_draft_survives_reload(chat):
    chat.open()
    chat.composer.fill("I have not dared to send this")
    chat.page.reload()
    expect(chat.composer).to_have_value("I have not dared to send this")


def test_long_text_is_counted_kindly_and_not_cut(chat):
    chat.open()
    chat.composer.fill("x" * 3700)
    expect(chat.panel).to_contain_text("300 characters left")
    chat.composer.fill("x" * 4100)
    expect(chat.panel).to_contain_text("100 characters too long")
    chat.composer.press("Enter")
    expect(chat.composer).to_have_value("x" * 4100)
    assert chat.site.calls("POST", SEND) == []


def test_two_tabs_are_two_conversations(new_chat):
    one, other = new_chat().open(), new_chat().open()
    one.say("from the first")
    expect(other.log).not_to_contain_text("from the first")
    other.page.reload()
    expect(other.log).not_to_contain_text("from the first")
    assert len(one.site.calls("POST", "/chat/session")) == 2


def test_answer_to_a_closed_chat_is_counted(chat):
    chat.open()
    chat.site.hold()
    chat.send("passage")
    chat.button("Close chat").click()
    chat.site.release()
    expect(chat.launcher).to_have_accessible_name("Support chat 2 unread")
    chat.launcher.click()
    expect(chat.card("passage")).to_be_visible()
    chat.button("Close chat").click()
    expect(chat.launcher).to_have_accessible_name("Support chat")
