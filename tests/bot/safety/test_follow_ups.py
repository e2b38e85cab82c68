"""What is answered after a crisis reply is heard, only while the risk is open, and never lowers it."""

from pathlib import Path

import pytest
import yaml

from bot.safety.follow_ups import FollowUps, get_follow_ups, load_follow_ups
from bot.safety.rules import RuleError

ALL = load_follow_ups()


def _examples(kind: str) -> list[object]:
    return [pytest.param(one, text, id=f"{one.name}: {text}") for one in ALL for text in getattr(one.rule, kind)]


def _alone(one) -> FollowUps:
    return FollowUps([one])


@pytest.fixture(scope="module")
def alone() -> dict[str, FollowUps]:
    return {one.name: _alone(one) for one in ALL}


@pytest.mark.parametrize(("one", "text"), _examples("fires"))
def test_follow_up_is_heard(one, text: str, alone: dict[str, FollowUps]) -> None:
    assert alone[one.name].find(text, min(one.after), min(one.of, default=None)) is not None


@pytest.mark.parametrize(("one", "text"), _examples("silent"))
def test_follow_up_is_silent(one, text: str, alone: dict[str, FollowUps]) -> None:
    assert alone[one.name].find(text, min(one.after), min(one.of, default=None)) is None


def test_nothing_is_a_follow_up_without_a_risk() -> None:
    assert get_follow_ups().find("I'm fine now", None) is None


def test_being_watched_counts_after_violence_only() -> None:
    assert get_follow_ups().find("he's home", "S") is None
    found = get_follow_ups().find("he's home", "V")
    assert found is not None
    assert found.name == "watched"


def test_what_is_said_of_a_baby_that_was_hurt_counts_after_that_only() -> None:
    found = get_follow_ups().find("he is ok, he's asleep", "I", "crisis_harm_baby")
    assert found is not None
    assert found.name == "baby_seems_fine"
    assert get_follow_ups().find("he is ok, he's asleep", "I", "crisis_suicide_imminent") is None


def test_only_refused_help_repeats_the_alarm() -> None:
    assert [one.name for one in ALL if one.repeats] == ["still"]


@pytest.mark.parametrize(
    ("change", "says"), [({"after": None}, "lacks"), ({"colour": "red"}, "colour")], ids=["missing", "unknown"]
)
def test_a_broken_follow_up_is_named(tmp_path: Path, change: dict[str, object], says: str) -> None:
    entry = {"id": "a", "after": ["S"], "patterns": ["a b"], "fires": ["a b"], "silent": ["c"], **change}
    entry = {key: value for key, value in entry.items() if value is not None}
    path = tmp_path / "after_risk.yml"
    path.write_text(yaml.safe_dump({"rules": [entry]}))
    with pytest.raises(RuleError, match=says):
        load_follow_ups(path)


def test_a_kind_that_is_heard_is_answered_by_the_tier_that_is_open() -> None:
    heard = {risk: get_follow_ups().heard("asks_about_call", risk, "crisis_violence") for risk in "EPISV"}
    assert {risk: one.name for risk, one in heard.items() if one} == {
        "E": "about_the_call_medical",
        "P": "about_the_call_medical",
        "I": "about_the_call",
        "S": "about_the_call",
        "V": "about_the_call_at_home",
    }
    assert get_follow_ups().heard("asks_about_call", None) is None
    assert get_follow_ups().heard("other", "S") is None


def test_what_a_relative_is_told_is_not_told_to_whoever_is_in_danger() -> None:
    found = get_follow_ups().heard("asks_how_to_help", "S", "crisis_third_party")
    assert found is not None
    assert found.name == "how_to_help"
    assert get_follow_ups().heard("asks_how_to_help", "S", "crisis_suicide") is None


def test_a_follow_up_without_words_and_kinds_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "after_risk.yml"
    path.write_text(yaml.safe_dump({"rules": [{"id": "a", "after": ["S"]}]}))
    with pytest.raises(RuleError, match=r"lacks \['fires', 'patterns', 'silent'\]. Fix: add them, or `hears` instead"):
        load_follow_ups(path)


def test_a_follow_up_that_is_not_there_is_named() -> None:
    with pytest.raises(RuleError, match="no follow-up 'gone'"):
        get_follow_ups().named("gone")
