"""Graph component: one pass of the encoder a turn, shared by intents, safety and passage search."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoding.encoder import get_encoder
from bot.encoding.weights import encoder_identity
from bot.nlu.tidying import TIDIED, TIDIED_SPANS
from bot.nlu.tokens import CLAUSES, SPANS, is_payload

VECTOR = "attune_vector"
PARTS = "attune_parts"  # sentences and clauses as the parent wrote them, those that have a vector
READ_TEXTS = "attune_read_texts"  # the message and these parts as they were encoded
PART_VECTORS = "attune_part_vectors"
READ_CLAUSES = "attune_read_clauses"  # how many of these parts are clauses


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(GraphComponent):
    """Sets the vector of the whole message and, where it has several, one for each sentence and clause in its context.

    No settings. Of a very long message the first and last parts are encoded; rules still read all of it.
    """

    def __init__(self) -> None:
        self._encoder = get_encoder()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """The component with the process's one encoder."""
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Other weights mean another model."""
        return encoder_identity()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training takes its vectors from the cache (bot.encoding.cache); nothing to add."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Vectors for each message with words."""
        for message in messages:
            text = message.get(TEXT)
            if not text or is_payload(message):
                continue
            tidied, where = message.get(TIDIED), message.get(TIDIED_SPANS)
            encoded = self._encoder.read(tidied, where)
            written = message.get(SPANS)
            message.set(VECTOR, encoded.whole)
            message.set(PART_VECTORS, encoded.vectors)
            message.set(PARTS, [text[slice(*written[number])] for number in encoded.spans])
            message.set(READ_TEXTS, [tidied, *(tidied[slice(*where[number])] for number in encoded.spans)])
            sentences = len(written) - message.get(CLAUSES)
            message.set(READ_CLAUSES, sum(number >= sentences for number in encoded.spans))
        return messages
