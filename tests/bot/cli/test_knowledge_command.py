"""`attune knowledge`: import, check, list and undo as a person uses them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from bot.cli.knowledge import command
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TEXT = "# A title\n\n## A heading\n\n" + "Some words that make a passage of their own. " * 8


@pytest.fixture
def attune(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    monkeypatch.setenv("ATTUNE_KNOWLEDGE", str(tmp_path / "empty"))
    monkeypatch.setenv("ATTUNE_VAR", str(tmp_path / "var"))
    get_settings.cache_clear()
    yield lambda *arguments: CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    get_settings.cache_clear()


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "a.md"
    path.write_text(TEXT, "utf-8")
    return str(path)


def test_an_article_is_imported_into_an_empty_folder_listed_checked_and_taken_back(
    attune: Callable[..., Result], source: str, tmp_path: Path
) -> None:
    file = tmp_path / "empty" / "articles" / "a-title.md"
    dry = attune("import", "--no-topics", "--dry-run", source)
    assert "+## A heading" in dry.stdout
    assert not file.exists()
    done = attune("import", "--no-topics", source)
    assert done.exit_code == 0
    assert "has no sources" in done.stdout
    assert file.exists()
    assert json.loads(attune("list", "--json").stdout)["headings"] == ["A heading"]
    checked = attune("check", "--json")
    assert checked.exit_code == 1
    assert {json.loads(line)["about"] for line in checked.stdout.splitlines()} >= {"sources", "topics"}
    assert "removed" in attune("undo").stdout
    assert not file.exists()


def test_a_bad_source_is_named_and_nothing_is_written(
    attune: Callable[..., Result], source: str, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"%PDF-1.7 \x00")
    failed = attune("import", "--no-topics", source, str(bad))
    assert failed.exit_code == 1
    assert f"attune: {bad}: is not text. Fix: save it as" in failed.stderr
    assert "Nothing was changed: 1 of 2 sources cannot be imported." in failed.stderr
    assert not (tmp_path / "empty").exists()


def test_an_empty_folder_says_how_to_begin(attune: Callable[..., Result]) -> None:
    assert "attune knowledge import --help" in attune("list").stderr
    assert "attune knowledge import --help" in attune("check").stderr


def test_the_help_teaches(attune: Callable[..., Result]) -> None:
    text = attune("import", "--help").stdout
    assert "attune knowledge import --dry-run https://practice.example/blog/bonding" in text
