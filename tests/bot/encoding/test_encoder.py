"""One pass of the encoder gives the vector of a text and of each of its sentences in context."""

from __future__ import annotations

import numpy as np
import pytest

from bot.encoding.encoder import DIMENSIONS, MOST_WINDOWS, ROOM, Encoder, _windows, get_encoder
from bot.understanding.sentences import spans

THREE = "She sleeps well now. I cry in the bathroom. Is that normal?"
LONG = " ".join(f"This is sentence {n} about a night with the baby and the bottles." for n in range(60))


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return get_encoder()


def offsets(words: int) -> np.ndarray:
    """Tokens of four letters with a space between."""
    return np.array([[5 * n, 5 * n + 4] for n in range(words)], dtype=np.int64).reshape(-1, 2)


def test_a_short_text_is_one_window() -> None:
    assert _windows(offsets(10), [(0, 50)]) == [(0, 10)]
    assert _windows(offsets(0), []) == [(0, 0)]


def test_long_texts_are_cut_where_a_span_begins() -> None:
    words = ROOM * 2
    where = [(5 * start, 5 * (start + 100) - 1) for start in range(0, words, 100)]
    windows = _windows(offsets(words), where)
    assert windows[0] == (0, 300)
    assert [first for first, _ in windows[1:]] == [last for _, last in windows[:-1]]
    assert windows[-1][1] == words
    assert all(last - first <= ROOM for first, last in windows)


def test_a_text_without_a_place_to_cut_is_cut_all_the_same() -> None:
    assert _windows(offsets(ROOM + 5), [(0, 5 * (ROOM + 5))]) == [(0, ROOM), (ROOM, ROOM + 5)]


def test_of_a_very_long_text_the_beginning_and_the_end_are_read() -> None:
    windows = _windows(offsets(ROOM * 20), [])
    assert len(windows) == MOST_WINDOWS
    assert windows[0] == (0, ROOM)
    assert windows[-1][1] == ROOM * 20


@pytest.mark.model
def test_a_text_and_its_sentences_have_unit_vectors(encoder: Encoder) -> None:
    encoded = encoder.read(THREE, spans(THREE))
    assert encoded.spans == [0, 1, 2]
    assert encoded.vectors.shape == (3, DIMENSIONS)
    np.testing.assert_allclose(np.linalg.norm(np.vstack([encoded.whole, encoded.vectors]), axis=1), 1.0, atol=1e-5)


@pytest.mark.model
def test_a_text_has_the_same_vector_alone_in_a_batch_and_read_with_its_sentences(encoder: Encoder) -> None:
    alone = encoder([THREE])[0]
    np.testing.assert_array_equal(alone, encoder(["hello", THREE])[1])
    np.testing.assert_allclose(alone, encoder.read(THREE, spans(THREE)).whole, atol=1e-6)


@pytest.mark.model
def test_a_sentence_is_nearer_to_itself_than_to_its_neighbours(encoder: Encoder) -> None:
    where = spans(THREE)
    in_context = encoder.read(THREE, where).vectors
    alone = encoder([THREE[slice(*span)] for span in where])
    assert (alone @ in_context.T).argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.model
def test_every_sentence_of_a_long_text_has_a_vector(encoder: Encoder) -> None:
    assert encoder.read(LONG, spans(LONG)).spans == list(range(60))


@pytest.mark.model
def test_a_text_without_words_has_a_vector(encoder: Encoder) -> None:
    assert encoder.read("   ", []).whole.shape == (DIMENSIONS,)


@pytest.mark.model
def test_no_texts_have_no_vectors(encoder: Encoder) -> None:
    assert encoder([]).shape == (0, DIMENSIONS)
