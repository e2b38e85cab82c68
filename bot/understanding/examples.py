"""The training phrasings of data/nlu as plain objects, for training, cross-validation and checks.

What `attune learn` took from corrections lies in a folder of its own, which a setting may move: a new model is trained
from a copy before anything in data/nlu changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from bot.settings import ROOT, get_settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FOLDER = ROOT / "data" / "nlu"


@dataclass(frozen=True)
class Example:
    """One phrasing. `also` names labels that would be a good reading too; `voice` is who wrote it.

    `twin`: shares its words with a crisis message and is none. `red_flag`: a clinician would add a
    gentle question about safety (tier R). `batch` names the learning that brought it, where one did.
    """

    text: str
    label: str
    also: tuple[str, ...] = ()
    voice: str = ""
    twin: bool = False
    red_flag: bool = False
    batch: str = ""


def from_metadata(text: str, label: str, metadata: dict[str, Any]) -> Example:
    """The example that Rasa's `metadata` of an intent block describes."""
    return Example(
        text=text,
        label=label,
        also=tuple(metadata.get("also", ())),
        voice=str(metadata.get("voice", "")),
        twin=bool(metadata.get("twin", False)),
        red_flag=bool(metadata.get("red_flag", False)),
        batch=str(metadata.get("learnt", "")),
    )


def load_examples(folder: Path = FOLDER) -> list[Example]:
    """Every phrasing below `folder`, in the order of the files' names; those of data/nlu/reviewed come last."""
    return [example for path in phrasing_files(folder) for example in _kept(path, path.stat().st_mtime_ns)]


@lru_cache(maxsize=256)  # a training asks three times
def _kept(path: Path, written: int) -> tuple[Example, ...]:
    return tuple(read_phrasings(path))


def phrasing_files(folder: Path = FOLDER) -> list[Path]:
    """The files that phrasings are read from, in the order in which they are read."""
    if folder != FOLDER:
        return sorted(folder.rglob("*.yml"))
    reviewed = folder / "reviewed"
    written = [path for path in sorted(folder.rglob("*.yml")) if reviewed not in path.parents]
    return [*written, *sorted(get_settings().reviewed.glob("*.yml"))]


def read_phrasings(path: Path) -> Iterable[Example]:
    """The phrasings of one file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    for block in content["nlu"]:
        for line in block["examples"].splitlines():
            yield from_metadata(line.removeprefix("- "), block["intent"], block.get("metadata") or {})
