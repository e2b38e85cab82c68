"""Lets this process load Rasa without TensorFlow, which Rasa always imports and no component here uses.

The modules of Rasa that need TensorFlow (DIET, TED and their like) are replaced by empty ones before anything imports
them. Using one of their classes raises, and says how to serve with TensorFlow; TensorFlow itself stays installed, and
ATTUNE_TENSORFLOW=on is the plain way. What it saves is in docs/performance.md, and why it is safe in
docs/decisions/010-serving-without-tensorflow.md.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

# Modules of Rasa 3.6 that import TensorFlow when they are imported, and the names that other modules take from them.
REPLACED = {
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
    "rasa.utils.tensorflow.models": ("RasaModel", "TransformerRasaModel"),
}


class TensorFlowNeededError(RuntimeError):
    """A component that needs TensorFlow was used in a process that left it out."""


def _refuse(cls: type, *args: Any, **kwargs: Any) -> Any:
    raise TensorFlowNeededError(f"{cls.__name__} needs TensorFlow. Start with ATTUNE_TENSORFLOW=on.")


class _Replaced(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the replaced modules, and makes each with classes that refuse to be used."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's spec, or None for all others."""
        return importlib.machinery.ModuleSpec(name, self) if name in REPLACED else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """An ordinary module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Fill it."""
        for name in REPLACED[module.__name__]:
            refusing = {"__new__": _refuse, "create": classmethod(_refuse), "load": classmethod(_refuse)}
            setattr(module, name, type(name, (), refusing))


def leave_out_tensorflow() -> bool:
    """Replace the modules for this process; False where it is too late, since Rasa is there already."""
    if any(isinstance(finder, _Replaced) for finder in sys.meta_path):
        return True
    if any(name in sys.modules for name in (*REPLACED, "tensorflow")):
        return False
    sys.meta_path.insert(0, _Replaced())
    return True
