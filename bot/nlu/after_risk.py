"""Graph component: what a message would say while a risk is open, over bot.understanding.after_risk."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoding.cache import encode_cached
from bot.nlu import intents
from bot.nlu.encoder import READ_TEXTS, VECTOR
from bot.nlu.fingerprint import UNDERSTANDING, digest_of
from bot.nlu.intents import examples_of
from bot.nlu.storage import load_arrays, save_arrays
from bot.understanding.after_risk import FOLDER, hear, load_phrasings, with_ordinary
from bot.understanding.intents import IntentModel

HEARD = "heard"  # of the parse: a bot.understanding.after_risk.Heard; bot.reading tells when it counts


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class AfterRiskReader(GraphComponent):
    """Sets `heard`, the likeliest kind of message after a crisis reply. No settings."""

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
    ) -> AfterRiskReader:
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
    ) -> AfterRiskReader:
        """The trained component. Raises when the model's arrays are missing."""
        return cls(IntentModel.from_arrays(load_arrays(model_storage, resource)), model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Other phrasings or other code that learns mean another model."""
        return digest_of([Path(__file__), Path(intents.__file__), *UNDERSTANDING, *FOLDER.glob("*.yml")])

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from data/follow_ups/phrasings and some ordinary phrasings, and saves the model."""
        examples = with_ordinary(load_phrasings(), examples_of(training_data))
        vectors = encode_cached([example.text for example in examples])
        self._model = IntentModel.fit(examples, vectors)
        save_arrays(self._storage, self._resource, self._model.arrays())
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """The likeliest kind and its share, for each message with a vector."""
        if self._model is None:
            raise RuntimeError("What is said after a crisis reply is not loaded. Run `attune train`.")
        for message in messages:
            vector = message.get(VECTOR)
            if vector is None:
                continue
            reading = self._model.read(message.get(READ_TEXTS)[:1], vector[None, :])
            message.set(HEARD, asdict(hear(self._model.labels, reading.probabilities[0])), add_to_output=True)
        return messages
