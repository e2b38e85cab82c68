"""The reading of a text, learned from forty toy phrasings with random unit vectors."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.examples import Example, from_metadata, load_examples
from bot.understanding.features import CharacterFeatures
from bot.understanding.intents import ALSO_SHARE, IntentModel, Reading, _targets
from bot.understanding.kernel import likeness, solve
from bot.understanding.labels import is_crisis, labels
from bot.understanding.sentences import LONG, MOST, MOST_WORDS, Parts, parts, spans

WORDS = {
    "crisis_suicide": "i want to die tonight",
    "feel_low": "so sad and crying",
    "greet": "hello good morning",
    "stop": "please stop this now",
}
EACH = 10


def split(text: str) -> list[str]:
    """The sentences and long clauses as they stand in `text`."""
    return [text[start:end] for start, end in spans(text)]


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return [Example(f"{words} {n}", label) for label, words in WORDS.items() for n in range(EACH)]


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Random unit vectors around one direction for each label."""
    source = np.random.default_rng(7)
    centres = np.repeat(source.normal(size=(len(WORDS), 768)), EACH, axis=0)
    return unit(centres + 0.3 * source.normal(size=centres.shape))


@pytest.fixture(scope="module")
def model(examples: list[Example], vectors: np.ndarray) -> IntentModel:
    return IntentModel.fit(examples, vectors)


def texts(examples: list[Example]) -> list[str]:
    return [example.text for example in examples]


def test_what_was_learned_is_read_again(model: IntentModel, examples: list[Example], vectors: np.ndarray) -> None:
    reading = model.read(texts(examples), vectors)
    assert reading.labels == sorted(WORDS)
    assert [reading.labels[i] for i in reading.probabilities.argmax(axis=1)] == [e.label for e in examples]


