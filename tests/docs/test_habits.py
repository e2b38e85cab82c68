"""The Makefile, the hooks before a commit, the templates and the version say what is so."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
import tomli
import yaml

from tests.docs.pages import ROOT, page

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATES = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.md"))


# The Makefile


def targets(documented: bool) -> list[str]:
    """Targets of the Makefile in their order: all, or those with a line for `make help`."""
    return re.findall(rf"^([a-zA-Z][\w-]*):(?!=){'.*## ' if documented else ''}", page("Makefile"), re.MULTILINE)


def test_every_target_is_documented_and_none_is_taken_for_a_file() -> None:
    (phony,) = re.findall(r"^\.PHONY:((?:.*\\\n)*.*)$", page("Makefile"), re.MULTILINE)
    assert targets(documented=True) == targets(documented=False)
    assert sorted(phony.replace("\\\n", " ").split()) == sorted(targets(documented=True))


def test_help_shows_every_target_with_what_it_does() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = re.findall(r"^  make ([\w-]+) +\S", shown, re.MULTILINE)
    assert lines == targets(documented=True)


def test_help_shows_targets_with_digits_and_underscores_too(tmp_path: Path) -> None:
    recipe = re.search(r"^help:.*\n\t.*$", page("Makefile"), re.MULTILINE)
    assert recipe
    (tmp_path / "Makefile").write_text(f"{recipe.group()}\n\nround_2: ## Once more\n\t@true\n", "utf-8")
    shown = subprocess.run(["make", "help"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert re.search(r"^  make round_2 +Once more$", shown, re.MULTILINE)


# The hooks


def hooks() -> list[dict[str, object]]:
    repos = yaml.safe_load(page(".pre-commit-config.yaml"))["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    return [hook for repo in repos for hook in repo["hooks"]]


def test_hooks_fetch_nothing_and_run_from_the_environment() -> None:
    for hook in hooks():
        assert hook["language"] == "system", hook["id"]
        assert str(hook["entry"]).startswith(".venv/bin/"), hook["id"]


def test_every_tool_of_make_check_is_a_hook() -> None:
    recipe = page("Makefile").split("\ncheck:")[1].split("\n\n")[0]
    tools = set(re.findall(r"\$\(BIN\)/(\S+(?: check| format)?)", recipe))
    assert tools == {"ruff check", "ruff format", "mypy", "lint-imports"}
    entries = [str(hook["entry"]).removeprefix(".venv/bin/") for hook in hooks()]
    assert {tool for tool in tools if not any(entry.startswith(tool) for entry in entries)} == set()


# Templates


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_an_issue_template_says_what_it_is_for(template: Path) -> None:
    front = yaml.safe_load(template.read_text("utf-8").split("---\n")[1])
    assert front["name"]
    assert front["about"]


def test_the_template_of_a_problem_asks_for_no_words_of_a_parent() -> None:
    assert "No words of a real parent" in page(".github/ISSUE_TEMPLATE/problem.md")


# The version


def test_the_version_is_that_of_the_newest_heading_of_the_changelog() -> None:
    version = tomli.loads(page("pyproject.toml"))["project"]["version"]
    newest = re.search(r"^## (\S+?),? ", page("CHANGELOG.md"), re.MULTILINE)
    assert newest
    assert newest.group(1) == version


# Exceptions from the checks


def test_every_type_that_is_not_checked_says_why() -> None:
    sources = [path for folder in ("bot", "actions", "knowledge") for path in (ROOT / folder).rglob("*.py")]
    bare = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"# type: ignore(?:\[[^\]]*\])?\s*$", line)
    ]
    assert bare == []
