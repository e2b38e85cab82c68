"""Where a parent says they are."""

from __future__ import annotations

import pytest

from knowledge.places import region_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I live in London", "GB"),
        ("I'm in the UK.", "GB"),
        ("we are in the U.S.", "US"),
        ("from the US", "US"),
        ("Brooklyn", "US"),
        ("i am in northern ireland", "GB"),
        ("I'm in Ireland", "IE"),
        ("Melbourne, Australia", "AU"),
        ("aotearoa", "NZ"),
        ("toronto", "CA"),
        ("estoy en España", "ES"),
        ("I am in Brazil", "ZZ"),
        ("I'm in New South Wales", "AU"),
        ("New Mexico", "US"),
        ("New Jersey", "US"),
        ("somewhere in South America", "ZZ"),
        ("wales", "GB"),
        ("mexico", "ZZ"),
    ],
)
def test_a_place_is_found_in_what_a_parent_writes(text: str, expected: str) -> None:
    assert region_in(text) == expected


@pytest.mark.parametrize(
    "text", ["", "/request_region", "change my country", "it is the two of us", "an aussie dog", "i moved"]
)
def test_where_no_place_is_named_none_is_guessed(text: str) -> None:
    assert region_in(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i live in irland, not america", "IE"),
        ("not America, I'm in Cork", "IE"),
        ("not in the us, im in leeds", "GB"),
        ("I'm in the UK not the States", "GB"),
        ("not from India", None),
        ("no im in america", "US"),
    ],
)
def test_a_place_after_a_no_is_not_meant(text: str, expected: str | None) -> None:
    assert region_in(text) == expected


def test_the_first_place_named_counts() -> None:
    assert region_in("I moved to Canada from France") == "CA"


def test_every_place_leads_to_helplines(knowledge_folder) -> None:
    from knowledge.helplines import load_helplines
    from knowledge.places import _PLACES

    known = {code for code, _ in load_helplines(knowledge_folder).regions()}
    assert set(_PLACES) == known
