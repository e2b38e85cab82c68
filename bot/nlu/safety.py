"""Graph component: the screening of every message, with the last word on the intent."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import PARTS
from bot.nlu.fingerprint import digest_of
from bot.nlu.intents import READING
from bot.safety.patterns import FOLDER, get_patterns
from bot.safety.screen import Thresholds, screen
from bot.safety.verdict import Verdict
from bot.understanding.labels import is_crisis

SAFETY = "safety"


def decide(ranking: list[dict[str, Any]], verdict: Verdict) -> list[dict[str, Any]]:
    """The ranking with the screening's word: an alarm comes first, a crisis label without alarm does not lead."""
    if verdict.alarm and verdict.label:
        rest = [row for row in ranking if row[INTENT_NAME_KEY] != verdict.label]
        return [{INTENT_NAME_KEY: verdict.label, PREDICTED_CONFIDENCE_KEY: 1.0}, *rest]
    safe = [row for row in ranking if not is_crisis(row[INTENT_NAME_KEY])]
    return [*safe, *(row for row in ranking if is_crisis(row[INTENT_NAME_KEY]))]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyScreen(GraphComponent):
    """Screens the whole message, its sentences and clauses with the rules and with the classifier's reading.

    config: `alarm`, `check` and `doubt` are scores of bot.safety.classifier, `sentence` and `clause` what these
    need more than the whole, `calm` and `alone` what a sentence in a calm message needs more, `short` and `shortest` what an alarm on few words needs
    more, `red_flag` the estimate of a red flag that is asked about (bot.safety.screen.Thresholds);
    docs/safety-case.md has the curves that they were chosen from.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The settings with their defaults."""
        return {
            "alarm": -0.7,
            "check": -3.0,
            "sentence": 1.5,
            "clause": 2.5,
            "short": 0.2,
            "shortest": 1.3,
            "doubt": -3.0,
            "calm": -4.5,
            "alone": 1.5,
            "red_flag": 0.0,
            "red_flag_sentence": 0.6,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self._limits = Thresholds(**{field.name: config[field.name] for field in fields(Thresholds)})
        self._patterns = get_patterns()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyScreen:
        """The component with its rules compiled."""
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Changed rules mean another model."""
        return digest_of(FOLDER.iterdir())

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Verdict and final intent for each message."""
        for message in messages:
            reading = message.get(READING)
            verdict = Verdict()
            if reading is not None:
                texts = [message.get(TEXT), *message.get(PARTS)]
                verdict = screen(texts, reading, self._patterns, self._limits)
            message.set(SAFETY, verdict.as_dict(), add_to_output=True)
            ranking = message.get(INTENT_RANKING_KEY) or []
            if ranking:
                decided = decide(ranking, verdict)
                message.set(INTENT_RANKING_KEY, decided, add_to_output=True)
                message.set(INTENT, decided[0], add_to_output=True)
        return messages
