"""Wordings vary, placeholders are filled, cards fit the region."""

from __future__ import annotations

import copy
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.responses import OF_A_BABY, Responses, _filled
from knowledge.helplines import Helplines, load_helplines

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def domain(root: Path) -> Domain:
    return Domain.load(str(root / "domain.yml"))


@pytest.fixture(scope="module")
def responses(domain: Domain) -> Responses:
    return Responses(domain=domain)


@pytest.fixture(scope="module")
def helplines(knowledge_folder: Path) -> Helplines:
    return load_helplines(knowledge_folder)


def tracker(domain: Domain, sender: str = "parent", region: str = "US") -> DialogueStateTracker:
    made = DialogueStateTracker(sender, domain.slots)
    made.update(SlotSet("region", region))
    return made


async def say(responses: Responses, name: str, state: DialogueStateTracker) -> dict[str, Any]:
    """One reply, kept in the tracker as Rasa keeps it (rasa.core.actions.action.create_bot_utterance)."""
    message = await responses.generate(name, state, "attune")
    assert message is not None
    kept = {**copy.deepcopy(message), "utter_action": name}
    data = {key: kept.pop(key, None) for key in ("buttons", "custom")}
    state.update(BotUttered(kept.pop("text"), data=data, metadata=kept))
    return message


async def everything(responses: Responses, domain: Domain, helplines: Helplines) -> list[tuple[str, str, str]]:
    """Country, name and text of every wording of every reply, as it is said in every country."""
    found = []
    for code, _ in helplines.regions():
        for name, wordings in domain.responses.items():
            state = tracker(domain, region=code)
            found += [(code, name, str((await say(responses, name, state))["text"])) for _ in wordings]
    return found


async def test_in_no_country_is_the_emergency_number_named_as_people_who_listen(
    responses: Responses, domain: Domain, helplines: Helplines
) -> None:
    lines = {code: helplines.first(helplines.region(code), "emergency") for code, _ in helplines.regions()}
    said = await everything(responses, domain, helplines)
    assert [(code, name) for code, name, text in said if lines[code].name in text] == []


async def test_in_no_country_is_a_line_named_twice_in_a_breath(
    responses: Responses, domain: Domain, helplines: Helplines
) -> None:
    for code, name, text in await everything(responses, domain, helplines):
        words = helplines.words(code)
        for kind in ("crisis", "support", "abuse"):
            assert text.count(f"({words[f'{kind}_ways']})") + text.count(f": {words[f'{kind}_ways']}.") < 2, (
                code,
                name,
            )


async def test_no_wording_comes_twice_in_a_row_and_all_come_equally_often(responses: Responses, domain: Domain) -> None:
    for name in ("utter_greet", "utter_crisis_suicide", "utter_no_article"):
        state = tracker(domain)
        texts = [(await say(responses, name, state))["text"] for _ in range(9)]
        assert all(one != other for one, other in pairwise(texts)), name
        assert sorted(texts.count(text) for text in set(texts)) == [3, 3, 3]


async def test_other_replies_between_do_not_bring_a_wording_back(responses: Responses, domain: Domain) -> None:
    state = tracker(domain)
    first = await say(responses, "utter_thank", state)
    await say(responses, "utter_greet", state)
    assert (await say(responses, "utter_thank", state))["text"] != first["text"]


async def test_conversations_do_not_all_begin_with_the_same_wording(responses: Responses, domain: Domain) -> None:
    texts = {(await say(responses, "utter_greet", tracker(domain, f"parent-{n}")))["text"] for n in range(9)}
    assert len(texts) == 3


@pytest.mark.parametrize("region", ["US", "GB", "CA", "BR"])
async def test_no_placeholder_is_shown_and_none_is_left_empty(
    responses: Responses, domain: Domain, region: str
) -> None:
    for name in domain.responses:
        state = tracker(domain, region=region)
        for _ in domain.responses[name]:
            message = await say(responses, name, state)
            assert "{" not in str(message["text"]), name
            # What an empty phrase would leave behind.
            assert not re.search(r"  | [.,;:?]|\(\)|: ?\.|^[.,]", message["text"]), (name, message["text"])