def test_probabilities_add_up_to_one(model: IntentModel, vectors: np.ndarray) -> None:
    reading = model.read(["anything", ""], vectors[:2])
    assert reading.probabilities.shape == (2, len(WORDS))
    np.testing.assert_allclose(reading.probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(reading.wording.sum(axis=1), 1, rtol=1e-5)


def test_danger_is_high_for_a_crisis_and_low_for_the_rest(
    model: IntentModel, examples: list[Example], vectors: np.ndarray
) -> None:
    reading = model.read(texts(examples), vectors)
    crisis = np.array([is_crisis(e.label) for e in examples])
    for score in (reading.danger, reading.danger_mass(), reading.danger_wording()):
        assert score[crisis].min() > score[~crisis].max()


def test_a_stored_model_reads_the_same(model: IntentModel, examples: list[Example], vectors: np.ndarray) -> None:
    arrays = model.arrays()
    assert all(isinstance(array, np.ndarray) and array.dtype != object for array in arrays.values())
    one, other = model.read(texts(examples), vectors), IntentModel.from_arrays(arrays).read(texts(examples), vectors)
    # The n-gram weights are stored as float32: the last digit may differ, and nothing else.
    np.testing.assert_allclose(one.probabilities, other.probabilities, rtol=1e-5)
    np.testing.assert_allclose(one.wording, other.wording, rtol=1e-5)
    np.testing.assert_array_equal(one.danger, other.danger)


def test_the_same_phrasings_make_the_same_model(
    model: IntentModel, examples: list[Example], vectors: np.ndarray
) -> None:
    again = IntentModel.fit(examples, vectors).arrays()
    for name, array in model.arrays().items():
        np.testing.assert_array_equal(array, again[name], err_msg=name)


def test_a_text_is_read_alone_as_among_others(model: IntentModel, examples: list[Example], vectors: np.ndarray) -> None:
    together = model.read(texts(examples), vectors)
    alone = model.read([examples[5].text], vectors[5:6])
    np.testing.assert_allclose(alone.probabilities[0], together.probabilities[5], rtol=1e-4, atol=1e-6)


def test_wording_counts_where_the_meaning_leaves_it_open(model: IntentModel) -> None:
    somewhere = unit(np.random.default_rng(1).normal(size=(1, 768)))
    for label, words in WORDS.items():
        reading = model.read([words], somewhere)
        assert reading.labels[int(reading.probabilities[0].argmax())] == label


def test_a_further_label_gets_a_share() -> None:
    example = Example("x", "feel_low", also=("greet", "feel_low", "unknown_label"))
    targets = _targets([example, Example("y", "crisis_suicide")], ["crisis_suicide", "feel_low", "greet"])
    np.testing.assert_allclose(targets[0], [0, 1 - ALSO_SHARE, ALSO_SHARE, -1, 0, -1])
    np.testing.assert_allclose(targets[1], [1, 0, 0, 1, 1, 0])


def test_somebody_else_s_danger_counts_for_its_kind() -> None:
    names = ["crisis_medical", "crisis_suicide", "crisis_third_party", "greet"]
    told = Example("she says she wants to die", "crisis_third_party", also=("feel_low", "crisis_suicide"))
    untold = Example("I fear for her", "crisis_third_party")
    targets = _targets([told, untold, Example("hello", "greet")], names)
    np.testing.assert_allclose(targets[:, 5:-1], [[0, 1, 0], [0, 0, 1], [0, 0, 0]])


def test_a_red_flag_is_learnt_beside_danger_and_apart_from_it() -> None:
    flagged = Example("flat since May", "feel_low", red_flag=True)
    targets = _targets(
        [flagged, Example("sad today", "feel_low"), Example("y", "crisis_suicide")], ["crisis_suicide", "feel_low"]
    )
    np.testing.assert_allclose(targets[:, -1], [1, -1, 0])
    np.testing.assert_allclose(targets[:, 2], [-1, -1, 1])


@pytest.mark.parametrize(
    ("rows", "clauses", "leads"),
    [
        ([[0.9, 0.1, 0.0], [0.8, 0.1, 0.1], [0.1, 0.1, 0.8]], 2, "feel_low"),  # said in a clause
        ([[0.9, 0.1, 0.0], [0.8, 0.1, 0.1], [0.3, 0.3, 0.4]], 2, "greet"),  # not clearly
        ([[0.9, 0.1, 0.0], [0.9, 0.1, 0.0], [0.2, 0.8, 0.0]], 2, "greet"),  # a courtesy beside another
        ([[0.1, 0.0, 0.9], [0.9, 0.1, 0.0], [0.1, 0.9, 0.0]], 2, "feel_low"),  # the whole says it
    ],
)
def test_what_a_clause_says_goes_before_a_courtesy(rows: list[list[float]], clauses: int, leads: str) -> None:
    names = ["greet", "thank", "feel_low"]
    probabilities = np.array(rows, dtype=np.float32)
    nothing = np.zeros(len(rows), dtype=np.float32)
    confidences = Reading(
        names, probabilities, probabilities, nothing, nothing[:, None], nothing, clauses
    ).confidences()
    assert names[int(confidences.argmax())] == leads
    assert confidences.sum() == pytest.approx(1)


def test_clauses_change_nothing_where_no_courtesy_leads() -> None:
    rows = np.array([[0.2, 0.8], [0.9, 0.1], [0.1, 0.9]], dtype=np.float32)
    nothing = np.zeros(3, dtype=np.float32)
    with_clauses = Reading(["greet", "feel_low"], rows, rows, nothing, nothing[:, None], nothing, 2)
    alone = Reading(["greet", "feel_low"], rows[:1], rows[:1], nothing[:1], nothing[:1, None], nothing[:1])
    np.testing.assert_allclose(with_clauses.confidences(), alone.confidences())


def test_the_mass_of_danger_is_a_finite_log_odds() -> None:
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]], dtype=np.float32)
    nothing = np.zeros(3, dtype=np.float32)
    reading = Reading(["crisis_suicide", "greet"], rows, rows, nothing, nothing[:, None], nothing)
    mass = reading.danger_mass()
    assert np.isfinite(mass).all()
    assert mass[0] > 10
    assert mass[1] < -10
    assert mass[2] == pytest.approx(0, abs=1e-6)


def test_likeness_is_one_for_the_same_vector_and_less_for_others(vectors: np.ndarray) -> None:
    near = likeness(vectors[:3], vectors[:3])
    np.testing.assert_allclose(np.diag(near), 1, atol=1e-5)
    assert near[0, 1] < 1
    np.testing.assert_allclose(near, near.T, atol=1e-6)


