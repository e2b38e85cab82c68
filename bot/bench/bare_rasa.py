"""Writes the two Rasa projects that Attune is compared with, into a temporary folder.

The floor is the least that Rasa 3.6 can be: keywords, rules, REST. The default is what `rasa init` configures (DIET
and TED, 100 epochs each), trained on this project's phrasings.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import yaml

from bot.understanding.examples import load_examples

if TYPE_CHECKING:
    from pathlib import Path

VERSION = "3.1"  # of Rasa's training data format
FLOOR_PIPELINE: list[dict[str, Any]] = [{"name": "KeywordIntentClassifier"}]
FLOOR_POLICIES: list[dict[str, Any]] = [{"name": "RulePolicy"}]


def default_pipeline(epochs: int) -> list[dict[str, Any]]:
    """The pipeline that `rasa init` of 3.6 suggests for English."""
    return [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": epochs, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ]


def default_policies(epochs: int) -> list[dict[str, Any]]:
    """The policies that `rasa init` of 3.6 suggests."""
    return [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": epochs},
        {"name": "TEDPolicy", "max_history": 5, "epochs": epochs, "constrain_similarities": True},
    ]


def write_floor(folder: Path) -> None:
    """A bot that knows a handful of words and answers each with the same line."""
    phrasings = {"greet": ["hello", "hi"], "thank": ["thanks", "thank you"], "low": ["sad", "cry", "alone"]}
    _write(folder, FLOOR_PIPELINE, FLOOR_POLICIES, phrasings)


def write_default(folder: Path, per_label: int, epochs: int) -> int:
    """Rasa's default with at most `per_label` phrasings of each label (0: all); how many those are."""
    by_label: dict[str, list[str]] = {}
    for example in load_examples():
        by_label.setdefault(example.label, []).append(" ".join(example.text.split()))
    chance = random.Random(0)
    if per_label:
        by_label = {label: chance.sample(texts, min(per_label, len(texts))) for label, texts in by_label.items()}
    _write(folder, default_pipeline(epochs), default_policies(epochs), by_label, stories=True)
    return sum(map(len, by_label.values()))


def _write(
    folder: Path,
    pipeline: list[dict[str, Any]],
    policies: list[dict[str, Any]],
    phrasings: dict[str, list[str]],
    *,
    stories: bool = False,
) -> None:
    labels = sorted(phrasings)
    replies = {f"utter_{label}": [{"text": "I hear you."}] for label in labels}
    replies["utter_default"] = [{"text": "Tell me more."}]
    files: dict[str, Any] = {
        "config.yml": {
            "recipe": "default.v1",
            "assistant_id": "bench",
            "language": "en",
            "pipeline": pipeline,
            "policies": policies,
        },
        "domain.yml": {"version": VERSION, "intents": labels, "responses": replies},
        "data/nlu.yml": {
            "version": VERSION,
            # A colon or bracket at the wrong place would be read as markup.
            "nlu": [
                {"intent": label, "examples": "".join(f"- {_plain(text)}\n" for text in texts)}
                for label, texts in phrasings.items()
            ],
        },
        "data/rules.yml": {
            "version": VERSION,
            "rules": [{"rule": label, "steps": [{"intent": label}, {"action": f"utter_{label}"}]} for label in labels],
        },
        "credentials.yml": {"rest": {}},
        "endpoints.yml": {},
    }
    if stories:
        steps = [{"intent": labels[0]}, {"action": f"utter_{labels[0]}"}]
        steps += [{"intent": labels[1]}, {"action": f"utter_{labels[1]}"}]
        files["data/stories.yml"] = {"version": VERSION, "stories": [{"story": "two turns", "steps": steps}]}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


def _plain(text: str) -> str:
    return "".join(" " if letter in "[](){}" else letter for letter in text)
