"""Graph component: the intents of a message, over bot.understanding.intents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoding.cache import encode_cached
from bot.nlu.encoder import PART_VECTORS, READ_CLAUSES, READ_TEXTS, VECTOR
from bot.nlu.fingerprint import UNDERSTANDING, digest_of
from bot.nlu.storage import load_arrays, save_arrays
from bot.nlu.tidying import TIDIED
from bot.progress import Progress
from bot.understanding.examples import Example, from_metadata
from bot.understanding.intents import IntentModel

RANKING_LENGTH = 10
PROBABILITIES = "attune_probabilities"
READING = "attune_reading"  # of the whole message, its sentences and its clauses


def examples_of(training_data: TrainingData) -> list[Example]:
    """Rasa's training messages as plain examples: tidied text, and the metadata of their intent block."""
    return [
        from_metadata(m.get(TIDIED), m.get(INTENT), (m.get("metadata") or {}).get("intent") or {})
        for m in training_data.intent_examples
        if m.get(TEXT)
    ]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Sets intent and ranking from sentence vector and wording. No settings: bot.understanding.intents has them."""

    def __init__(self, model: IntentModel | None, storage: ModelStorage, resource: Resource) -> None:
        self._model = model
        self._storage = storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """An untrained component."""
        return cls(None, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """The trained component. Raises when the model's arrays are missing."""
        return cls(IntentModel.from_arrays(load_arrays(model_storage, resource)), model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Other code that learns means another model."""
        return digest_of([Path(__file__), *UNDERSTANDING])

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from all phrasings and saves the model."""
        examples = examples_of(training_data)
        vectors = encode_cached([example.text for example in examples], Progress("phrasings"))
        self._model = IntentModel.fit(examples, vectors)
        save_arrays(self._storage, self._resource, self._model.arrays())
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Intent, ranking and all probabilities for each message with a vector."""
        if self._model is None:
            raise RuntimeError("The intent model is not loaded. Run `attune train`.")
        for message in messages:
            vector = message.get(VECTOR)
            if vector is None:
                message.set(INTENT, {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [], add_to_output=True)
                continue
            reading = self._model.read(
                message.get(READ_TEXTS),
                np.vstack([vector[None, :], message.get(PART_VECTORS)]),
                message.get(READ_CLAUSES),
            )
            message.set(READING, reading)
            row = reading.confidences()
            order = np.argsort(-row, kind="stable")[:RANKING_LENGTH]
            ranking = [
                {INTENT_NAME_KEY: self._model.labels[i], PREDICTED_CONFIDENCE_KEY: round(float(row[i]), 4)}
                for i in order
            ]
            message.set(PROBABILITIES, dict(zip(self._model.labels, row.tolist())))
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
