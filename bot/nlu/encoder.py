"""Graph component: one sentence vector a turn, shared by intents, safety and passage search."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoding.encoder import get_encoder
from bot.encoding.weights import BUILD, WEIGHTS_SHA256
from bot.nlu.tokens import SENTENCES, is_payload

VECTOR = "attune_vector"
SENTENCE_VECTORS = "attune_sentence_vectors"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(GraphComponent):
    """Sets the vector of the whole message and, where it has several sentences, one for each.

    config: `most_sentences` (default 24): of a very long message the first and last half of so many are
    encoded; rules still read all of it.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The settings with their defaults."""
        return {"most_sentences": 24}

    def __init__(self, most_sentences: int) -> None:
        self._most = most_sentences
        self._encode = get_encoder()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """The component with the process's one encoder."""
        return cls(config["most_sentences"])

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Other weights mean another model."""
        return f"{WEIGHTS_SHA256}-{BUILD}"

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training takes its vectors from the cache (bot.encoding.cache); nothing to add."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Vectors for each message with words."""
        for message in messages:
            text = message.get(TEXT)
            if not text or is_payload(message):
                continue
            sentences: list[str] = message.get(SENTENCES) or []
            if len(sentences) > self._most:
                half = self._most // 2
                sentences = sentences[:half] + sentences[-half:]
            several = sentences if len(sentences) > 1 else []
            vectors: npt.NDArray[np.float32] = self._encode([text, *several])
            message.set(VECTOR, vectors[0])
            message.set(SENTENCE_VECTORS, vectors[1:])
            message.set(SENTENCES, several)
        return messages
