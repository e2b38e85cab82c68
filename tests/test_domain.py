"""Domain, rules, labels and phrasings agree; `rasa data validate` lets most of this pass."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bot.reading.asides import ASIDES
from bot.responses import OF_A_BABY, VARIANTS
from bot.safety.follow_ups import load_follow_ups
from bot.safety.tiers import card_kind
from bot.safety.verdict import TIER_OF
from bot.understanding.labels import labels
from knowledge.helplines import load_helplines
from knowledge.languages import load_languages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FALLBACK = "nlu_fallback"
FOLLOW_UP = "follow_up"
ASIDE = "aside"
# Words that bot/responses.py fills besides the helplines'.
OF_THE_PRACTICE = {"practice", "reader", "retention_days", "practice_contact", "minutes", "waiting", "after"}
# Named in code rather than in rules.
FROM_CODE = re.compile(r"\butter_[a-z_]+")


@pytest.fixture(scope="module")
def domain(root: Path) -> dict[str, Any]:
    return yaml.safe_load((root / "domain.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def rules(root: Path) -> list[dict[str, Any]]:
    files = sorted((root / "data" / "rules").glob("*.yml"))
    return [rule for path in files for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]]


def intents(rule: dict[str, Any]) -> Iterator[str]:
    for step in rule["steps"]:
        for row in step.get("or", [step]):
            if "intent" in row:
                yield row["intent"]


def actions(rule: dict[str, Any]) -> list[str]:
    return [step["action"] for step in rule["steps"] if "action" in step]


def used_in_code(root: Path) -> set[str]:
    """Responses that actions and the web process name."""
    files = [*(root / "actions").glob("*.py"), *(root / "bot").glob("*.py"), *(root / "bot" / "web").rglob("*.py")]
    return {name for path in files for name in FROM_CODE.findall(path.read_text("utf-8"))}


def test_the_intents_of_the_domain_are_the_labels(domain: dict[str, Any]) -> None:
    assert sorted(domain["intents"]) == sorted([*labels(), FOLLOW_UP, ASIDE])


def test_every_label_has_a_rule(rules: list[dict[str, Any]]) -> None:
    ruled = {intent for rule in rules for intent in intents(rule)}
    assert ruled == {*labels(), FALLBACK, FOLLOW_UP, ASIDE}


def test_every_label_has_a_rule_that_holds_whatever_was_asked(rules: list[dict[str, Any]]) -> None:
    always = Counter(intent for rule in rules if "condition" not in rule for intent in intents(rule))
    assert set(labels()) - set(always) == set()
    assert [intent for intent, times in always.items() if times > 1] == []


def test_every_action_of_a_rule_exists(rules: list[dict[str, Any]], domain: dict[str, Any]) -> None:
    known = {*domain["actions"], *domain["responses"]}
    assert {action for rule in rules for action in actions(rule)} - known == set()


def test_every_custom_action_is_written_and_used(
    rules: list[dict[str, Any]], domain: dict[str, Any], root: Path
) -> None:
    source = "\n".join(path.read_text("utf-8") for path in (root / "actions").glob("*.py"))
    written = set(re.findall(r'return "(action_\w+)"', source))
    used = {action for rule in rules for action in actions(rule) if action.startswith("action_")}
    assert set(domain["actions"]) == written == used


def test_every_response_that_code_names_exists(domain: dict[str, Any], root: Path) -> None:
    assert used_in_code(root) - {"utter_message", "utter_action"} - set(domain["responses"]) == set()


def test_every_response_is_used(rules: list[dict[str, Any]], domain: dict[str, Any], root: Path) -> None:
    used = {action for rule in rules for action in actions(rule)} | used_in_code(root)
    used |= {f"{name}_{variant}" for name in used for variant in VARIANTS}
    assert set(domain["responses"]) - used == set()


def test_every_aside_has_a_rule_and_a_value_of_the_slot(rules: list[dict[str, Any]], domain: dict[str, Any]) -> None:
    ruled = [rule["condition"][0]["slot_was_set"][0]["aside"] for rule in rules if ASIDE in intents(rule)]
    assert sorted(ruled) == sorted(ASIDES)
    assert set(domain["slots"]["aside"]["values"]) == set(ASIDES)


def test_after_a_loss_every_reply_has_two_wordings_without_a_baby(domain: dict[str, Any]) -> None:
    for name, wordings in domain["responses"].items():
        free = [w for w in wordings if not OF_A_BABY.search(w["text"])]
        if not name.endswith(("_information", "_without_booking", "crisis_harm_baby")):  # where there is a living baby
            assert f"{name}_after_loss" in domain["responses"] or len(free) >= 2, name


def test_every_reply_in_another_language_is_one_that_exists(domain: dict[str, Any], knowledge_folder: Path) -> None:
    languages = load_languages(knowledge_folder)
    assert "es" in languages
    for language in languages.values():
        assert set(language.responses) - set(domain["responses"]) == set()
        crisis = {name for name in domain["responses"] if name.startswith("utter_crisis_")}
        assert {name for name in crisis if not name.endswith("_after_loss")} - set(language.responses) == set()


def test_a_crisis_is_answered_by_a_written_reply_and_never_by_an_action(rules: list[dict[str, Any]]) -> None:
    crisis = [rule for rule in rules if any(intent.startswith("crisis_") for intent in intents(rule))]
    assert {intent for rule in crisis for intent in intents(rule)} == {n for n in labels() if n.startswith("crisis_")}
    assert [rule["rule"] for rule in crisis if not all(action.startswith("utter_") for action in actions(rule))] == []


def test_every_follow_up_has_a_rule_and_a_value_of_the_slot(
    rules: list[dict[str, Any]], domain: dict[str, Any]
) -> None:
    known = {one.name for one in load_follow_ups() if not one.repeats}
    ruled = [
        condition["slot_was_set"][0]["follow_up"]
        for rule in rules
        if FOLLOW_UP in intents(rule)
        for condition in rule["condition"]
    ]
    assert sorted(ruled) == sorted(known)
    assert set(domain["slots"]["follow_up"]["values"]) == known


def test_the_answers_to_the_direct_question_are_written_replies(rules: list[dict[str, Any]]) -> None:
    asked = [rule for rule in rules if "condition" in rule]
    assert asked
    assert [rule["rule"] for rule in asked if not all(action.startswith("utter_") for action in actions(rule))] == []


def test_rules_ask_for_values_that_the_slots_can_have(rules: list[dict[str, Any]], domain: dict[str, Any]) -> None:
    wanted = {
        (name, value)
        for rule in rules
        for condition in rule.get("condition", ())
        for entry in condition["slot_was_set"]
        for name, value in entry.items()
    }
    assert wanted
    assert [pair for pair in wanted if pair[1] not in domain["slots"][pair[0]]["values"]] == []


def test_what_a_reply_asks_is_a_value_of_the_slot(domain: dict[str, Any]) -> None:
    for name, wordings in domain["responses"].items():
        for wording in wordings:
            asks = (wording.get("custom") or {}).get("asks")
            assert asks is None or asks in domain["slots"]["asked"]["values"], name


def test_crisis_replies_carry_a_helplines_card_of_the_right_kind(domain: dict[str, Any]) -> None:
    for label, tier in TIER_OF.items():
        card = domain["responses"][f"utter_{label}"][0]["custom"]["card"]
        assert card == {"type": "helplines", "kind": card_kind(tier)}, label


def test_every_wording_for_a_crisis_names_a_number_and_never_a_booking(domain: dict[str, Any]) -> None:
    for name, wordings in domain["responses"].items():
        if name.startswith(("utter_crisis_", "utter_third_party_", "utter_safety_")):
            for wording in wordings:
                assert "{emergency_number}" in wording["text"] or "{crisis_ways}" in wording["text"], (name, wording)
                assert "consultation" not in wording["text"].lower(), name
                assert "support_line" not in wording["text"], name


def test_emergencies_begin_with_the_emergency_number(domain: dict[str, Any]) -> None:
    for wording in domain["responses"]["utter_crisis_medical"]:
        assert wording["text"].index("{emergency_number}") < 75


def test_nothing_is_promised_of_those_who_answer(domain: dict[str, Any]) -> None:
    """In some countries what stands for the line is a website, and any line can be busy."""
    promised = re.compile(
        r"which (?:always )?(?:answers|does)\b|\banswers always\b|\balways answers?\b|they (?:can )?send\b|can send someone"
        r"|(?:nobody|no one) will (?:blame|judge)|you will have done right|at no cost|they would rather|they expect it",
        re.IGNORECASE,
    )
    for name, wordings in domain["responses"].items():
        assert [w["text"] for w in wordings if promised.search(w["text"])] == [], name


def test_nobody_is_told_that_a_new_booking_cancels_the_old_one(domain: dict[str, Any], root: Path) -> None:
    """Nothing does. And who chose no e-mail has no mail with a link, so the one shown after booking comes first."""
    articles = {path.name: path.read_text("utf-8") for path in (root / "knowledge" / "articles").glob("*.md")}
    replies = {name: " ".join(w["text"] for w in wordings) for name, wordings in domain["responses"].items()}
    wrong = re.compile(
        r"practice will cancel|book (?:another|a new) time here|choose a new time here|confirmation mail", re.I
    )
    assert {where for where, text in (articles | replies).items() if wrong.search(text)} == set()
    for wording in domain["responses"]["utter_manage_booking"]:
        assert "link" in wording["text"]
        assert "if you chose e-mail" in wording["text"]
        assert "{practice_contact}" in wording["text"]


def test_in_danger_nobody_is_taken_for_a_woman_who_has_given_birth(domain: dict[str, Any]) -> None:
    """Who is pregnant, a father or a partner reads these too; and what it is called is for a doctor to say."""
    assumed = re.compile(
        r"\b(?:she|her|he|his|him|mother|mum|mom|wife)\b|you had a baby|you gave birth"
        r"|there (?:has been|was) a birth(?! or)|postpartum|postnatal",
        re.IGNORECASE,
    )
    besides = re.compile(r"pregnan|how far along|\bweek\b|\bloss\b", re.IGNORECASE)
    named = ("utter_crisis_", "utter_third_party_", "utter_calling", "utter_how_to_help", "utter_not_ill")
    for name, wordings in domain["responses"].items():
        if name.startswith(named):
            for text in [wording["text"] for wording in wordings]:
                assert not assumed.search(text), (name, text)
                assert "birth" not in text or besides.search(text), (name, text)


def test_the_first_reply_to_violence_says_who_helps_whoever_the_line_is_not_for(domain: dict[str, Any]) -> None:
    for name in ("utter_crisis_violence", "utter_third_party_violence"):
        assert all("{abuse_ways}.{abuse_for_others} " in w["text"] for w in domain["responses"][name]), name


def test_the_direct_question_is_asked_in_every_wording(domain: dict[str, Any]) -> None:
    for name in ("utter_crisis_suicide", "utter_crisis_self_harm"):
        for wording in domain["responses"][name]:
            assert "thinking about killing yourself?" in wording["text"]


def test_violence_is_first_asked_whether_it_is_safe_to_chat(domain: dict[str, Any]) -> None:
    for wording in domain["responses"]["utter_crisis_violence"]:
        assert re.search(r"\bsafe\b[^?]*\?", wording["text"].split("? ")[0] + "?")
        assert "Leave now" in wording["text"]


def test_every_response_has_three_wordings_that_differ(domain: dict[str, Any]) -> None:
    few = {name: len({w["text"] for w in wordings}) for name, wordings in domain["responses"].items()}
    assert {name: count for name, count in few.items() if count < 3} == {}


def test_every_placeholder_can_be_filled(domain: dict[str, Any], knowledge_folder: Path) -> None:
    known = OF_THE_PRACTICE | set(load_helplines(knowledge_folder).words("US"))
    used = set(re.findall(r"\{(\w+)\}", yaml.safe_dump(domain["responses"], width=10_000)))
    used -= {"type", "asks", "card"}
    assert used
    assert used - known == set()


def test_every_button_leads_to_a_label(domain: dict[str, Any]) -> None:
    buttons = [b for wordings in domain["responses"].values() for w in wordings for b in w.get("buttons", ())]
    assert buttons
    assert [b for b in buttons if b["payload"].removeprefix("/").split("{")[0] not in labels()] == []


def test_crisis_labels_have_a_tier_and_no_others_do() -> None:
    assert {label.name for label in labels().values() if label.tier} == {n for n in labels() if n.startswith("crisis_")}


def test_what_a_parent_would_call_a_topic_is_the_same_in_labels_and_choices(root: Path) -> None:
    topics = yaml.safe_load((root / "knowledge" / "acknowledgements.yml").read_text("utf-8"))["topics"]
    said = {label.name: label.say for label in labels().values() if label.say}
    assert {name: words for name, words in topics.items() if said.get(name) != words} == {}
