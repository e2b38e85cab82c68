"""The index of the articles is made before Rasa needs it, once, with progress, and asking for it costs little."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot import passage_index, progress
from bot.encoding import cache, shipped
from bot.settings import get_settings
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def folder(own_knowledge: Path, tmp_path: Path, encode: Callable, monkeypatch: pytest.MonkeyPatch):
    """A knowledge folder with one article, and an empty cache."""
    for path in (own_knowledge / "articles").glob("*.md"):
        if path.stem != "low-mood":
            path.unlink()
    monkeypatch.setenv("ATTUNE_KNOWLEDGE", str(own_knowledge))
    monkeypatch.setenv("ATTUNE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "get_encoder", lambda: encode)
    monkeypatch.setattr(shipped, "PATH", tmp_path / "none.sqlite3")
    monkeypatch.setattr(passage_index, "ensure_encoder", lambda say: None)
    get_settings.cache_clear()
    yield own_knowledge
    monkeypatch.undo()
    get_settings.cache_clear()


def test_it_is_made_once_and_again_when_an_article_changes(folder: Path) -> None:
    said: list[str] = []
    assert not passage_index.is_made()
    assert passage_index.make(said.append)
    assert passage_index.is_made()
    assert not passage_index.make(said.append)
    assert said == ["Articles: encoding the passages"]
    article = folder / "articles" / "low-mood.md"
    article.write_text(article.read_text("utf-8") + "\n## Zebras\n\nZebras graze beside zebras.\n", "utf-8")
    assert not passage_index.is_made()


def test_it_says_how_many_texts_are_encoded(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)
    monkeypatch.setattr(cache, "PORTION", 5)
    passage_index.make(lambda line: None)
    shown = capsys.readouterr().err.splitlines()
    assert shown[0].startswith("Encoding passages: 5 of ")
    assert len({line.split(" of ")[1].split(",")[0] for line in shown}) == 1  # one count for passages and their names


def test_rasa_finds_what_was_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(texts: list[str]) -> None:
        raise AssertionError(texts)

    passage_index.make(lambda line: None)
    monkeypatch.setattr(cache, "get_encoder", lambda: never)
    assert {passage.article for passage in passage_index.open_library().index.passages} == {"low-mood"}


def test_without_articles_there_is_nothing_to_make(folder: Path) -> None:
    (folder / "articles" / "low-mood.md").unlink()
    assert passage_index.is_made()


def test_a_broken_article_is_named_before_anything_starts(folder: Path) -> None:
    (folder / "articles" / "low-mood.md").write_text("half saved", "utf-8")
    with pytest.raises(KnowledgeError, match=r"low-mood\.md:1"):
        passage_index.is_made()


def test_asking_for_it_loads_neither_encoder_nor_search() -> None:
    code = (
        "import sys; from bot import passage_index; passage_index.is_made(); "
        "print([name for name in ('bm25s', 'onnxruntime', 'rasa') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown == "[]\n"
