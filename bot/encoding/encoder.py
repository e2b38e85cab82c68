"""Sentences to vectors: the MPNet encoder on onnxruntime, one copy in memory a process."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from bot.encoding.mpnet_layout import MAX_TOKENS, WIDTH
from bot.encoding.weights import ensure_encoder
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

DIMENSIONS = WIDTH
ROOM = MAX_TOKENS - 2  # tokens of a window beside the two that open and close it
MOST_WINDOWS = 8
MANY_TEXTS = 64  # from here on a call uses all cores: training and evaluation, never a parent's turn


def _tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def token_ids(folder: Path, texts: Sequence[str]) -> Iterator[npt.NDArray[np.int64]]:
    """Token ids of each text, each of shape (1, tokens); texts are short."""
    for encoding in _tokenizer(folder).encode_batch(list(texts)):
        yield np.array([encoding.ids], dtype=np.int64)


@dataclass(frozen=True)
class Encoded:
    """A text's own vector, and the vectors of some of its spans: `vectors[n]` belongs to span `spans[n]`.

    All of unit length, float32, of 768 numbers.
    """

    whole: Vectors
    spans: list[int]
    vectors: Vectors


class Encoder:
    """Turns texts into vectors of unit length, so that a dot product is the cosine."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._tokenizer = _tokenizer(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), 768), float32. A text's vector does not depend on its batch."""
        # One text a run: the int8 scale is taken over a whole run, so neighbours in a batch would
        # change a text's vector. Many texts share the cores instead.
        if len(texts) > MANY_TEXTS:
            with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
                vectors = list(pool.map(self._whole, texts))
        else:
            vectors = [self._whole(text) for text in texts]
        return np.stack(vectors) if vectors else np.zeros((0, DIMENSIONS), dtype=np.float32)

    def read(self, text: str, spans: Sequence[tuple[int, int]]) -> Encoded:
        """The vectors of `text` and of its `spans` (first character, character after the last), in one pass.

        A span's vector is the mean of its tokens as the whole text makes them: a sentence keeps its context.
        Texts beyond 384 tokens (some 280 words) are read in windows that end between spans; of very long ones
        the first and last windows are read, and spans outside them have no vector.
        """
        encoding = self._tokenizer.encode(text)
        offsets = np.array(encoding.offsets[1:-1], dtype=np.int64).reshape(-1, 2)
        windows = _windows(offsets, spans)
        summed = np.zeros(DIMENSIONS, dtype=np.float64)
        counted = 0
        found: list[int] = []
        vectors: list[Vectors] = []
        for first, last in windows:
            ids = [encoding.ids[0], *encoding.ids[1 + first : 1 + last], encoding.ids[-1]]
            tokens = self._run(ids)
            summed += tokens.sum(axis=0, dtype=np.float64)
            counted += len(tokens)
            if len(spans) < 2:
                continue
            inside = offsets[first:last]
            for number, (start, end) in enumerate(spans):
                of_span = (inside[:, 0] >= start) & (inside[:, 1] <= end)
                if of_span.any() and number not in found:
                    found.append(number)
                    vectors.append(_unit(tokens[1:-1][of_span].mean(axis=0)))
        none = np.zeros((0, DIMENSIONS), dtype=np.float32)
        return Encoded(_unit(summed / counted), found, np.stack(vectors) if vectors else none)

    def _whole(self, text: str) -> Vectors:
        return self.read(text, ()).whole

    def _run(self, ids: list[int]) -> Vectors:
        tokens: Vectors = self._session.run(None, {"input_ids": np.array([ids], dtype=np.int64)})[0][0]
        return tokens


def _unit(vector: npt.NDArray[Any]) -> Vectors:
    result: Vectors = (vector / max(float(np.linalg.norm(vector)), 1e-12)).astype(np.float32)
    return result


def _windows(offsets: npt.NDArray[np.int64], spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs of tokens that are encoded together: at most ROOM tokens each, cut where a span begins if that can be."""
    total = len(offsets)
    if total <= ROOM:
        return [(0, total)]
    starts = [int(np.searchsorted(offsets[:, 0], start)) for start, _ in spans]
    windows: list[tuple[int, int]] = []
    first = 0
    while first < total:
        last = first + ROOM
        if last < total:
            last = max((start for start in starts if first < start <= last), default=last)
        windows.append((first, min(last, total)))
        first = last
    if len(windows) > MOST_WINDOWS:
        half = MOST_WINDOWS // 2
        windows = windows[:half] + windows[-half:]
    return windows


@lru_cache(maxsize=1)
def whole_words() -> frozenset[str]:
    """Lower-case words that the encoder has a token of their own for: the common words of the language."""
    vocabulary = _tokenizer(ensure_encoder()).get_vocab()
    return frozenset(word for word in vocabulary if word.isascii() and word.isalpha())


@lru_cache(maxsize=1)
def get_encoder() -> Encoder:
    """The encoder of this process; built on first use where `make setup` has not done so."""
    return Encoder(ensure_encoder(), threads=get_settings().threads)
