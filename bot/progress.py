"""Says on stderr how far a long work has come."""

from __future__ import annotations

import sys
import time

import click

EVERY = 10.0  # seconds between two lines


class Progress:
    """Made when encoding begins, and called with what is done: `bot.encoding.cache` calls its `report` so.

    Work that ends before the first line is due says nothing. On a terminal there is one line, written over.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = self._said = time.monotonic()
        self._width = 0  # of the line before; 0: none yet

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` texts are encoded."""
        now = time.monotonic()
        ended = done >= total
        if now - self._said < EVERY and not (ended and self._width):
            return
        self._said = now
        left = "" if ended else f", {_about((now - self._began) / done * (total - done))}"
        self._say(f"Encoding {self._what}: {done:,} of {total:,}{left}", ended)

    def _say(self, line: str, ended: bool) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{line.ljust(self._width)}", err=True, nl=ended)
        else:
            click.echo(line, err=True)
        self._width = len(line)


def _about(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes == 0:
        return "less than a minute"
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"
