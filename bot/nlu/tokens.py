"""Graph component: spaCy's tokens, and the sentences and clauses of a message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.understanding.sentences import parts, pipeline

SPANS = "attune_spans"  # where the sentences stand, and then the clauses
CLAUSES = "attune_clauses"  # how many of these are clauses
MOST_CHARACTERS = 100_000


def is_payload(message: Message) -> bool:
    """Whether the message is a pressed choice ("/affirm") and has no words to understand."""
    return str(message.get(TEXT) or "").startswith(INTENT_MESSAGE_PREFIX)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SpacyTokens(GraphComponent):
    """Sets Rasa's tokens (from spaCy's blank English) and where the message's sentences and clauses stand. No settings."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyTokens:
        """The component."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training reads whole phrasings; nothing to add."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Tokens, sentences and clauses for each message with words."""
        for message in messages:
            text = message.get(TEXT)
            if not text or is_payload(message):
                continue
            doc = pipeline().make_doc(text[:MOST_CHARACTERS])
            message.set(TOKENS_NAMES[TEXT], [Token(token.text, token.idx) for token in doc])
            found = parts(text[:MOST_CHARACTERS])
            message.set(SPANS, found.spans)
            message.set(CLAUSES, found.clauses)
        return messages
