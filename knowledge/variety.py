"""Wordings that take turns, so that no reply sounds like the one before (docs/voice.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def next_wording(wordings: Sequence[str], start: int, said: str) -> str:
    """The first of `wordings`, from the place `start` on and round, that is not in `said`; where all are, that at `start`.

    Of a wording with {placeholders}, what stands before the first one is looked for.
    """
    turned = [wordings[(start + n) % len(wordings)] for n in range(len(wordings))]
    return next((wording for wording in turned if wording.split("{")[0].strip() not in said), turned[0])
