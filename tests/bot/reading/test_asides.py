"""Messages that no label is for."""

from __future__ import annotations

import pytest

from bot.masking.contacts import EMAIL, PHONE
from bot.reading.asides import aside, silent


@pytest.mark.parametrize(
    ("text", "asked", "kind"),
    [
        ("", None, "empty"), ("\u200b \n", None, "empty"), ("🙃🙃", None, "wordless"), ("...", None, "wordless"),
        ("🙃🙃🙃🙃🙃", None, "wordless"), ("8", "offer", "wordless"), ("911", None, None),
        ("a.parent@example.org", None, "details"), (EMAIL, None, "details"), (f"ring me on {PHONE}", None, "details"), ("call me on 07700 900123", None, "details"),
        ("Marguerite", "booking", "details"), ("thursday morning", "booking", "details"),
        ("is it 1-833-852-6262?", None, None), ("sad", "booking", None), ("no thanks", "booking", None),
        ("you are a stupid bot", None, "abuse"), ("you stuppid bot", None, "abuse"), ("thans", "booking", None), ("he tells me fuck you", None, None), ("I am so tired", None, None),
    ],
)  # fmt: skip
def test_the_kind_of_a_message(text: str, asked: str | None, kind: str | None) -> None:
    assert aside(text, [], asked, "out_of_scope" if kind == "details" else "feel_low") == kind


@pytest.mark.parametrize(
    ("text", "asked", "kind"),
    [
        ("Why do you ask", "safety", "why_asked"), ("but why are you asking me that??", "safety", "why_asked"),
        ("what do you mean", "body", "why_asked"), ("where did that come from", "safety", "why_asked"),
        ("what does that have to do with anything", "safety", "why_asked"), ("what makes you ask", "safety", "why_asked"),
        ("why", "safety", None), ("why does he cry", "safety", None), ("what do you mean by grounding", "safety", None),
        ("why do you ask", "offer", None), ("why do you ask", None, None),
        # Their yes and no mean something else than to the question that was explained.
        ("why do you ask", "safe_to_chat", None), ("why do you ask", "intrusive", None), ("why do you ask", "someone_near", None),
        # Who says more says something else.
        ("why do you ask, I already told you that I would rather not be here any more", "safety", None),
        ("what makes you think anyone would care", "safety", None), ("why would it matter to anyone", "safety", None),
        ("why do you ask, would it matter", "safety", None), ("why should it matter", "safety", None),
        ("why do you want to know, of course I am", "safety", None),
        ("why do you want to know, so you can take him away", "safety", None),
        ("because I want to die", "safety", None),
    ],
)  # fmt: skip
def test_a_question_about_safety_may_be_asked_back(text: str, asked: str | None, kind: str | None) -> None:
    assert aside(text, ["hello"], asked, "not_helpful") == kind


def test_the_same_a_third_time_is_noticed() -> None:
    assert aside("what now", ["What now?"], None, "ask_why") is None
    assert aside("what now", ["What now?", "what now"], None, "ask_why") == "repeated"
    assert aside("what now", ["what now", "hello", "what now"], None, "ask_why") is None


@pytest.mark.parametrize(
    ("text", "nothing"),
    [("...", True), ("…", True), ("- -", True), ("", False), ("no...", False), ("🙂", False), ("?", False)],
)
def test_dots_are_silence(text: str, nothing: bool) -> None:
    assert silent(text) is nothing


def test_a_time_right_after_an_address_is_a_detail_too() -> None:
    assert aside("Tuesday morning", ["leonie@example.com"], "offer", "small_talk") == "details"
    assert aside("Tuesday morning", ["he sleeps at last"], "offer", "small_talk") is None
    assert aside("not Tuesday", ["leonie@example.com"], "offer", "small_talk") is None
