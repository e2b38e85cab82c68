"""Reads texts from stdin, as plain lines or as JSONL, and writes JSONL."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDE = 160  # columns


def texts() -> Iterator[str]:
    """Each line of stdin: its `text` where the line is a JSON object with one, otherwise the line itself."""
    for number, raw in enumerate(sys.stdin.buffer, 1):
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if line.startswith("{"):
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                row = None
            if isinstance(row, dict):
                if not isinstance(row.get("text"), str):
                    raise click.ClickException(f'line {number}: a JSON line needs "text" with a string.')
                yield row["text"]
                continue
        yield line


def write(row: dict[str, Any]) -> None:
    """One JSON line, flushed, so that a reader sees it at once."""
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def console() -> Console:
    """Where tables are shown: as wide as the terminal, or wide enough for a file or pipe."""
    return Console(width=None if sys.stdout.isatty() else WIDE)


def note(text: str) -> None:
    """A line about the work itself, on stderr."""
    click.echo(text, err=True)
