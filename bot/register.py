"""The register of models: which archives may be loaded, and which one is in use.

Loading a Rasa model can run code that lies in it (CVE-2024-49375), so that an archive is loaded only when its sha256
stands here: written when it was trained on this machine. The file lies beside the archives; who may write to that
folder decides what is loaded.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "register.json"
SUFFIX = ".tar.gz"
KEPT_CHOICES = 50  # of the history


class RegisterError(RuntimeError):
    """The register cannot be read, or does not hold what was asked for; the message names the fix."""


@dataclass(frozen=True)
class Entry:
    """An archive that was trained here. `sources` is the hash of all that it was made from, `code` of the code alone."""

    name: str
    sha256: str
    sources: str
    code: str
    trained: str


@dataclass(frozen=True)
class Choice:
    """That somebody chose model `name` for the sources as they were then; `before` was in use until then."""

    name: str
    sources: str
    by: str
    at: str
    why: str
    before: str | None = None


@dataclass(frozen=True)
class Register:
    """What the file says. `entries` are those whose archives are there."""

    entries: dict[str, Entry] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()

    @property
    def choice(self) -> Choice | None:
        """The last choice that was made."""
        return self.choices[-1] if self.choices else None


def now() -> str:
    """This moment as ISO 8601 in UTC, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def archive(folder: Path, name: str) -> Path:
    """Where the model `name` lies."""
    return folder / f"{name}{SUFFIX}"


def name_of(path: Path) -> str:
    """The name of the model that lies at `path`."""
    return path.name.removesuffix(SUFFIX)


def read(folder: Path) -> Register:
    """The register of `folder`; empty where there is none yet. Raises RegisterError when it cannot be read."""
    path = folder / FILE
    try:
        raw = json.loads(path.read_text("utf-8"))
        entries = {name: Entry(name=name, **entry) for name, entry in raw["models"].items()}
        # `make clean` and people delete archives without a word to the register.
        entries = {name: entry for name, entry in entries.items() if archive(folder, name).is_file()}
        return Register(entries, tuple(Choice(**choice) for choice in raw["choices"]))
    except FileNotFoundError:
        return Register()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RegisterError(f"{path} cannot be read ({error}). Delete it and run `attune train --force`.") from error


def add(folder: Path, name: str, *, sources: str, code: str) -> Entry:
    """Enter the archive `name`, which was just trained."""
    entry = Entry(name, digest(archive(folder, name)), sources, code, now())
    with _changing(folder) as state:
        state["models"][name] = {key: value for key, value in asdict(entry).items() if key != "name"}
    return entry


def choose(folder: Path, choice: Choice) -> None:
    """Put `choice.name` in use; a running `attune run` takes it up. Raises RegisterError where it may not be loaded."""
    if not may_be_loaded(folder, choice.name):
        raise RegisterError(
            f"{choice.name} may not be loaded: it is not there, or not as it was when it was trained. "
            "`attune models` lists those that may."
        )
    with _changing(folder) as state:
        state["choices"] = [*state["choices"], asdict(choice)][-KEPT_CHOICES:]


def may_be_loaded(folder: Path, name: str) -> bool:
    """Whether the archive is there and is byte for byte the one that was entered."""
    entry = read(folder).entries.get(name)
    path = archive(folder, name)
    return bool(entry and path.is_file() and digest(path) == entry.sha256)


def forget(folder: Path, name: str) -> None:
    """Delete the archive; its entry goes, its card and its place in the history stay."""
    archive(folder, name).unlink(missing_ok=True)
    with _changing(folder) as state:
        state["models"].pop(name, None)


def digest(path: Path) -> str:
    """The sha256 of a file in hex digits."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total.update(block)
    return total.hexdigest()


@contextmanager
def _changing(folder: Path) -> Iterator[dict[str, Any]]:
    """The register as plain data to change; written whole, one writer at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{FILE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        register = read(folder)
        state: dict[str, Any] = {
            "models": {
                name: {key: value for key, value in asdict(entry).items() if key != "name"}
                for name, entry in register.entries.items()
            },
            "choices": [asdict(choice) for choice in register.choices],
        }
        yield state
        draft = folder / f".{FILE}.draft"
        draft.write_text(json.dumps(state, indent=1), "utf-8")
        os.replace(draft, folder / FILE)  # noqa: PTH105 - atomic on one file system
