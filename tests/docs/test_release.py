"""`make release-check` finds what is missing, and says what to do."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.release import of_advisories, of_git, of_versions

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2030, 5, 6)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project that can be released."""
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "2.1.0"\n', "utf-8")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 2.1.0, 2030-05-06\n\n## 2.0.0, 2030-01-01\n", "utf-8")
    widget = tmp_path / "bot/web/widget"
    widget.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        (widget / name).write_text(json.dumps({"version": "2.1.0"}), "utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/advisories.md").write_text("| rasa | … | 2029-01-01 |\n| sanic | … | 2030-03-01 |\n", "utf-8")
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "all")):
        git(tmp_path, *command)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def test_a_folder_that_can_be_released_has_nothing_to_mend(folder: Path) -> None:
    assert [*of_versions(folder, TODAY), *of_advisories(folder, TODAY), *of_git(folder, "2.1.0")] == []


def test_another_version_of_the_widget_is_named(folder: Path) -> None:
    (folder / "bot/web/widget/package.json").write_text('{"version": "2.0.0"}', "utf-8")
    (found,) = of_versions(folder, TODAY)
    assert found == "bot/web/widget/package.json says 2.0.0, pyproject.toml 2.1.0: write 2.1.0 there"


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("2.0.0, 2030-05-06", "does not begin with `## 2.1.0, 2030-05-06`"),
        ("2.1.0, unreleased", "says `unreleased` behind 2.1.0: put the day"),
        ("2.1.0, 2030-05-07", "which is to come"),
    ],
)
def test_the_changelog_has_to_date_the_version(folder: Path, heading: str, said: str) -> None:
    (folder / "CHANGELOG.md").write_text(f"## {heading}\n", "utf-8")
    (found,) = of_versions(folder, TODAY)
    assert said in found


@pytest.mark.parametrize("register", ["", "| rasa | … | 2030-01-01 |"])
def test_an_old_register_of_advisories_is_to_be_looked_through(folder: Path, register: str) -> None:
    (folder / "docs/advisories.md").write_text(register, "utf-8")
    (found,) = of_advisories(folder, TODAY)
    assert "make audit" in found


def test_what_is_not_committed_and_a_tag_of_another_commit_are_found(folder: Path) -> None:
    git(folder, "tag", "v2.1.0")
    assert of_git(folder, "2.1.0") == []
    (folder / "new.txt").write_text("new", "utf-8")
    (found,) = of_git(folder, "2.1.0")
    assert found.startswith("1 files are not committed")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "more")
    (found,) = of_git(folder, "2.1.0")
    assert "raise the version" in found
