"""Where Rasa listens at the moment: its port changes when another model takes over while Attune runs."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from bot.settings import Settings

FILE = "rasa.port"  # below var


def rasa_port(settings: Settings) -> int:
    """The port that was announced last, else the one of the settings. Costs one look at a file."""
    path = settings.var / FILE
    try:
        return _read(path, path.stat().st_mtime_ns) or settings.rasa_port
    except OSError:
        return settings.rasa_port


def rasa_urls(settings: Settings) -> tuple[str, ...]:
    """Where Rasa answers: the addresses of the settings, its own one on this machine with the port announced last."""
    usual = f"http://127.0.0.1:{settings.rasa_port}"
    return tuple(f"http://127.0.0.1:{rasa_port(settings)}" if url == usual else url for url in settings.rasa_urls)


def announce(settings: Settings, port: int) -> None:
    """From now on every new turn goes to `port`; those on their way stay where they are."""
    draft = settings.var / f".{FILE}.draft"
    draft.write_text(str(port), "ascii")
    os.replace(draft, settings.var / FILE)  # noqa: PTH105 - a reader sees the old port or the new one, never half


@lru_cache(maxsize=4)
def _read(path: Path, written: int) -> int | None:
    """The port in the file as `written` (its time in nanoseconds); None where it holds none."""
    text = path.read_text("ascii", "replace").strip()
    return int(text) if text.isdecimal() and 0 < int(text) < 65536 else None
