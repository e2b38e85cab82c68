"""Rasa's edge of the understanding: the screening has the last word, payloads are no words, arrays are no code."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import progress
from bot.evaluation.screening import read_thresholds
from bot.nlu import after_risk, intents, safety, tidying
from bot.nlu.after_risk import HEARD, AfterRiskReader
from bot.nlu.encoder import PART_VECTORS, PARTS, READ_CLAUSES, READ_TEXTS
from bot.nlu.intents import IntentClassifier
from bot.nlu.safety import SafetyScreen, decide
from bot.nlu.storage import load_arrays, save_arrays
from bot.nlu.tidying import TIDIED, TIDIED_SPANS, Tidying
from bot.nlu.tokens import CLAUSES, SPANS, SpacyTokens, is_payload
from bot.safety.verdict import Verdict
from bot.understanding.after_risk import NONE_OF_THEM
from bot.understanding.examples import Example
from bot.understanding.intents import IntentModel

if TYPE_CHECKING:
    from pathlib import Path


def ranking(*names: str) -> list[dict]:
    return [{"name": name, "confidence": 0.5 / (place + 1)} for place, name in enumerate(names)]


def names(rows: list[dict]) -> list[str]:
    return [row["name"] for row in rows]


def test_an_alarm_comes_first_also_over_the_fallback() -> None:
    rows = decide(ranking("nlu_fallback", "feel_low", "crisis_suicide"), Verdict("S", "crisis_suicide", "rules"))
    assert names(rows) == ["crisis_suicide", "nlu_fallback", "feel_low"]
    assert rows[0]["confidence"] == 1.0


def test_an_alarm_for_a_label_outside_the_ranking_still_leads() -> None:
    assert names(decide(ranking("greet"), Verdict("E", "crisis_medical", "rules"))) == ["crisis_medical", "greet"]


@pytest.mark.parametrize("verdict", [Verdict(), Verdict("R", "crisis_suicide", "classifier")])
def test_a_crisis_label_without_an_alarm_does_not_lead(verdict: Verdict) -> None:
    assert names(decide(ranking("crisis_suicide", "feel_low", "greet"), verdict)) == [
        "feel_low",
        "greet",
        "crisis_suicide",
    ]


@pytest.mark.parametrize(
    ("text", "pressed"), [("/affirm", True), ("affirm", False), ("", False), (None, False), ("a/b", False)]
)
def test_only_a_leading_slash_is_a_pressed_choice(text: str | None, pressed: bool) -> None:
    assert is_payload(Message({"text": text})) is pressed


def test_words_are_cut_into_sentences_and_payloads_are_not() -> None:
    words, pressed, empty = SpacyTokens().process(
        [Message({"text": "I cry. Why?"}), Message({"text": "/stop"}), Message({"text": ""})]
    )
    assert words.get(SPANS) == [(0, 6), (7, 11)]
    assert [token.text for token in words.get("text_tokens")] == ["I", "cry", ".", "Why", "?"]
    assert pressed.get(SPANS) is None
    assert empty.get(SPANS) is None


def test_clauses_stand_after_the_sentences() -> None:
    [made] = SpacyTokens().process([Message({"text": "Hi, 27. I cry."})])
    assert (made.get(SPANS), made.get(CLAUSES)) == ([(0, 7), (8, 14), (0, 2), (4, 7)], 2)


class Storage:
    """Rasa's model storage, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def write_to(self, resource: object):
        yield self._folder

    @contextmanager
    def read_from(self, resource: object):
        yield self._folder


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    arrays = {"labels": np.array(["a", "bc"]), "support": np.eye(3, dtype=np.float16)}
    save_arrays(Storage(tmp_path), None, arrays)
    back = load_arrays(Storage(tmp_path), None)
    assert set(back) == set(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)
        assert back[name].dtype == array.dtype


def test_arrays_that_carry_code_are_not_loaded(tmp_path: Path) -> None:
    save_arrays(Storage(tmp_path), None, {"bad": np.array([{"a": 1}], dtype=object)})
    with pytest.raises(ValueError, match="allow_pickle"):
        load_arrays(Storage(tmp_path), None)


@pytest.fixture
def classifier(tmp_path: Path, encode) -> IntentClassifier:
    examples = [
        Example(f"{words} {n}", label)
        for label, words in {"crisis_suicide": "i want to die", "feel_low": "so sad", "greet": "hello there"}.items()
        for n in range(5)
    ]
    model = IntentModel.fit(examples, encode([example.text for example in examples]))
    save_arrays(Storage(tmp_path), None, model.arrays())
    return IntentClassifier.load({}, Storage(tmp_path), None, None)


