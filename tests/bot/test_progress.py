"""Long work says how far it is, seldom, and short work says nothing."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from bot import progress
from bot.progress import Progress


class Watch:
    """A clock and what was written to stderr."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._seconds = 0.0
        self._capsys = capsys
        monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: self._seconds))

    def after(self, seconds: float) -> None:
        self._seconds += seconds

    @property
    def said(self) -> str:
        return self._capsys.readouterr().err


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Watch:
    return Watch(monkeypatch, capsys)


def test_it_says_how_much_is_done_and_how_long_the_rest_takes(watch: Watch) -> None:
    report = Progress("phrasings")
    watch.after(10)
    report(512, 28_500)
    assert watch.said == "Encoding phrasings: 512 of 28,500, about 9 minutes\n"


def test_lines_are_seldom_and_the_last_one_has_all(watch: Watch) -> None:
    report = Progress("phrasings")
    for done in range(500, 3001, 500):
        watch.after(4)
        report(done, 3000)
    assert watch.said.splitlines() == [
        "Encoding phrasings: 1,500 of 3,000, less than a minute",
        "Encoding phrasings: 3,000 of 3,000",
    ]


def test_what_is_soon_done_says_nothing(watch: Watch) -> None:
    report = Progress("phrasings")
    watch.after(3)
    report(25, 25)
    assert watch.said == ""


def test_on_a_terminal_one_line_is_written_over(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    report = Progress("passages")
    watch.after(60)
    report(1000, 2000)
    watch.after(60)
    report(2000, 2000)
    first = "\rEncoding passages: 1,000 of 2,000, about a minute"
    assert watch.said == f"{first}\r{'Encoding passages: 2,000 of 2,000'.ljust(len(first) - 1)}\n"
