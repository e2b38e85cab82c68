"""The practice's own facts, and what is said before the first message."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml

from bot.reading.loss import OF_A_LIVING_BABY
from bot.understanding.labels import labels
from knowledge.disclosure import disclosure, opening_messages
from knowledge.helplines import Helplines, load_helplines
from knowledge.practice import Practice, as_set, current_practice, load_practice

HERS, OURS = "https://hers.example/", "https://ours.example/"

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def practice(knowledge_folder: Path) -> Practice:
    return load_practice(knowledge_folder)


@pytest.fixture(scope="module")
def helplines(knowledge_folder: Path) -> Helplines:
    return load_helplines(knowledge_folder)


def test_the_shipped_practice_loads_and_its_region_has_helplines(practice: Practice, helplines: Helplines) -> None:
    assert helplines.normalise_region(practice.default_region) == practice.default_region
    assert practice.retention_days > 0
    assert practice.booking.kinds


def test_a_region_in_small_letters_and_a_site_with_a_slash_are_put_right(own_knowledge: Path) -> None:
    path = own_knowledge / "practice.yml"
    text = path.read_text("utf-8").replace("default_region: US", "default_region: gb")
    path.write_text(text.replace('site: ""', "site: https://practice.example/"), "utf-8")
    practice = load_practice(own_knowledge)
    assert practice.default_region == "GB"
    assert practice.site == "https://practice.example"


def test_how_an_appointment_starts_is_read_by_kind_and_may_be_left_out(own_knowledge: Path) -> None:
    path = own_knowledge / "practice.yml"
    assert load_practice(own_knowledge).booking.how_it_starts == {}
    text = path.read_text("utf-8").replace('phone: ""', 'phone: "We ring you."')
    path.write_text(text, "utf-8")
    assert load_practice(own_knowledge).booking.how_it_starts == {"phone": "We ring you."}
    path.write_text(re.sub(r"(?m)^  how_it_starts:.*\n(?:    .*\n)+", "", text), "utf-8")
    assert load_practice(own_knowledge).booking.how_it_starts == {}


@pytest.mark.parametrize(
    "point",
    [
        "automated program",
        "not a person, a therapist or an emergency service",
        "Nobody is watching this chat live",
        "staff of the practice, to improve",
        "90 days",
        "delete yours at any time",
        "Leave now",
        "does not clear your browser history",
    ],
)
def test_the_disclosure_says(practice: Practice, helplines: Helplines, point: str) -> None:
    assert point in " ".join(disclosure(practice, helplines, "US"))


@pytest.mark.parametrize(("region", "number"), [("US", "911"), ("GB", "999"), ("AU", "000"), ("BR", "112")])
def test_the_disclosure_names_the_emergency_number_of_the_region(
    practice: Practice, helplines: Helplines, region: str, number: str
) -> None:
    assert f"call {number}." in " ".join(disclosure(practice, helplines, region))


def test_the_notice_comes_before_the_greeting(practice: Practice, helplines: Helplines) -> None:
    notice, greeting = opening_messages(practice, helplines, "US")
    assert notice["card"]["type"] == "notice"
    assert notice["card"]["items"] == disclosure(practice, helplines, "US")
    assert all(point in notice["text"] for point in notice["card"]["items"])
    assert [choice["payload"] for choice in greeting["choices"]] == [
        "/feel_low",
        "/feel_disconnected",
        "/request_exercise",
        "/request_human",
    ]


def test_the_greeting_takes_no_living_baby_for_granted(practice: Practice, helplines: Helplines, root: Path) -> None:
    _, greeting = opening_messages(practice, helplines, "US")
    assert "your baby" not in greeting["text"]
    assert "after a loss" in greeting["text"]
    again = yaml.safe_load((root / "domain.yml").read_text("utf-8"))["responses"]["utter_greet"][0]["buttons"]
    for first in (greeting["choices"][0]["payload"], again[0]["payload"]):
        assert first.removeprefix("/") not in OF_A_LIVING_BABY


def test_every_way_to_begin_is_a_label(practice: Practice, helplines: Helplines) -> None:
    _, greeting = opening_messages(practice, helplines, "US")
    assert {choice["payload"].removeprefix("/") for choice in greeting["choices"]} <= set(labels())


def test_the_disclosure_never_says_confidential(practice: Practice, helplines: Helplines) -> None:
    assert "confidential" not in str(opening_messages(practice, helplines, "GB")).lower()


@pytest.mark.parametrize(
    ("written", "mode", "url", "expected"),
    [
        (("slots", None), None, None, ("slots", None, False)),
        (("slots", HERS), "off", None, ("off", HERS, False)),
        (("slots", None), "off", OURS, ("off", OURS, False)),
        (("off", None), "slots", None, ("slots", None, False)),
        (("slots", None), None, OURS, ("link", OURS, False)),
        (("link", HERS), None, OURS, ("link", OURS, False)),
        (("slots", HERS), "link", None, ("link", HERS, False)),
        (("slots", None), "link", None, ("off", None, True)),
        (("slots", None), "slots", OURS, ("slots", OURS, False)),
    ],
)
def test_the_environment_has_the_last_word_on_how_to_book(
    practice: Practice, written: tuple, mode: str | None, url: str | None, expected: tuple
) -> None:
    policy = as_set(replace(practice.booking, mode=written[0], url=written[1]), mode, url)
    assert (policy.mode, policy.url, policy.link_is_missing) == expected


def test_who_asks_for_the_practice_gets_it_as_the_environment_says(
    own_knowledge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert current_practice(own_knowledge).booking.mode == "slots"
    monkeypatch.setenv("ATTUNE_BOOKING_URL", OURS)
    assert (current_practice(own_knowledge).booking.mode, current_practice(own_knowledge).booking.url) == ("link", OURS)
    monkeypatch.setenv("ATTUNE_BOOKING_MODE", "off")
    assert current_practice(own_knowledge).booking.mode == "off"
    assert load_practice(own_knowledge).booking.mode == "slots"
