"""Graph component: the passages that answer a message, over knowledge.search.

The index is taken from the cache on load (bot.passage_index), or built from the knowledge folder, and again when a file there changes, so that editing
an article needs neither training nor a restart.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import VECTOR
from bot.nlu.intents import PROBABILITIES
from bot.nlu.tidying import TIDIED
from bot.passage_index import open_library
from knowledge.errors import KnowledgeError
from knowledge.library import Library
from knowledge.search import Found

PASSAGES = "passages"
ANSWERED = "answered"
logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class PassageSearch(GraphComponent):
    """Adds ranked passages to the parse.

    config: `most` (default 10) passages a message; `look_every` (default 2.0) seconds between two looks at
    the folder for changes.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The settings with their defaults."""
        return {"most": 10, "look_every": 2.0}

    def __init__(self, most: int, look_every: float) -> None:
        self._most = most
        self._look_every = look_every
        self._library: Library = open_library()
        self._looked = time.monotonic()
        self._making: Optional[threading.Thread] = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PassageSearch:
        """The component with its index built."""
        return cls(config["most"], config["look_every"])

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Passages for each message with a vector."""
        self._refresh()
        for message in messages:
            found = self._search(message)
            rows = [
                {
                    "id": hit.passage.id,
                    "article": hit.passage.article,
                    "title": hit.passage.title,
                    "heading": hit.passage.heading,
                    "text": hit.passage.text,
                    "url": hit.passage.url,
                    "reviewed": hit.passage.reviewed,
                    "digest": hit.passage.digest,
                    "score": round(hit.score, 3),
                }
                for hit in (found.hits if found else [])
            ]
            message.set(PASSAGES, rows, add_to_output=True)
            message.set(ANSWERED, bool(found and found.answered), add_to_output=True)
        return messages

    def _search(self, message: Message) -> Found | None:
        vector = message.get(VECTOR)
        if vector is None:
            return None
        return self._library.index.search(message.get(TIDIED), vector, message.get(PROBABILITIES), self._most)

    def _refresh(self) -> None:
        """Look for changed articles now and then; the new index is made beside the turns, which use the old one."""
        if time.monotonic() - self._looked < self._look_every or (self._making and self._making.is_alive()):
            return
        self._looked = time.monotonic()
        if self._library.changed():
            self._making = threading.Thread(target=self._reload, name="articles", daemon=True)
            self._making.start()

    def _reload(self) -> None:
        try:
            self._library.refresh()
        except (KnowledgeError, OSError) as error:
            # A half-saved article must not take the others away; the old index goes on.
            logger.error("The articles were not reloaded, answers come from those before: %s", error)
