"""Every card: what it shows, and what it sends."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SEND = "/chat/message"


def last_payload(chat) -> str:
    return chat.site.calls("POST", SEND)[-1]["payload"]


def test_passage_quotes_its_article(chat):
    chat.open().say("passage")
    card = chat.card("passage")
    expect(card.get_by_role("blockquote")).to_contain_text("Many parents do not feel a rush of love")
    expect(card).to_contain_text("When you feel like a babysitter")
    expect(card).to_contain_text("Not yet reviewed by a clinician")
    link = card.get_by_role("link")
    expect(link).to_have_attribute("href", chat.site.url + "/articles/feeling-disconnected#it-is-common")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_accessible_name("Read the article When you feel like a babysitter (opens in a new tab)")
    # the text repeats the quote for those without cards; here it is shown once
    expect(chat.log.get_by_text("Many parents")).to_have_count(1)


def test_exercise_goes_on_back_and_stops(chat):
    chat.open().say("exercise")
    expect(chat.card("exercise")).to_contain_text("Step 1 of 4")
    chat.button("Next").click()
    expect(chat.card("exercise")).to_contain_text("Step 2 of 4")
    chat.button("Back").click()
    expect(chat.log.locator(".exercise")).to_have_count(3)
    chat.button("Stop").click()
    expect(chat.panel.get_by_role("radio")).to_have_count(11)


def test_pace_moves_and_can_be_paused(new_chat):
    chat = new_chat(reduced_motion="no-preference").open()
    chat.say("/step 2")
    circle = chat.card("exercise").locator(".circle")
    expect(circle).to_have_attribute("style", "transition-duration: 4s; transform: scale(1);")
    chat.button("Pause").click()
    expect(circle).to_have_attribute("style", "transition-duration: 0.4s; transform: scale(0.6);")
    chat.button("Start").click()
    expect(chat.card("exercise")).to_contain_text("Breathe in")


def test_pace_keeps_still_with_reduced_motion(chat):
    chat.open().say("/step 2")
    circle = chat.card("exercise").locator(".circle")
    expect(chat.card("exercise").locator(".stage")).to_contain_text("Breathe in")
    still = circle.evaluate("c => [getComputedStyle(c).transform, getComputedStyle(c).transitionDuration]")
    assert still == ["matrix(0.75, 0, 0, 0.75, 0, 0)", "0s"]


def test_rating_by_touch(phone):
    phone.open().say("rating")
    phone.panel.get_by_role("radio", name="7", exact=True).tap()
    expect(phone.log).to_contain_text("You said 7")
    assert last_payload(phone) == "/rate 7"


def test_rating_by_keyboard(chat):
    chat.open().say("rating")
    group = chat.panel.get_by_role("group", name="How tense do you feel now?")
    group.get_by_role("radio", name="0", exact=True).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"):
        chat.page.keyboard.press(key)
    expect(group.get_by_role("radio", name="2", exact=True)).to_be_checked()
    assert chat.site.calls("POST", SEND)[-1]["text"] == "rating"  # arrows do not send
    chat.page.keyboard.press("Enter")
    expect(chat.log).to_contain_text("You said 2")


def test_rating_can_be_skipped(chat):
    chat.open().say("rating")
    chat.button("Skip").click()
    expect(chat.log).to_contain_text("You said: skip")
    expect(chat.panel.get_by_role("radio")).to_have_count(0)
    assert last_payload(chat) == "/skip"


def test_helplines_call_first_with_big_targets(phone):
    phone.open().say("crisis")
    card = phone.card("crisis")
    assert [link.get_attribute("href") for link in card.get_by_role("link").all()] == [
        "tel:911",
        "tel:988",
        "sms:988",
        "https://988lifeline.org/chat/",
    ]
    expect(card).to_contain_text("24/7 · English, Spanish")
    for link in card.get_by_role("link").all():
        assert link.bounding_box()["height"] >= 48
    expect(card.get_by_role("link", name="Text 988 988 Suicide & Crisis Lifeline")).to_be_visible()
    expect(phone.button("I am not sure")).to_be_attached()  # the question after it keeps its answers


def test_emergency_number_stands_before_all_else(chat):
    chat.open().say("emergency")
    message = chat.bot_messages.last
    assert message.inner_text().index("Call 911") < message.inner_text().index("Say that you gave birth")
    assert message.locator("> .card + .bubble").count() == 1


@pytest.mark.parametrize("said", ["emergency", "crisis", "abuse", "compact"])
def test_help_bar_comes(chat, said):
    chat.open()
    expect(chat.help_bar).to_be_hidden()
    chat.say(said)
    expect(chat.help_bar).to_be_visible()


def test_help_bar_stays(chat):
    chat.open().say("crisis").say("sorry, I was being dramatic")
    expect(chat.help_bar).to_be_visible()
    chat.page.reload()
    expect(chat.help_bar).to_be_visible()
    chat.site.expire_sessions()  # the new session knows of no crisis; the bar does
    chat.say("I am fine")
    expect(chat.help_bar).to_be_visible()


def test_help_bar_unfolds(chat):
    chat.open().say("compact")
    assert chat.log.locator(".card.help").count() == 0  # compact lines are not drawn in the log
    assert [link.get_attribute("href") for link in chat.help_bar.get_by_role("link").all()] == [
        "tel:911",
        "tel:988",
        "sms:988",
    ]
    chat.button("All helplines").click()
    expect(chat.help_bar.get_by_role("link", name="Chat online")).to_be_visible()
    for link in chat.panel.get_by_role("link").all():
        box = link.bounding_box()
        assert box["width"] > box["height"], link.inner_text()  # nothing squeezed into a column


def test_support_lines_bring_no_bar(chat):
    chat.open().say("support")
    expect(chat.card("support")).to_contain_text("National Maternal Mental Health Hotline")
    expect(chat.help_bar).to_be_hidden()


def test_region_is_picked_from_a_list(chat):
    chat.open()
    chat.menu("Change country")
    country = chat.panel.get_by_role("combobox")
    expect(country).to_have_value("US")
    country.select_option("United Kingdom")
    chat.button("Use this country").click()
    expect(chat.log).to_contain_text("You said: united kingdom")
    assert [call.get("text") or call["payload"] for call in chat.site.calls("POST", SEND)] == [
        "change my country",
        "/united kingdom",
    ]


@pytest.mark.parametrize("said", ["unknown card", "broken card"])
def test_card_that_cannot_be_drawn_leaves_the_text(chat, said):
    chat.open().say(said)
    expect(chat.bot_messages.last).to_contain_text("The text makes sense alone.")


def test_text_is_never_markup(chat):
    chat.open().say("<img src=x onerror=alert(1)>")
    expect(chat.log).to_contain_text("You said: <img src=x onerror=alert(1)>")
    assert chat.log.locator("img").count() == 0
