"""The training phrasings of data/nlu as plain objects, for training, cross-validation and checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FOLDER = ROOT / "data" / "nlu"


@dataclass(frozen=True)
class Example:
    """One phrasing. `also` names labels that would be a good reading too; `voice` is who wrote it.

    `twin`: shares its words with a crisis message and is none. `red_flag`: a clinician would add a
    gentle question about safety (tier R).
    """

    text: str
    label: str
    also: tuple[str, ...] = ()
    voice: str = ""
    twin: bool = False
    red_flag: bool = False


def from_metadata(text: str, label: str, metadata: dict[str, Any]) -> Example:
    """The example that Rasa's `metadata` of an intent block describes."""
    return Example(
        text=text,
        label=label,
        also=tuple(metadata.get("also", ())),
        voice=str(metadata.get("voice", "")),
        twin=bool(metadata.get("twin", False)),
        red_flag=bool(metadata.get("red_flag", False)),
    )


def load_examples(folder: Path = FOLDER) -> list[Example]:
    """Every phrasing below `folder`, in the order of the files' names."""
    return [example for path in sorted(folder.rglob("*.yml")) for example in _in_file(path)]


def _in_file(path: Path) -> Iterable[Example]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    for block in content["nlu"]:
        for line in block["examples"].splitlines():
            yield from_metadata(line.removeprefix("- "), block["intent"], block.get("metadata") or {})
