"""How long a search takes and what the index costs, with as many synthetic passages as wanted.

The articles of a practice are some hundred passages; what happens with a thousand or a hundred thousand is measured
on synthetic ones. Their texts are words at random and their vectors are noise around a few hundred centres, as real
ones lie: encoding 100,000 real texts takes half an hour on two cores and would measure the encoder only. The encoder's
share of a search is measured on real questions and reported beside the rest.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.passages import Passage
from knowledge.search import PassageIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

WIDTH = 768
CENTRES = 300
VOCABULARY = 20_000
QUESTIONS = (
    "I feel like a babysitter in my own house",
    "how long do the baby blues last",
    "why am I so angry at my partner since the birth",
    "my baby was in intensive care and I still jump at every noise",
    "can I do the grounding exercise without holding him",
)
REPEATS = 40  # of each question


@dataclass(frozen=True)
class SearchResult:
    """Times in milliseconds, memory in MB. `whole` is encoding and searching one question."""

    passages: int
    approximate: bool
    build_seconds: float
    load_seconds: float
    search_median: float
    search_p95: float
    encode_median: float
    whole_median: float
    whole_p95: float
    disk_mb: float
    memory_mb: float
    recall_at_10: float

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(self).items()}


class _Synthetic:
    """Passages with words at random, and their vectors."""

    def __init__(self, count: int, seed: int = 7) -> None:
        random = np.random.default_rng(seed)
        centres = _unit(random.standard_normal((CENTRES, WIDTH)).astype(np.float32))
        self._centres = centres
        self._random = random
        # Words as often as in a language: the first ones in nearly every passage.
        words = np.array(["".join(chr(97 + int(c)) for c in random.integers(0, 26, 7)) for _ in range(VOCABULARY)])
        chances = 1.0 / np.arange(10, VOCABULARY + 10)
        picked = random.choice(VOCABULARY, size=(count, 60), p=chances / chances.sum())
        self.passages = [
            Passage(
                f"a{n // 10}#h.{n}",
                f"a{n // 10}",
                "Title",
                f"Heading {n}",
                " ".join(words[row]),
                "/a",
                ("feel_low",),
                False,
            )
            for n, row in enumerate(picked)
        ]
        self._words = words

    def encode(self, texts: Sequence[str]) -> Floats:
        """A vector near one of the centres for each text; in portions, so that memory is not what is measured."""
        result = np.empty((len(texts), WIDTH), dtype=np.float32)
        for start in range(0, len(texts), 10_000):
            rows = result[start : start + 10_000]
            noise = self._random.standard_normal(rows.shape).astype(np.float32) / np.sqrt(WIDTH)
            rows[:] = _unit(self._centres[self._random.integers(0, CENTRES, len(rows))] + noise)
        return result

    def question(self) -> tuple[str, Floats]:
        """A question of ten words, and its vector."""
        return " ".join(self._words[self._random.integers(0, 3000, 10)]), self.encode(["one"])[0]


def _unit(rows: Floats) -> Floats:
    result: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return result


def _memory() -> float:
    """Resident memory of this process in MB that is its own, without pages of mapped files."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    return int(fields["RssAnon"].split()[0]) / 1024


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def measure_search(
    passages: int, encode: Callable[[Sequence[str]], Floats] | None = None, folder: Path | None = None
) -> SearchResult:
    """Build and search an index of `passages` synthetic passages, kept in a folder below `folder` while it is measured.

    `encode` is the encoder whose share is measured; by default that of this process. `build_seconds` does not count
    encoding. `memory_mb` is what the process holds for passages and index, without the pages of mapped files.
    """
    if encode is None:
        from bot.encoding.encoder import get_encoder

        encode = get_encoder()
    encode(QUESTIONS[:1])
    made = _Synthetic(passages)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        store = Path(scratch)
        encoding: list[float] = []

        def counted(texts: Sequence[str]) -> Floats:
            began = time.perf_counter()
            vectors = made.encode(texts)
            encoding.append(time.perf_counter() - began)
            return vectors

        began = time.perf_counter()
        PassageIndex(made.passages, counted, store)
        build = time.perf_counter() - began - sum(encoding)
        gc.collect()
        before = _memory()
        began = time.perf_counter()
        index = PassageIndex(made.passages, counted, store)
        load = time.perf_counter() - began
        questions = [made.question() for _ in range(len(QUESTIONS) * REPEATS)]
        for text, vector in questions[:10]:
            index.search(text, vector, {"feel_low": 0.5, "about_birth": 0.2}, 10)
        searches, encodes = [], []
        for n, (text, vector) in enumerate(questions):
            encodes.append(_timed(lambda n=n: encode([QUESTIONS[n % len(QUESTIONS)]])))  # type: ignore[misc]  # the default keeps the value of this round
            searches.append(
                _timed(lambda t=text, v=vector: index.search(t, v, {"feel_low": 0.5, "about_birth": 0.2}, 10))  # type: ignore[misc]  # the default keeps the value of this round
            )
        memory = _memory() - before
        disk = sum(path.stat().st_size for path in store.rglob("*") if path.is_file()) / 2**20
        recall = _recall(index, [vector for _, vector in questions[:50]])
        approximate = index.approximate
    whole = [one + other for one, other in zip(searches, encodes, strict=True)]
    return SearchResult(
        passages=passages,
        approximate=approximate,
        build_seconds=build,
        load_seconds=load,
        search_median=statistics.median(searches),
        search_p95=float(np.percentile(searches, 95)),
        encode_median=statistics.median(encodes),
        whole_median=statistics.median(whole),
        whole_p95=float(np.percentile(whole, 95)),
        disk_mb=disk,
        memory_mb=memory,
        recall_at_10=recall,
    )


def _recall(index: PassageIndex, vectors: Sequence[Floats]) -> float:
    """The share of the ten nearest passages that the index finds; 1 where all are compared."""
    shares = [len(set(index.nearest(v, 10)) & set(index.nearest(v, 10, exact=True))) / 10 for v in vectors]
    return sum(shares) / len(shares)


def main() -> None:
    """Print a JSON line for each number of passages on the command line (default: 1000 and 100000)."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    for count in [int(one) for one in sys.argv[1:]] or [1000, 100_000]:
        result = {
            **measure_search(count).as_dict(),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
