"""Helplines: what a parent in danger sees first, and what their phone dials."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from knowledge.helplines import KINDS, Helplines, load_helplines

if TYPE_CHECKING:
    from pathlib import Path

NEVER_FIRST = {"us-psi", "us-maternal", "us-childhelp", "us-samhsa", "gb-app", "au-panda"}


@pytest.fixture(scope="module")
def helplines(knowledge_folder: Path) -> Helplines:
    return load_helplines(knowledge_folder)


@pytest.fixture(scope="module")
def codes(helplines: Helplines) -> list[str]:
    return [code for code, _ in helplines.regions()]


def test_the_countries_of_the_practice_are_there(codes: list[str]) -> None:
    assert {"US", "GB", "CA", "IE", "AU", "NZ", "ZZ"} <= set(codes)


def test_an_emergency_card_begins_with_the_emergency_number_everywhere(helplines: Helplines, codes: list[str]) -> None:
    for code in codes:
        first = helplines.card(code, "emergency")["lines"][0]
        assert first["id"] == f"{code.lower()}-emergency"
        assert first["call"], code


def test_a_crisis_card_begins_with_a_line_that_answers_crises_everywhere(
    helplines: Helplines, codes: list[str]
) -> None:
    for code in codes:
        first = helplines.card(code, "crisis")["lines"][0]
        assert first["crisis"] is True, code
        assert helplines.first(helplines.region(code), "crisis").id == first["id"]


@pytest.mark.parametrize("kind", ["emergency", "crisis", "domestic_abuse"])
def test_support_lines_are_not_on_cards_for_danger(helplines: Helplines, codes: list[str], kind: str) -> None:
    for code in codes:
        shown = {line["id"] for line in helplines.card(code, kind)["lines"]}
        assert shown
        assert shown & NEVER_FIRST == set(), code


def test_the_support_lines_are_on_the_support_card(helplines: Helplines) -> None:
    assert {"us-psi", "us-maternal"} <= {line["id"] for line in helplines.card("US", "support")["lines"]}


def test_every_card_of_every_country_shows_somebody(helplines: Helplines, codes: list[str]) -> None:
    for code in codes:
        for kind in KINDS:
            lines = helplines.card(code, kind)["lines"]
            assert lines, (code, kind)
            assert len({line["id"] for line in lines}) == len(lines)
            assert all(line["call"] or line["text"] or line["chat"] for line in lines)


def test_where_a_country_has_no_line_of_a_kind_the_international_list_is_shown(helplines: Helplines) -> None:
    shown = [line["id"] for line in helplines.card("CA", "domestic_abuse")["lines"]]
    assert shown == ["ca-emergency", "zz-findahelpline"]


@pytest.mark.parametrize(
    ("region", "line", "href"),
    [
        ("US", "us-988", "tel:988"),
        ("US", "us-emergency", "tel:911"),
        ("GB", "gb-samaritans", "tel:116123"),
        ("GB", "gb-111", "tel:111"),
        ("AU", "au-lifeline", "tel:131114"),
        ("NZ", "nz-1737", "tel:1737"),
        ("IN", "in-telemanas", "tel:14416"),
        ("ES", "es-024", "tel:024"),
        ("FR", "fr-3114", "tel:3114"),
    ],
)
def test_a_short_code_is_dialled_as_typed(helplines: Helplines, region: str, line: str, href: str) -> None:
    found = next(row for row in helplines.card(region, "crisis")["lines"] if row["id"] == line)
    assert found["call"]["href"] == href


def test_a_text_line_opens_with_its_keyword(helplines: Helplines) -> None:
    shout = next(row for row in helplines.card("GB", "crisis")["lines"] if row["id"] == "gb-shout")
    assert shout["call"] is None
    assert shout["text"] == {"label": "Text SHOUT to 85258", "href": "sms:85258?&body=SHOUT"}


def test_no_number_is_given_a_country_code_that_its_file_does_not_have(helplines: Helplines, codes: list[str]) -> None:
    for code in codes:
        for line in helplines.region(code).lines:
            card = line.as_card()
            for way, number in (("call", line.call), ("text", line.text)):
                if number:
                    dialled = card[way]["href"].split(":")[1].split("?")[0]
                    assert dialled == "".join(c for c in number if c.isdigit() or c == "+")
                    assert dialled


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("UK", "GB"), ("uk", "GB"), ("GB", "GB"), (" gb ", "GB"), ("usa", "US"), ("IE", "IE"),
        ("BR", "ZZ"), ("", "ZZ"), (None, "ZZ"), ("<script>", "ZZ"), ("ZZ", "ZZ"),
    ],
)  # fmt: skip
def test_a_region_is_normalised(helplines: Helplines, given: str | None, expected: str) -> None:
    assert helplines.normalise_region(given) == expected
    assert helplines.region(given).code == expected


def test_an_unknown_country_gets_numbers_that_work_in_many(helplines: Helplines) -> None:
    card = helplines.card("BR", "crisis")
    assert card["region"] == "ZZ"
    assert card["lines"][0]["chat"] == {"label": "Online", "href": "https://findahelpline.com"}
    assert helplines.words("BR")["emergency_number"] == "112"


def test_every_phrase_for_texts_is_filled_in_every_country(helplines: Helplines, codes: list[str]) -> None:
    for code in codes:
        empty = [name for name, phrase in helplines.words(code).items() if not phrase.strip()]
        assert set(empty) <= {"abuse_for_others"}, code


@pytest.mark.parametrize("kind", ["crisis", "domestic_abuse"])
def test_who_may_fear_the_police_is_never_given_the_emergency_number_as_people_who_listen(
    helplines: Helplines, codes: list[str], kind: str
) -> None:
    prefix = "abuse" if kind == "domestic_abuse" else kind
    for code in codes:
        line, words = helplines.first(helplines.region(code), kind), helplines.words(code)
        assert line.kind in {kind, "crisis"}, code
        assert words[f"{prefix}_line"] == line.name
        assert words[f"{prefix}_number"] != words["emergency_number"], code
        on_the_card = {row["id"] for row in helplines.card(code, kind)["lines"]}
        assert line.id in on_the_card, code
    assert helplines.words("CA")["abuse_line"] == "Find A Helpline"


def test_where_an_abuse_line_is_for_women_it_is_said_who_helps_others(helplines: Helplines, codes: list[str]) -> None:
    for code in codes:
        line, said = (
            helplines.first(helplines.region(code), "domestic_abuse"),
            helplines.words(code)["abuse_for_others"],
        )
        of_women = re.search(r"\b(?:women|femmes|frauen)\b", f"{line.name} {line.purpose}", re.IGNORECASE)
        assert (line.whom == "women") == bool(said) == bool(of_women or line.id == "nz-refuge"), code
    assert helplines.words("GB")["abuse_for_others"] == " For men: Men's Advice Line, call 0808 801 0327."
    assert "ask there who helps anybody else" in helplines.words("IE")["abuse_for_others"]


def test_the_words_for_the_us_are_the_ones_a_parent_would_say(helplines: Helplines) -> None:
    words = helplines.words("US")
    assert words["emergency_number"] == "911"
    assert words["crisis_line"] == "988 Suicide & Crisis Lifeline"
    assert words["crisis_ways"] == "call 988 or text 988"
    assert words["text_ways"] == "text 988"


def test_who_cannot_speak_is_told_where_to_write_also_without_a_text_line(helplines: Helplines) -> None:
    assert helplines.words("DE")["text_ways"] == "go to https://findahelpline.com for a text or web chat line"


def test_a_line_is_stale_after_a_year_and_not_before(helplines: Helplines) -> None:
    verified = max(line.verified_on for code, _ in helplines.regions() for line in helplines.region(code).lines)
    assert helplines.stale(min(verified, date(2026, 11, 23)) + timedelta(days=365)) == []
    late = helplines.stale(verified + timedelta(days=366))
    assert len(late) == sum(len(helplines.region(code).lines) for code, _ in helplines.regions())


def test_every_line_names_its_source_and_has_an_id_of_its_own(helplines: Helplines, codes: list[str]) -> None:
    lines = [line for code in codes for line in helplines.region(code).lines]
    assert len({line.id for line in lines}) == len(lines)
    assert [line.id for line in lines if not line.source] == []