def test_the_solution_answers_its_own_questions(vectors: np.ndarray) -> None:
    targets = np.eye(len(vectors), dtype=np.float32)
    estimate = likeness(vectors, vectors) @ solve(vectors, targets)
    assert (estimate.argmax(axis=1) == np.arange(len(vectors))).all()


def test_character_features_survive_storage_and_stay_of_unit_length(examples: list[Example]) -> None:
    features, _ = CharacterFeatures.fit(texts(examples))
    again = CharacterFeatures.from_arrays(features.arrays())
    rows = features(["so sad and cryng", "hello"]).toarray()
    np.testing.assert_allclose(rows, again(["so sad and cryng", "hello"]).toarray(), rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)


def test_reading_word_by_word_equals_scikit_learns_own_features(examples: list[Example]) -> None:
    lines = [*texts(examples), "I  can\u2019t\tsleep.", "", "a", "AAAAAARGH no no no", "\u00e9t\u00e9 :( :( 3am"]
    features, rows = CharacterFeatures.fit(lines)
    again = features(lines)
    assert again.shape == rows.shape
    assert abs(again - rows).max() < 1e-6


def test_a_text_without_known_characters_has_no_features(examples: list[Example]) -> None:
    features, _ = CharacterFeatures.fit(texts(examples))
    assert features(["\u4f60\u597d", ""]).nnz == 0


class TestExamples:
    """The phrasings as they are read from data/nlu."""

    def test_marks_of_a_block_belong_to_each_of_its_phrasings(self, tmp_path) -> None:
        (tmp_path / "a.yml").write_text(
            "nlu:\n- intent: feel_low\n  metadata: {voice: v, also: [feel_numb], twin: true}\n  examples: |\n"
            "    - so sad\n    - - dashes - stay\n- intent: greet\n  examples: |\n    - hello\n",
            "utf-8",
        )
        first, second, third = load_examples(tmp_path)
        assert first == Example("so sad", "feel_low", ("feel_numb",), "v", twin=True)
        assert second.text == "- dashes - stay"
        assert third == Example("hello", "greet")

    def test_no_metadata_means_a_plain_example(self) -> None:
        assert from_metadata("x", "greet", {}) == Example("x", "greet")


class TestLabels:
    """data/labels.yml."""

    def test_each_label_has_family_and_meaning(self) -> None:
        assert labels()["crisis_suicide"].tier == "S"
        assert labels()["feel_low"].family == "feel"
        assert [name for name, label in labels().items() if not label.what] == []
        assert [n for n in labels() if is_crisis(n)] == [n for n, label in labels().items() if label.family == "crisis"]


class TestSentences:
    """A message cut so that one clause in a rant can be read alone."""

    def test_sentences_and_lines_are_cut(self) -> None:
        assert split("She sleeps. I cannot!\nwhy?? \n\n ok") == ["She sleeps.", "I cannot!", "why??", "ok"]

    def test_a_long_run_without_stops_is_cut_at_its_joints(self) -> None:
        text = (
            "he never helps and the house is a mess and my mother calls every day and i have not slept since sunday "
            "and i want to die but the baby needs me so i get up again"
        )
        pieces = split(text)
        assert "and i want to die" in pieces
        assert " ".join(pieces) == text
        assert max(len(piece.split()) for piece in pieces) < LONG

    def test_a_short_sentence_keeps_its_clauses(self) -> None:
        assert split("i am tired, and he snores") == ["i am tired, and he snores"]

    def test_nothing_has_no_sentences(self) -> None:
        assert split("") == split(" \n\t ") == []

    def test_a_hostile_text_of_stops_costs_no_more_than_the_limit(self) -> None:
        assert len(split("a. " * 5000)) <= MOST
        assert len(split("a\n" * 5000)) == MOST


def test_a_short_message_is_also_cut_into_clauses() -> None:
    text = "hello, 27, never happy. He sleeps"
    found = parts(text)
    assert [text[slice(*span)] for span in found.spans] == [
        "hello, 27, never happy.", "He sleeps", "hello", "27", "never happy.",
    ]  # fmt: skip
    assert found.clauses == 3
    assert parts("never happy") == Parts([], 0)
    assert parts("a, b") == Parts([(0, 1), (3, 4)], 2)


def test_a_long_message_is_not_cut_into_clauses() -> None:
    assert parts("so, " * MOST_WORDS + "on").clauses == 0
