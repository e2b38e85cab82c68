"""Graph component: the screening of every message, with the last word on the intent."""

from __future__ import annotations

import hashlib
from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoding.cache import encode_cached
from bot.nlu.encoder import SENTENCE_VECTORS, VECTOR
from bot.nlu.intents import examples_of
from bot.nlu.storage import load_arrays, save_arrays
from bot.nlu.tokens import SENTENCES
from bot.safety.classifier import DangerModel
from bot.safety.patterns import FOLDER, get_patterns
from bot.safety.screen import Thresholds, Verdict, screen
from bot.understanding.labels import is_crisis

SAFETY = "safety"


def decide(ranking: List[Dict[Text, Any]], verdict: Verdict) -> List[Dict[Text, Any]]:
    """The ranking with the screening's word: an alarm comes first, a crisis label without alarm does not lead."""
    if verdict.alarm and verdict.label:
        rest = [row for row in ranking if row[INTENT_NAME_KEY] != verdict.label]
        return [{INTENT_NAME_KEY: verdict.label, PREDICTED_CONFIDENCE_KEY: 1.0}, *rest]
    safe = [row for row in ranking if not is_crisis(row[INTENT_NAME_KEY])]
    return [*safe, *(row for row in ranking if is_crisis(row[INTENT_NAME_KEY]))]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SafetyScreen(GraphComponent):
    """Screens rules and classifier over the whole message and its sentences.

    config: `alarm` and `check` are log-odds of the classifier, `sentence` what a sentence alone needs more;
    docs/safety-case.md has the curves that they were chosen from.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """The settings with their defaults."""
        return {"alarm": 0.35, "check": -0.15, "sentence": 0.25}

    def __init__(
        self, config: Dict[Text, Any], model: DangerModel | None, storage: ModelStorage, resource: Resource
    ) -> None:
        self._limits = Thresholds(config["alarm"], config["check"], config["sentence"])
        self._model = model
        self._storage = storage
        self._resource = resource
        self._patterns = get_patterns()

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SafetyScreen:
        """An untrained component."""
        return cls(config, None, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SafetyScreen:
        """The trained component. Raises when the model's arrays are missing: it must never screen nothing silently."""
        return cls(config, DangerModel.from_arrays(load_arrays(model_storage, resource)), model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """Changed rules mean another model."""
        digest = hashlib.sha256()
        for path in sorted(FOLDER.iterdir()):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learns danger against everything else and saves the model."""
        examples = examples_of(training_data)
        self._model = DangerModel.fit(examples, encode_cached([example.text for example in examples]))
        save_arrays(self._storage, self._resource, self._model.arrays())
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add."""
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Verdict and final intent for each message."""
        for message in messages:
            verdict = self._screen(message)
            message.set(SAFETY, verdict.as_dict(), add_to_output=True)
            ranking = message.get(INTENT_RANKING_KEY) or []
            if not ranking:
                continue
            decided = decide(ranking, verdict)
            message.set(INTENT_RANKING_KEY, decided, add_to_output=True)
            message.set(INTENT, decided[0], add_to_output=True)
        return messages

    def _screen(self, message: Message) -> Verdict:
        vector = message.get(VECTOR)
        if vector is None:
            return Verdict()
        if self._model is None:
            raise RuntimeError("The safety model is not loaded. Run `attune train`.")
        return screen(
            message.get(TEXT),
            vector,
            message.get(SENTENCES) or [],
            message.get(SENTENCE_VECTORS),
            self._patterns,
            self._model,
            self._limits,
        )