async def test_buttons_and_card_of_the_first_wording_hold_for_all(responses: Responses, domain: Domain) -> None:
    state = tracker(domain, region="GB")
    messages = [await say(responses, "utter_crisis_suicide", state) for _ in range(3)]
    assert len({message["text"] for message in messages}) == 3
    for message in messages:
        assert [button["payload"] for button in message["buttons"]] == ["/affirm", "/deny", "/unsure"]
        assert message["custom"]["asks"] == "safety"
        assert message["custom"]["card"]["lines"][0]["id"] == "gb-samaritans"


async def test_the_domains_own_wordings_are_not_changed_by_showing_them(responses: Responses, domain: Domain) -> None:
    before = copy.deepcopy(domain.responses["utter_crisis_medical"])
    await say(responses, "utter_crisis_medical", tracker(domain, region="GB"))
    assert domain.responses["utter_crisis_medical"] == before


@pytest.mark.parametrize(("region", "number"), [("US", "911"), ("GB", "999"), (None, "112"), ("BR", "112")])
async def test_an_emergency_names_the_number_of_the_region(
    responses: Responses, domain: Domain, region: str | None, number: str
) -> None:
    message = await say(responses, "utter_crisis_medical", tracker(domain, region=region))
    assert number in message["text"]
    assert message["custom"]["card"]["lines"][0]["call"]["label"] == f"Call {number}"


async def test_who_cannot_speak_is_never_told_to_call(responses: Responses, domain: Domain) -> None:
    state = tracker(domain)
    texts = [(await say(responses, "utter_someone_near_no", state))["text"] for _ in range(3)]
    silent = [text.split("speak")[1] for text in texts if re.search(r"speak(ing)?\b", text)]
    assert len(silent) == 2
    assert all("text 988" in text and "call" not in text for text in silent)


async def test_an_unknown_reply_is_none(responses: Responses, domain: Domain) -> None:
    assert await responses.generate("utter_nothing", tracker(domain), "attune") is None


async def test_made_before_the_model_is_loaded_it_still_knows_every_reply(domain: Domain) -> None:
    state = tracker(domain)
    assert await Responses(domain=Domain.empty()).generate("utter_crisis_suicide", state, "attune") is not None


def test_an_unknown_placeholder_is_left_out_at_any_depth() -> None:
    given = {"text": "Call {number}{gone}", "rows": [{"a": "{gone}"}, 3]}
    assert _filled(given, {"number": 988}) == {"text": "Call 988", "rows": [{"a": ""}, 3]}


async def test_after_a_loss_no_wording_speaks_of_a_baby(responses: Responses, domain: Domain) -> None:
    state = tracker(domain)
    state.update(SlotSet("loss", True))
    for name in (
        "utter_greet",
        "utter_small_talk",
        "utter_safety_yes",
        "utter_crisis_suicide_imminent",
        "utter_calling",
    ):
        texts = [(await say(responses, name, state))["text"] for _ in range(4)]
        assert not any(re.search(r"\bbaby\b|\bcot\b|\bcrib\b", text) for text in texts), name
        assert all(one != other for one, other in pairwise(texts)), name


@pytest.mark.parametrize("bed", ["in the crib or cot", "next to the empty crib", "two cots"])
def test_where_a_baby_sleeps_counts_as_speaking_of_a_baby(bed: str) -> None:
    assert OF_A_BABY.search(bed)


async def test_a_goodbye_after_risk_carries_the_numbers(responses: Responses, domain: Domain) -> None:
    state = tracker(domain)
    state.update(SlotSet("risk", "S"))
    assert "988" in (await say(responses, "utter_goodbye", state))["text"]


