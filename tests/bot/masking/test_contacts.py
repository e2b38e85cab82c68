"""What says how to reach somebody is masked; what a crisis or a baby's weight is told in stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masking.contacts import EMAIL, PHONE, mask_contacts
from tests.timing import least_seconds


@pytest.mark.parametrize(
    "number",
    [
        "555-010-0199",
        "(555) 010-0199",
        "+1 555 010 0199",
        "+15550100199",
        "5550100199",
        "07700 900123",
        "07700900123",
        "+44 (0)7700 900 123",
        "0044 7700 900123",
        "020 7946 0958",
        "555.010.0199",
        "555 0199",
        "5 5 5 0 1 0 0 1 9 9",
        "4111 1111 1111 1111",
        "+353 85 012 3456",
        "0412 345 678",
        "01-23-45-67-89",
        "+49 30/901820",
        "٠٧٧٠٠٩٠٠١٢٣",
    ],
)
@pytest.mark.parametrize("around", ["{}", "call me on {}", "my number is {}, after 8", "{}. please", "tel:{}", "({})"])
def test_phone_numbers_are_masked(number, around):
    masked = mask_contacts(around.format(number))
    assert masked.found == {"phone"}
    assert PHONE in masked.text
    assert not any(character.isdigit() for character in masked.text.replace("after 8", ""))


@pytest.mark.parametrize(
    "spoken", ["oh seven seven double oh nine oh oh one two three", "five five five, zero one zero, zero one nine nine"]
)
def test_a_number_in_words_is_masked(spoken):
    assert mask_contacts(f"it's {spoken} ok").text == f"it's {PHONE} ok"


@pytest.mark.parametrize(
    "address",
    [
        "sam@example.org",
        "sam.o'neil+baby@mail.example.co.uk",
        "SAM@EXAMPLE.ORG",
        "sam @ example.org",
        "sam(at)example.org",
        "sam [at] example [dot] org",
        "sam at gmail dot com",
        "sam at gmail.com",
        "sam dot lee at hotmail dot co dot uk",
        "josé@exámple.org",
    ],
)
@pytest.mark.parametrize("around", ["{}", "write to {} please", "<{}>", "{}, thanks", "mailto:{}"])
def test_addresses_are_masked(address, around):
    masked = mask_contacts(around.format(address))
    assert masked.found == {"email"}
    assert EMAIL in masked.text
    for part in ("example", "gmail", "hotmail", "@"):
        assert part not in masked.text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "should i ring 988 or 111 or 116 123 or 13 11 14",
        "i took 20 of the 500 mg ones at 10:30",
        "born 12/03/2027, due 2027-03-10",
        "she was born 10.03.2027 at 03:45",
        "3,450 g, now 4.200 kg at 8 weeks 3 days",
        "100% 24/7 50/50",
        "she slept 1-2 hours, fed at 1 2 3 and 4",
        "we owe 1.500.000 and $12,345,678",
        "from 2019-2021 i was fine",
        "one two three four five six seven eight nine",
        "five four three two one",
        "nine eight seven six five four three two one zero",
        "i was at home. me and the baby. so tired",
        "look at us. it is so hard",
        "meet me at the park dot dot dot",
        "@ 3am again",
        "baby is 6 weeks, 4 days; i am 34; 2 kids aged 3 and 5",
        "1 2 3 4 5 6",
        "feeds at 12 2 4 6 8 10",
        "12/03/2027 10/04/2027",
        "2027-03-10 03:45",
        "i rang 111 then 999, 988 at 2",
        "I'd give it 7.5/10",
        "",
    ],
)
def test_what_is_no_contact_stays_as_it_was(text):
    masked = mask_contacts(text)
    assert (masked.text, masked.found) == (text, frozenset())


def test_both_are_found_in_one_message():
    masked = mask_contacts("I want to die. I'm on 07700 900123 or sam@example.org")
    assert masked.text == f"I want to die. I'm on {PHONE} or {EMAIL}"
    assert masked.found == {"email", "phone"}


@given(
    st.lists(
        st.sampled_from(["a", "@", ".", " at ", " dot ", "com", "1", "23", "+", "-", " ", "[", "one "]), max_size=40
    ).map("".join)
)
def test_masking_twice_is_masking_once(text):
    once = mask_contacts(text).text
    assert mask_contacts(once).text == once


@pytest.mark.parametrize("unit", ["1 ", "a@", "a at ", "one ", "(at) ", "1-", "a.", "x", "@.", "+", "dot "])
def test_no_text_takes_long(unit):
    text = (unit * 100_000)[:200_000]
    assert least_seconds(lambda: mask_contacts(text), enough=3) < 3
