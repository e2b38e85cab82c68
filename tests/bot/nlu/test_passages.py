"""Articles that change are found by the model in use, whether somebody writes meanwhile or not."""

from __future__ import annotations

import gc
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.encoder import VECTOR
from bot.nlu.passages import ANSWERED, PASSAGES, PassageSearch
from bot.nlu.tidying import TIDIED
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONFIG = {"most": 10, "look_every": 0.01}
ZEBRAS = "\n## Zebras\n\nZebras graze beside zebras.\n"


@pytest.fixture
def article(own_knowledge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encode) -> Iterator[Path]:
    """One of the two articles that there are, to change."""
    for path in list((own_knowledge / "articles").glob("*.md")):
        if path.stem not in {"delayed-bond", "low-mood"}:
            path.unlink()
    monkeypatch.setenv("ATTUNE_KNOWLEDGE", str(own_knowledge))
    monkeypatch.setenv("ATTUNE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("bot.encoding.cache.encode_cached", lambda texts, report: encode(texts))
    get_settings.cache_clear()
    yield own_knowledge / "articles" / "low-mood.md"
    monkeypatch.undo()
    get_settings.cache_clear()


def save(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1_000_000))


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "articles"]


@pytest.fixture
def loaded(article: Path) -> Iterator[list[PassageSearch]]:
    """A component as a model in use has it, in a list so that the test can let go of it; its thread ends with it."""
    before = set(threads())
    held = [PassageSearch.load(CONFIG, None, None, None)]
    (thread,) = set(threads()) - before
    yield held
    held.clear()
    gc.collect()
    thread.join(5)
    assert not thread.is_alive()


def finds_zebras(component: PassageSearch, encode) -> bool:
    made = Message({"text": "zebras graze"})
    made.set(VECTOR, encode(["zebras graze"])[0])
    made.set(TIDIED, "zebras graze")
    component.process([made])
    assert made.get(ANSWERED) is not None
    return any(row["heading"] == "Zebras" for row in made.get(PASSAGES))


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


def test_the_first_message_after_a_save_is_answered_from_the_new_words(
    article: Path, loaded: list[PassageSearch], encode
) -> None:
    (component,) = loaded
    assert not finds_zebras(component, encode)
    before = component._library.index
    save(article, article.read_text("utf-8") + ZEBRAS)
    until(lambda: component._library.index is not before)  # nobody writes meanwhile
    assert finds_zebras(component, encode)


def test_a_broken_article_and_any_other_fault_leave_the_old_index_and_later_changes_are_seen(
    article: Path,
    loaded: list[PassageSearch],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    encode,
) -> None:
    (component,) = loaded
    before, whole = component._library.index, article.read_text("utf-8")
    save(article, "half saved")
    until(lambda: "low-mood.md:1" in caplog.text)
    refresh = component._library.refresh
    monkeypatch.setattr(component._library, "refresh", lambda: 1 / 0)
    until(lambda: "ZeroDivisionError" in caplog.text)
    assert component._library.index is before
    monkeypatch.setattr(component._library, "refresh", refresh)
    caplog.clear()  # its traceback holds the component
    save(article, whole + ZEBRAS)
    until(lambda: component._library.index is not before)
    assert finds_zebras(component, encode)


def test_a_component_that_was_let_go_is_kept_by_nothing(loaded: list[PassageSearch]) -> None:
    gone = weakref.ref(loaded[0])
    loaded.clear()
    until(lambda: gone() is None)


def test_a_training_looks_at_no_articles(article: Path) -> None:
    before = set(threads())
    component = PassageSearch.create(CONFIG, None, None, None)
    assert component._library.index.passages
    assert set(threads()) == before