def test_training_says_on_stderr_how_far_the_encoding_is(tmp_path: Path, encode, monkeypatch, capsys) -> None:
    def slowly(texts: list[str], report) -> np.ndarray:
        report(len(texts) // 2, len(texts))
        return encode(texts)

    monkeypatch.setattr(intents, "encode_cached", slowly)
    monkeypatch.setattr(progress, "EVERY", 0.0)
    phrasings = []
    for n in range(5):
        for label in ("greet", "feel_low", "crisis_suicide"):
            phrasings.append(Message({"text": "x", TIDIED: f"{label} words {n}", "intent": label}))
    IntentClassifier.create({}, Storage(tmp_path), None, None).train(TrainingData(phrasings))
    assert capsys.readouterr().err.startswith("Encoding phrasings: 7 of 15, ")


def message(encode, text: str, *sentences: str) -> Message:
    made = Message({"text": text})
    vectors = encode([text, *sentences])
    made.set(intents.VECTOR, vectors[0])
    made.set(PART_VECTORS, vectors[1:])
    made.set(PARTS, list(sentences))
    made.set(READ_CLAUSES, 0)
    made.set(READ_TEXTS, [text, *sentences])
    return made


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tidying:
    monkeypatch.setattr(tidying, "whole_words", lambda: frozenset({"rabies"}))
    phrasings = [Message({"text": text, "intent": "greet"}) for text in (f"the baby sleeps {n}" for n in range(6))]
    component = Tidying.create({}, Storage(tmp_path), None, None)
    component.train(TrainingData(phrasings))
    assert (
        component.process_training_data(TrainingData(phrasings)).intent_examples[0].get(TIDIED) == "the baby sleeps 0"
    )
    return Tidying.load({}, Storage(tmp_path), None, None)


def test_a_message_is_tidied_beside_what_was_written(words: Tidying) -> None:
    made = Message({"text": "The bbay? slepes."})
    made.set(SPANS, [(0, 9), (10, 17)])
    pressed = Message({"text": "/stop"})
    words.process([made, pressed])
    assert (made.get("text"), made.get(TIDIED)) == ("The bbay? slepes.", "The baby? sleeps.")
    assert made.get(TIDIED_SPANS) == [(0, 9), (10, 17)]
    assert pressed.get(TIDIED) is None


def test_untrained_tidying_says_so() -> None:
    with pytest.raises(RuntimeError, match="Run `attune train`"):
        Tidying.create({}, None, None, None).process([Message({"text": "x"})])


def test_a_message_gets_intent_and_sorted_ranking(classifier: IntentClassifier, encode) -> None:
    (made,) = classifier.process([message(encode, "so sad today")])
    assert made.get("intent")["name"] == "feel_low"
    shares = [row["confidence"] for row in made.get("intent_ranking")]
    assert shares == sorted(shares, reverse=True)
    assert sum(made.get(intents.PROBABILITIES).values()) == pytest.approx(1, abs=1e-4)


def test_a_message_alone_is_read_as_in_a_batch(classifier: IntentClassifier, encode) -> None:
    together = classifier.process([message(encode, "hello there"), message(encode, "so sad")])
    (alone,) = classifier.process([message(encode, "so sad")])
    assert together[1].get("intent_ranking") == alone.get("intent_ranking")


def test_a_message_without_words_has_no_intent(classifier: IntentClassifier) -> None:
    (made,) = classifier.process([Message({"text": ""})])
    assert made.get("intent") == {"name": None, "confidence": 0.0}
    assert made.get("intent_ranking") == []


def test_an_untrained_component_says_so_instead_of_guessing() -> None:
    with pytest.raises(RuntimeError, match="Run `attune train`"):
        IntentClassifier.create({}, None, None, None).process([Message({"text": "x"})])


def test_a_clause_in_a_rant_is_heard(classifier: IntentClassifier, encode, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        def matches(self, text: str) -> list:
            return []

    monkeypatch.setattr(safety, "get_patterns", lambda: Silent())
    screen = SafetyScreen(SafetyScreen.get_default_config())
    rant, calm, pressed = classifier.process(
        [
            message(encode, "hello there. hello there. i want to die", "hello there.", "i want to die"),
            message(encode, "hello there"),
            Message({"text": "/stop"}),
        ]
    )
    screen.process([rant, calm, pressed])
    assert rant.get("safety")["tier"] == "S"
    assert rant.get("safety")["evidence"].endswith("i want to die")
    assert rant.get("intent") == {"name": "crisis_suicide", "confidence": 1.0}
    assert calm.get("safety")["tier"] is None
    assert calm.get("intent")["name"] == "greet"
    assert pressed.get("safety") == Verdict().as_dict()


def test_what_is_said_after_a_crisis_reply_is_learnt_and_heard(tmp_path: Path, encode, monkeypatch) -> None:
    kinds = {"calling": "i am ringing them now", "language": "no english please"}
    written = [Example(f"{words} {n}", kind) for kind, words in kinds.items() for n in range(6)]
    monkeypatch.setattr(after_risk, "load_phrasings", lambda: written)
    monkeypatch.setattr(after_risk, "encode_cached", encode)
    ordinary = [Message({"text": "x", TIDIED: f"so sad {n}", "intent": "feel_low"}) for n in range(6)]
    AfterRiskReader.create({}, Storage(tmp_path), None, None).train(TrainingData(ordinary))
    reader = AfterRiskReader.load({}, Storage(tmp_path), None, None)
    called, sad, pressed = reader.process(
        [message(encode, "i am ringing them now 9"), message(encode, "so sad 9"), Message({"text": "/stop"})]
    )
    assert called.get(HEARD)["kind"] == "calling"
    assert 0.5 < called.get(HEARD)["share"] <= 1
    assert sad.get(HEARD)["kind"] == NONE_OF_THEM
    assert pressed.get(HEARD) is None


def test_an_untrained_reader_of_what_comes_after_says_so() -> None:
    with pytest.raises(RuntimeError, match="Run `attune train`"):
        AfterRiskReader.create({}, None, None, None).process([Message({"text": "x"})])


def test_the_thresholds_that_a_screening_without_settings_has_are_those_of_the_configuration() -> None:
    assert SafetyScreen.get_default_config() == asdict(read_thresholds())
