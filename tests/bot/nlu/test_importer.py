"""Training phrasings as Rasa sees them: messages like its own, quicker to copy and to tell apart."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, METADATA, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.importer import Phrasing, PhrasingImporter
from bot.understanding.examples import load_examples


def phrasing(text: str = "he won't sleep", intent: str = "feel_exhausted", voice: str = "terse") -> Phrasing:
    return Phrasing({TEXT: text, INTENT: intent, METADATA: {"intent": {"voice": voice, "also": []}}})


def test_equal_content_is_one_phrasing_and_other_content_another():
    assert phrasing() == phrasing()
    assert hash(phrasing()) == hash(phrasing())
    assert len({phrasing(), phrasing(text="she won't sleep"), phrasing(intent="feel_low"), phrasing(voice="dry")}) == 4


def test_a_change_is_seen_in_the_fingerprint():
    message = phrasing()
    before = message.fingerprint()
    message.set(INTENT, "feel_exhausted")
    assert message.fingerprint() == before
    message.set(INTENT, "feel_low")
    changed = message.fingerprint()
    message.add_features(Features(np.ones((1, 2)), FEATURE_TYPE_SENTENCE, TEXT, "encoder"))
    assert len({before, changed, message.fingerprint()}) == 3


def test_what_components_add_is_read_as_rasa_reads_it():
    message = phrasing()
    message.set(TEXT_TOKENS, [Token("he", 0)])
    assert message.fingerprint() == Message(message.data).fingerprint()


@pytest.mark.parametrize("features", [[], [Features(np.ones((1, 2)), FEATURE_TYPE_SENTENCE, TEXT, "encoder")]])
def test_a_copy_is_changed_without_its_original(features):
    original = Phrasing(phrasing().data, features=list(features))
    copied = copy.deepcopy(original)
    assert isinstance(copied, Phrasing)
    assert copied == original
    copied.set("tidied", "he won't sleep", add_to_output=True)
    copied.add_features(Features(np.zeros((1, 2)), FEATURE_TYPE_SENTENCE, TEXT, "other"))
    assert "tidied" not in original.data
    assert "tidied" not in original.output_properties
    assert len(original.features) == len(features)
    assert copied != original


def test_rasa_merges_them_and_keeps_every_one():
    data = TrainingData([phrasing(), phrasing(), phrasing(text="she won't sleep")])
    merged = data.merge(TrainingData([Message({TEXT: "hello", INTENT: "greet"})]))
    assert [message.get(TEXT) for message in merged.training_examples] == ["he won't sleep", "she won't sleep", "hello"]


def test_every_phrasing_is_given_to_rasa_with_its_voice():
    data = PhrasingImporter(training_data_paths=[]).get_nlu_data()
    examples = load_examples()
    assert len(data.intent_examples) == len(examples)
    assert data.intent_examples[0].get(METADATA)["intent"]["voice"] == examples[0].voice
