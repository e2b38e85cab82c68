"""The real rules and the real actions in this process, fed with intents instead of words: some 30 turns a second."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rasa_sdk.executor import ActionExecutor

from bot.runtime import load_agent
from bot.safety.verdict import TIER_OF, Verdict
from bot.serving.rules import Rules, Wire, install
from bot.settings import get_settings
from bot.turns import TurnPlayer
from bot.understanding.labels import is_crisis, labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rasa.core.channels.channel import UserMessage
    from rasa.core.policies.policy import PolicyPrediction
    from rasa.core.processor import MessageProcessor
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.serving.rule_lookup import Steps

PASSAGE = {
    "article": "a",
    "title": "Title",
    "heading": "Heading",
    "url": "/articles/a/",
    "reviewed": False,
    "score": 0.9,
}


class HereAndNow(Wire):
    """An action server without a server; `calls` counts the actions that ran."""

    def __init__(self) -> None:
        super().__init__(keep=False)
        self._executor = ActionExecutor()
        self._executor.register_package("actions")
        self.calls = 0

    async def call(self, urls: Sequence[str], body: dict[str, Any]) -> tuple[int, Any]:
        """What the action server would answer."""
        result = await self._executor.run(body)
        self.calls += 1
        return 200, result.dict() if hasattr(result, "dict") else result


class Understood:
    """Stands for the pipeline: the next message means what a walk says it means."""

    def __init__(self) -> None:
        self.intent, self.tier, self.answered = "greet", None, True
        self.count = 0

    async def __call__(self, message: UserMessage, tracker: Any = None, **_: Any) -> dict[str, Any]:
        """A parse; a payload names its own intent, as Rasa reads it."""
        self.count += 1
        intent, entities = self.intent, []
        if message.text.startswith("/"):
            name, _, rest = message.text[1:].partition("{")
            intent = name
            entities = [{"entity": k, "value": v} for k, v in json.loads("{" + rest).items()] if rest else []
        verdict = Verdict()
        if not message.text.startswith("/") and is_crisis(intent):
            verdict = Verdict(TIER_OF.get(intent) or self.tier or "S", intent, "rules", message.text)
        elif not message.text.startswith("/") and self.tier == "R":
            verdict = Verdict("R", "crisis_suicide", "classifier", message.text, -1.0)
        ranking = [
            intent,
            *(name for name in ("feel_low", "feel_numb", "about_birth", "request_exercise") if name != intent),
        ]
        texts = [f"Words of passage {self.count}-{n}." for n in range(3)]
        return {
            "text": message.text,
            "intent": {"name": intent, "confidence": 0.8},
            "intent_ranking": [{"name": name, "confidence": 0.8 / (n + 1)} for n, name in enumerate(ranking)],
            "entities": entities,
            "safety": verdict.as_dict(),
            "passages": [{**PASSAGE, "id": f"a#{self.count}-{n}", "text": text, "digest": str(n)} for n, text in enumerate(texts)],
            "answered": self.answered,
        }  # fmt: skip


class Compared:
    """A turn's steps whose every prediction is compared with that of Rasa's own policy and ensemble."""

    def __init__(self, steps: Steps, processor: MessageProcessor) -> None:
        self._steps, self._processor = steps, processor
        self._demanded = False

    def predict(self, tracker: DialogueStateTracker) -> PolicyPrediction | None:
        """The prediction, if both are one. Nothing from an action on that another one demanded: that is Rasa's."""
        self._demanded = self._demanded or bool(tracker.followup_action)
        found = self._steps.predict(tracker)
        if self._demanded:
            return found
        expected = self._processor._predict_next_with_tracker(tracker)
        assert found is not None, "a step of Attune's rules was left to Rasa"
        assert found == expected
        assert found.hide_rule_turn == expected.hide_rule_turn
        return found


def compare_predictions(rules: Rules) -> None:
    """Let each step of `rules` be compared with Rasa's."""
    lookup = rules.lookup
    assert lookup is not None, "the model's rules are not read by the lookup"
    begin = lookup.begin
    lookup.begin = lambda: Compared(begin(), rules._processor)  # type: ignore[method-assign,assignment,return-value]


def load() -> tuple[TurnPlayer, Understood, HereAndNow]:
    """A player of turns, what its next message is to mean, and the actions that it runs."""
    agent = load_agent("http://in-process/webhook")
    assert agent.processor is not None
    understood = Understood()
    agent.processor.parse_message = understood  # type: ignore[method-assign,assignment]
    rules = install(agent.processor, keep=False)
    compare_predictions(rules)
    actions = rules.wire = HereAndNow()
    return TurnPlayer(agent, get_settings().knowledge, 10.0), understood, actions


def all_intents() -> list[str]:
    """Every label, and what was not understood."""
    return [*labels(), "nlu_fallback"]
