"""What is masked and what is left alone, and that masking never loses or leaks what stands around."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.masking import KINDS, PLACEHOLDERS, Span, find, mask
from bot.masking.contacts import mask_contacts
from bot.masking.mask import PIECE
from bot.masking.spans import merged
from tests.timing import least_seconds


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("my husband Dave, 07700 900123", "my husband [name], [phone number]"),
        ("baby Oliver Hughes won't latch", "baby [name] won't latch"),
        ("hi im sarah, mail sarah.b82@gmail.com", "hi im [name], mail [e-mail address]"),
        ("Ella's cot is empty", "[name]'s cot is empty"),
        ("dr patel put me on tablets", "dr [name] put me on tablets"),
        ("we live at 14 Elm Road, SW1A 2AA", "we live at [address], [address]"),
        ("my nhs number is 943 476 5919", "my nhs number is [number]"),
        ("she was born on 3 March 2026", "she was born on [date]"),
        ("find me on insta @milk_and_tears", "find me on insta [handle]"),
        ("HARRY HIT ME", "[name] HIT ME"),
        ("mi hijo se llama José", "mi hijo se llama [name]"),
    ],
)
def test_what_tells_who_somebody_is_is_masked(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "may i ask: i was due in april, came in june",
        "mark my words, by the grace of god i hope and rose again",
        "38+2 weeks, day 3, 7lb 4oz, 3.2kg, 500mg at 10:30, up at 1, 3, 4 and 5.30",
        "my partner says i'm lazy and the midwife said wait",
        "i called 111 and 116 123, and text 85258",
        "Will he hate me? Hope it passes.",
        "I Feel Nothing And I Hate This",
        "ami a bad mother",
    ],
)
def test_everyday_words_and_figures_are_left_alone(text: str) -> None:
    assert mask(text).text == text


def test_a_number_without_a_right_check_digit_is_no_nhs_number() -> None:
    assert [span.kind for span in find("943 476 5919")] == ["number"]
    assert "number" not in [span.kind for span in find("943 476 5918")]


def test_of_two_finds_that_overlap_the_longer_stays() -> None:
    spans = [Span(0, 4, "name"), Span(2, 9, "mail"), Span(9, 12, "name")]
    assert merged(spans) == [Span(2, 9, "mail"), Span(9, 12, "name")]


def test_what_was_masked_in_the_chat_already_reads_the_same_and_stays() -> None:
    said = "call 07700 900123 or write to sam@example.org"
    assert mask(said).text == mask_contacts(said).text
    assert mask(mask_contacts(said).text).spans == ()
    assert not any(mask(placeholder).spans for placeholder in PLACEHOLDERS.values())


@settings(deadline=None)  # the lists are read with the first text
@given(st.text(alphabet="aDve 079@.com-+/\nJohn\u00e9", max_size=80))
def test_the_text_around_the_finds_stays_as_it_is(text: str) -> None:
    result = mask(text)
    at, rebuilt = 0, ""
    for span in result.spans:
        assert at <= span.start < span.end <= len(text)
        assert span.kind in KINDS
        rebuilt += text[at : span.start] + PLACEHOLDERS[span.kind]
        at = span.end
    assert result.text == rebuilt + text[at:]


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_masked(text: str) -> None:
    mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        ". a" + " " * 50_000 + "b",
        "o'" * 10_000,
        "a." * 10_000,
        "my husband " * 2_000,
        "is called " * 2_000,
        "Ann Smith " * 2_000,
        "\n" * 100_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_hostile_text_takes_seconds_at_most(text: str) -> None:
    assert least_seconds(lambda: find(text), enough=5) < 5


def test_a_name_where_two_pieces_meet_is_found() -> None:
    for before in range(PIECE - 20, PIECE + 5):
        filler = ("we slept a bit " * 100)[: before - 1] + " "
        assert "Eleanor" not in mask(f"{filler}my daughter Eleanor cried").text


def test_what_is_too_long_to_look_at_is_not_shown() -> None:
    text = "so tired " * 3_000 + "my name is Eleanor"
    assert "Eleanor" not in mask(text).text
    assert find(text)[-1].end == len(text)
