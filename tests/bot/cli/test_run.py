"""`attune run` prepares what takes minutes before it starts a process that is waited for."""

from __future__ import annotations

import contextlib

import pytest

from bot import passage_index
from bot.cli import run
from bot.supervisor import StartError


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The subcommands that were run; each ends well."""
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(run, "_attune", lambda *arguments: calls.append(arguments) or 0)
    return calls


def test_articles_without_an_index_are_encoded_in_a_process_of_its_own(called, monkeypatch) -> None:
    monkeypatch.setattr(passage_index, "is_made", lambda: False)
    run._index_articles()
    assert called == [("knowledge", "index")]


def test_an_index_that_is_there_costs_no_process(called, monkeypatch) -> None:
    monkeypatch.setattr(passage_index, "is_made", lambda: True)
    run._index_articles()
    assert called == []


def test_articles_that_cannot_be_encoded_end_the_start(monkeypatch) -> None:
    monkeypatch.setattr(passage_index, "is_made", lambda: False)
    monkeypatch.setattr(run, "_attune", lambda *arguments: 1)
    with pytest.raises(StartError, match="the lines above say why"):
        run._index_articles()


def test_output_to_a_full_disk_ends_nothing(monkeypatch) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        monkeypatch.setattr("sys.stdout", full)
        run._say("Model attune-new answers from now on")
        monkeypatch.undo()
        with contextlib.suppress(OSError):
            full.close()
