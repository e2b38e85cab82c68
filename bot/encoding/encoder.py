"""Sentences to vectors: the MPNet encoder on onnxruntime, one copy in memory a process."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from bot.encoding.weights import ensure_encoder
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

MAX_TOKENS = 384
DIMENSIONS = 768
MANY_TEXTS = 64  # from here on a call uses all cores: training and evaluation, never a parent's turn


def _tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def token_ids(folder: Path, texts: Sequence[str]) -> Iterator[npt.NDArray[np.int64]]:
    """Token ids of each text, each of shape (1, tokens)."""
    for encoding in _tokenizer(folder).encode_batch(list(texts)):
        yield np.array([encoding.ids], dtype=np.int64)


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
        """Vectors of shape (len(texts), 768), float32. A text's vector does not depend on its batch.

        Texts beyond 384 tokens (some 280 words) are cut; callers that must read all of a long text
        encode it sentence by sentence.
        """
        encodings = self._tokenizer.encode_batch(list(texts))
        rows = [np.array([encoding.ids], dtype=np.int64) for encoding in encodings]
        # One text a run: the int8 scale is taken over a whole run, so neighbours in a batch would
        # change a text's vector. Many texts share the cores instead.
        if len(rows) > MANY_TEXTS:
            with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
                vectors = list(pool.map(self._run, rows))
        else:
            vectors = [self._run(row) for row in rows]
        return np.stack(vectors) if vectors else np.zeros((0, DIMENSIONS), dtype=np.float32)

    def _run(self, ids: npt.NDArray[np.int64]) -> Vectors:
        output = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        vector: Vectors = output[0][0]
        return vector


@lru_cache(maxsize=1)
def get_encoder() -> Encoder:
    """The encoder of this process; built on first use where `make setup` has not done so."""
    return Encoder(ensure_encoder(), threads=get_settings().threads)
