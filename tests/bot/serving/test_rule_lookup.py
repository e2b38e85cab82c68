"""The next action by lookup: what it leaves to Rasa. That it says what Rasa says is compared in tests/walks."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.rule_policy import RULES, RULES_NOT_IN_STORIES, RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    FollowupAction,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.serving.rule_lookup import RuleLookup, rule_lookup

if TYPE_CHECKING:
    from rasa.shared.core.events import Event

LISTEN = {"action_name": "action_listen"}
GREET = [{"prev_action": LISTEN, "user": {"intent": "greet"}}]
GREETED = [*GREET, {"prev_action": {"action_name": "utter_greet"}, "user": {"intent": "greet"}}]
CALM = {"mood": [1.0, 1.0]}
GREET_CALM = [{**GREET[0], "slots": CALM}]
DOMAIN = Domain.from_yaml("""
version: "3.1"
intents: [greet, stop]
slots: {mood: {type: bool, mappings: [{type: custom}]}}
responses:
  utter_greet: [{text: hello}]
  utter_calm: [{text: calm}]
forms: {a_form: {required_slots: []}}
""")


def policy_with(*rules: tuple[list[Any], str]) -> Any:
    policy = RulePolicy.__new__(RulePolicy)
    policy.config = RulePolicy.get_default_config()
    policy.priority, policy._fallback_action_name = 6, "action_default_fallback"
    policy._enable_fallback_prediction = True
    policy.lookup = {RULES: {json.dumps(states): action for states, action in rules}, RULES_NOT_IN_STORIES: []}
    return policy


def lookup_of(*rules: tuple[list[Any], str]) -> RuleLookup:
    return RuleLookup(policy_with(*rules), DOMAIN)


def tracker(*events: Event) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("s", list(events), DOMAIN.slots)


def heard(intent: str) -> list[Event]:
    return [ActionExecuted("action_listen"), UserUttered("…", {"name": intent})]


RULES_OF_GREETING = ((GREET, "utter_greet"), (GREETED, "action_listen"))


def named(prediction: Any) -> str:
    assert prediction is not None
    return DOMAIN.action_names_or_texts[prediction.max_confidence_index]


def test_a_message_brings_its_action_and_then_listening() -> None:
    steps = lookup_of(*RULES_OF_GREETING).begin()
    said = tracker(*heard("greet"))
    first = steps.predict(said)
    assert named(first) == "utter_greet"
    said.update(ActionExecuted("utter_greet"))
    assert named(steps.predict(said)) == "action_listen"


def test_the_rule_that_names_more_is_taken() -> None:
    lookup = lookup_of((GREET, "utter_greet"), (GREET_CALM, "utter_calm"))
    assert named(lookup.begin().predict(tracker(*heard("greet")))) == "utter_greet"
    assert named(lookup.begin().predict(tracker(SlotSet("mood", True), *heard("greet")))) == "utter_calm"


def test_without_a_rule_rasa_falls_back() -> None:
    assert named(lookup_of(*RULES_OF_GREETING).begin().predict(tracker(*heard("stop")))) == "action_default_fallback"


def test_a_demanded_action_a_loop_and_a_rejected_action_are_left_to_rasa() -> None:
    lookup = lookup_of(*RULES_OF_GREETING)
    for event in (FollowupAction("utter_calm"), ActiveLoop("a_form"), ActionExecutionRejected("utter_greet")):
        assert lookup.begin().predict(tracker(*heard("greet"), event)) is None, event


def test_a_step_in_the_middle_of_a_turn_that_was_not_seen_is_left_to_rasa() -> None:
    steps = lookup_of(*RULES_OF_GREETING).begin()
    assert steps.predict(tracker(*heard("greet"), ActionExecuted("utter_greet"))) is None


@pytest.mark.parametrize(
    "states",
    [
        [{"prev_action": LISTEN, "user": {"text": "hello"}}],
        [{"prev_action": LISTEN, "user": {"intent": "greet", "entities": ["who"]}}],
        [{"prev_action": LISTEN, "user": {"intent": "greet"}, "active_loop": {"name": "a_form"}}],
        [{"prev_action": LISTEN}],
        [{}, *GREET],
        [*GREETED, *GREET],
    ],
    ids=["words", "entities", "loop", "no message", "start of the conversation", "two messages"],
)
def test_rules_of_another_form_are_refused(states: list[Any]) -> None:
    with pytest.raises(ValueError, match="another form"):
        lookup_of((states, "utter_greet"))


def processor_with(*policies: Any) -> Any:
    nodes = {str(n): SimpleNamespace(_component=one, _component_class=type(one)) for n, one in enumerate(policies)}
    return SimpleNamespace(graph_runner=SimpleNamespace(_instantiated_nodes=nodes), domain=DOMAIN)


def test_a_model_with_other_policies_or_rules_runs_as_rasa_runs_it() -> None:
    ours = policy_with(*RULES_OF_GREETING)
    assert rule_lookup(processor_with(ours)) is not None
    assert rule_lookup(processor_with(ours, MemoizationPolicy.__new__(MemoizationPolicy))) is None
    assert rule_lookup(processor_with(policy_with(([{"prev_action": LISTEN}], "utter_greet")))) is None
    assert rule_lookup(SimpleNamespace(graph_runner=object(), domain=DOMAIN)) is None  # type: ignore[arg-type]
