"""`make vectors`: writes the vectors of Attune's own phrasings and passages to the file that comes with it.

To be run when the encoder changed, or when a test says that many phrasings are new: the repository grows by the whole
file (30 MB) each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.encoding.cache import encode_cached, rows_of
from bot.encoding.encoder import whole_words
from bot.encoding.shipped import PATH, write_shipped
from bot.progress import Progress
from bot.settings import ROOT
from bot.understanding import after_risk
from bot.understanding.examples import load_examples
from bot.understanding.tidy import Tidy
from knowledge.library import Library

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from knowledge.stored import Encode


def texts(encode: Encode = encode_cached) -> list[str]:
    """All that is encoded before a fresh clone answers, each once: phrasings, and what `encode` is asked for articles."""
    phrasings = [example.text for example in load_examples() if not example.batch]
    tidy = Tidy.learn(phrasings, whole_words())
    asked = [tidy(text) for text in phrasings] + [example.text for example in after_risk.load_phrasings()]

    def noting(some: Sequence[str]) -> npt.NDArray[np.float32]:
        asked.extend(some)
        return encode(some)

    Library(ROOT / "knowledge", noting)
    return list(dict.fromkeys(asked))


def main() -> None:
    """Write the file and say how much is in it."""
    wanted = texts()
    write_shipped(rows_of(wanted, Progress("texts")))
    click.echo(f"{PATH.relative_to(ROOT)}: {len(wanted):,} vectors, {PATH.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
