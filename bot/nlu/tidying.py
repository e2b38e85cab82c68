"""Graph component: the message as the encoder knows words, beside what the parent wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoding.encoder import whole_words
from bot.nlu.fingerprint import UNDERSTANDING, digest_of
from bot.nlu.storage import load_arrays, save_arrays
from bot.nlu.tokens import MOST_CHARACTERS, SPANS, is_payload
from bot.understanding.tidy import Tidy

TIDIED = "attune_tidied"  # the text that is encoded; TEXT stays as it was typed
TIDIED_SPANS = "attune_tidied_spans"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class Tidying(GraphComponent):
    """Sets the tidied text and where its sentences stand (bot.understanding.tidy). No settings."""

    def __init__(self, tidy: Tidy | None, storage: ModelStorage, resource: Resource) -> None:
        self._tidy = tidy
        self._storage = storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Tidying:
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
    ) -> Tidying:
        """The trained component. Raises when the model's arrays are missing."""
        stored = load_arrays(model_storage, resource)
        tidy = Tidy(stored["words"].tolist(), stored["times"].tolist(), whole_words())
        return cls(tidy, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Other code that learns means other words."""
        return digest_of([Path(__file__), *UNDERSTANDING])

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the words of all phrasings and saves them."""
        texts = [message.get(TEXT) for message in training_data.intent_examples if message.get(TEXT)]
        self._tidy = Tidy.learn(texts, whole_words())
        arrays = {"words": np.array(self._tidy.words), "times": np.array(self._tidy.times, dtype=np.int32)}
        save_arrays(self._storage, self._resource, arrays)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The tidied text of each phrasing."""
        self.process([message for message in training_data.intent_examples if message.get(TEXT)])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Tidied text and spans for each message with words."""
        if self._tidy is None:
            raise RuntimeError("The words are not loaded. Run `attune train`.")
        for message in messages:
            text = message.get(TEXT)
            if not text or is_payload(message):
                continue
            tidied, where = self._tidy.with_spans(text[:MOST_CHARACTERS], message.get(SPANS) or [])
            message.set(TIDIED, tidied)
            message.set(TIDIED_SPANS, where)
        return messages