async def test_danger_in_spanish_is_answered_in_spanish_with_the_same_card_and_question(
    responses: Responses, domain: Domain
) -> None:
    state = tracker(domain)
    state.update(SlotSet("language", "es"))
    message = await say(responses, "utter_crisis_suicide", state)
    assert "matarte" in message["text"]
    assert "988" in message["text"]
    assert message["custom"]["card"]["kind"] == "crisis"
    assert message["custom"]["asks"] == "safety"
    assert [button["title"] for button in message["buttons"]] == ["Sí", "No", "No lo sé"]
    # What has no Spanish text is said in English rather than not at all.
    assert "program" in (await say(responses, "utter_ask_bot", state))["text"]


@pytest.mark.parametrize(
    ("setting", "name", "never"),
    [
        ("care: information", "utter_ask_capabilities", "exercise for"),
        ("mode: off", "utter_request_human", "consultation"),
    ],
)
async def test_what_a_practice_does_not_offer_is_not_spoken_of(
    domain: Domain,
    knowledge_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    name: str,
    never: str,
) -> None:
    content = (knowledge_folder / "practice.yml").read_text("utf-8")
    key = setting.split(":")[0]
    (tmp_path / "practice.yml").write_text(re.sub(rf"(?m)^(\s*){key}: \w+", rf"\1{setting}", content), "utf-8")
    (tmp_path / "helplines.yml").write_text((knowledge_folder / "helplines.yml").read_text("utf-8"), "utf-8")
    monkeypatch.setattr("bot.responses.get_settings", lambda: type("Settings", (), {"knowledge": tmp_path}))
    state = tracker(domain)
    made = Responses(domain=domain)
    assert not [t for t in [(await say(made, name, state))["text"] for _ in range(3)] if never in t]


@pytest.mark.parametrize(
    ("phone", "mail", "expected"),
    [
        ('"(555) 010-0199"', "null", "on (555) 010-0199"),
        ("null", "a@practice.example", "at a@practice.example"),
        ('"(555) 010-0199"', "a@practice.example", "on (555) 010-0199 or at a@practice.example"),
        ("null", "null", "through the contact on its website"),
    ],
)
async def test_who_has_lost_the_link_of_a_booking_is_told_how_to_reach_the_practice(
    domain: Domain, own_knowledge: Path, monkeypatch: pytest.MonkeyPatch, phone: str, mail: str, expected: str
) -> None:
    path = own_knowledge / "practice.yml"
    content = re.sub(r"(?m)^phone: null", f"phone: {phone}", path.read_text("utf-8"))
    path.write_text(re.sub(r"(?m)^email: null", f"email: {mail}", content), "utf-8")
    monkeypatch.setattr("bot.responses.get_settings", lambda: type("Settings", (), {"knowledge": own_knowledge}))
    made, state = Responses(domain=domain), tracker(domain)
    texts = [(await say(made, "utter_manage_booking", state))["text"] for _ in range(3)]
    assert all(f"ask the practice {expected}" in text for text in texts)


async def test_booking_that_the_environment_turns_off_is_not_spoken_of(
    responses: Responses, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [(await say(responses, "utter_request_human", tracker(domain, str(n))))["text"] for n in range(3)]
    assert "consultation" in " ".join(before)
    monkeypatch.setenv("ATTUNE_BOOKING_MODE", "off")
    after = [(await say(responses, "utter_request_human", tracker(domain, str(n))))["text"] for n in range(3)]
    assert "consultation" not in " ".join(after)


async def test_a_practice_file_that_is_broken_for_a_while_stops_no_reply(
    domain: Domain, own_knowledge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.responses.get_settings", lambda: type("Settings", (), {"knowledge": own_knowledge}))
    made = Responses(domain=domain)
    for name in ("practice.yml", "helplines.yml", "languages/es.yml"):
        (own_knowledge / name).write_text("half: [saved")
    assert "999" in str(await say(made, "utter_crisis_suicide", tracker(domain, region="GB")))
