"""Graph component: the passages that answer a message, over knowledge.search.

The index is taken from the cache on load (bot/passage_index.py), or built from the knowledge folder. A model that is in
use has a thread that looks for changed files, so that editing an article needs neither training nor a restart, and the
first message after it finds the new words.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from typing import Any

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

    def __init__(self, most: int) -> None:
        self._most = most
        self._library: Library = open_library()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PassageSearch:
        """The component with its index built, for a training: articles that change meanwhile are of no use to it."""
        return cls(config["most"])

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PassageSearch:
        """The component of a model in use, whose articles are looked at for as long as it is."""
        component = cls.create(config, model_storage, resource, execution_context)
        about = (weakref.ref(component), config["look_every"])
        threading.Thread(target=_look_again_and_again, args=about, name="articles", daemon=True).start()
        return component

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Passages for each message with a vector."""
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

    def look(self) -> None:
        """Take up articles that were changed; the new index is made beside the turns, which use the old one."""
        try:
            self._library.refresh()
        except (KnowledgeError, OSError) as error:
            # A half-saved article must not take the others away; the old index goes on.
            logger.error("The articles were not reloaded, answers come from those before: %s", error)
        except Exception:  # a thread that dies would take up no later change
            logger.exception("The articles were not reloaded, answers come from those before")


def _look_again_and_again(component: weakref.ref[PassageSearch], every: float) -> None:
    """Look every `every` seconds. Between two looks only those who use the component hold it; then this ends."""
    while _look(component):
        time.sleep(every)


def _look(component: weakref.ref[PassageSearch]) -> bool:
    """Whether there still was a component that could look."""
    found = component()
    if found is not None:
        found.look()
    return found is not None
