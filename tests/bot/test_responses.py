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

from bot.responses import Responses, _filled

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def domain(root: Path) -> Domain:
    return Domain.load(str(root / "domain.yml"))


@pytest.fixture(scope="module")
def responses(domain: Domain) -> Responses:
    return Responses(domain=domain)


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
