"""What a source says, before it becomes an article of the knowledge folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from knowledge.importing.blocks import Block


@dataclass(frozen=True)
class Draft:
    """Title, summary and address are None where the source has none.

    `fields` is the front matter of a source that is an article of Attune already, and `body` then its Markdown,
    which is taken as it stands.
    """

    title: str | None
    summary: str | None
    url: str | None
    blocks: list[Block]
    fields: dict[str, Any] = field(default_factory=dict)
    body: str | None = None
