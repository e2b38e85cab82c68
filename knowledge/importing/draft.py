"""What a source says, before it becomes an article of the knowledge folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.importing.blocks import Block


@dataclass(frozen=True)
class Draft:
    """Title, summary and address are None where the source has none."""

    title: str | None
    summary: str | None
    url: str | None
    blocks: list[Block]
