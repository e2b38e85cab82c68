"""Finds the rule for the next action in an index, where Rasa compares all rules with the whole conversation.

Attune's rules have one form: after the parent's message one action, then listen (docs/decisions/004). So a rule is
decided by the message's intent, the slots that it names, and the action before it. Whatever has another form (an active
loop, a rejected or demanded action, a rule about words or earlier turns) is left to Rasa's own policy.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.core.policies.rule_policy import RULES, RULES_NOT_IN_STORIES, RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, SLOTS, USER
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, DefinePrevUserUtteredFeaturization
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor
    from rasa.engine.graph import GraphNode
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker

logger = logging.getLogger(__name__)
State = dict[str, Any]
READ = {USER: {INTENT}, PREVIOUS_ACTION: {ACTION_NAME}}


class RuleLookup:
    """Predicts as RulePolicy does, for one turn: `begin` it, then `predict` each action."""

    def __init__(self, policy: RulePolicy, domain: Domain) -> None:
        self._policy = policy
        self._domain = domain
        # By action before and intent: the rule's key in the policy, and its states, the latest first.
        self._rules: dict[tuple[str, str], list[tuple[str, list[State]]]] = defaultdict(list)
        for key in policy.lookup[RULES]:
            states: list[State] = json.loads(key)[::-1]
            if not _is_readable(states):
                raise ValueError(f"a rule of another form: {key}")
            latest = states[0]
            self._rules[latest[PREVIOUS_ACTION][ACTION_NAME], latest[USER][INTENT]].append((key, states))

    def begin(self) -> Steps:
        """The steps of a turn that begins now."""
        return Steps(self)

    def find(self, states: list[State]) -> str | None:
        """The policy's key of the longest rule that fits `states`, the latest first; None where there is none."""
        latest = states[0]
        fitting = [
            key
            for key, wanted in self._rules.get((latest[PREVIOUS_ACTION][ACTION_NAME], latest[USER][INTENT]), ())
            if len(wanted) <= len(states)
            and all(
                self._policy._does_rule_match_state(rule, state) for rule, state in zip(wanted, states, strict=False)
            )
        ]
        return max(fitting, key=lambda key: (len(key), key), default=None)

    def prediction(self, tracker: DialogueStateTracker, states: list[State]) -> PolicyPrediction:
        """What policy and ensemble of Rasa would make of `states`, the latest first."""
        policy, domain = self._policy, self._domain
        action, source = policy._find_action_from_default_actions(tracker)
        if action is None:
            source = self.find(states)
            action = policy.lookup[RULES][source] if source else None
        return PolicyPrediction(
            policy._prediction_result(action, tracker, domain) if action else policy._default_predictions(domain),
            type(policy).__name__,
            policy.priority,
            [DefinePrevUserUtteredFeaturization(False)] if tracker.latest_action_name == ACTION_LISTEN_NAME else [],
            is_end_to_end_prediction=False,
            hide_rule_turn=source in policy.lookup.get(RULES_NOT_IN_STORIES, ()),
        )

    def state(self, tracker: DialogueStateTracker) -> State | None:
        """What rules can name of the conversation now; None where there is more to it than rules of Attune read."""
        kinds = (ActionExecuted, ActionExecutionRejected)
        last = next((event for event in reversed(tracker.events) if isinstance(event, kinds)), None)
        if tracker.followup_action or tracker.active_loop_name or isinstance(last, ActionExecutionRejected):
            return None
        state: State = self._domain.get_active_state(tracker)
        if not state.get(USER, {}).get(INTENT) or not state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME):
            return None
        return state


class Steps:
    """One turn: remembers its earlier states, which Rasa would find by playing the whole conversation again."""

    def __init__(self, lookup: RuleLookup) -> None:
        self._lookup = lookup
        self._states: list[State] = []

    def predict(self, tracker: DialogueStateTracker) -> PolicyPrediction | None:
        """The next action; None where Rasa itself has to say."""
        state = self._lookup.state(tracker)
        first = tracker.latest_action_name == ACTION_LISTEN_NAME
        # The first step follows a message; a step that is not the first must follow one that was seen here.
        if state is None or first == bool(self._states):
            self._states.clear()
            return None
        self._states.insert(0, state)
        return self._lookup.prediction(tracker, self._states)


def rule_lookup(processor: MessageProcessor) -> RuleLookup | None:
    """A lookup for the processor's rules; None where the model has other policies, or rules of another form."""
    nodes: dict[str, GraphNode] = getattr(processor.graph_runner, "_instantiated_nodes", {})
    policies = [node._component for node in nodes.values() if issubclass(node._component_class, Policy)]
    if [type(policy) for policy in policies] != [RulePolicy]:
        return None
    try:
        return RuleLookup(cast("RulePolicy", policies[0]), processor.domain)
    except ValueError as another:
        logger.warning("Rasa itself finds the rules, which takes longer: %s", another)
        return None


def _is_readable(states: list[State]) -> bool:
    """Whether a rule, its latest state first, begins with the parent's message and names nothing but what is read."""
    return all(
        set(state) <= {USER, PREVIOUS_ACTION, SLOTS}
        and all(set(state.get(kind, ())) == names for kind, names in READ.items())
        and (state[PREVIOUS_ACTION][ACTION_NAME] == ACTION_LISTEN_NAME) == (number == len(states) - 1)
        for number, state in enumerate(states)
    )
