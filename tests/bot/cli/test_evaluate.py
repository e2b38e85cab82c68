"""`attune eval`: what is shown, written and returned, with figures made up."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from bot.cli import evaluate
from bot.evaluation.report import Report
from bot.evaluation.statistics import Share, reliability
from bot.evaluation.suites import ABOUT, SUITES
from bot.evaluation.understanding import Confusion

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The suites that were asked for; nothing is measured."""
    found: list[tuple[str, ...]] = []

    def measured(folder: Path, suites: tuple[str, ...], model: str | None) -> Report:
        found.append(suites)
        report = Report(
            recalls={"feel_low": Share(1, 4), "greet": Share(2, 2)},
            confusion=Confusion({("feel_low", f"label_{n:02}"): 20 - n for n in range(20)}),
            reliability=reliability([0.9], [True]),
            wrong=[{"suite": "intents", "text": "so [sad]", "label": "feel_low", "got": "greet"}],
        )
        report.add("intents", "acceptable", Share(3, 6))
        report.add_number("intents", "macro recall", 0.625, 2)
        return report

    monkeypatch.setattr(evaluate, "_measured", measured)
    return found


def test_the_table_is_short(asked: list[tuple[str, ...]], tmp_path: Path) -> None:
    result = CliRunner().invoke(evaluate.command, [str(tmp_path)])
    assert result.exit_code == 0
    assert asked == [SUITES]
    assert "0.500" in result.output
    assert "0.188-0.812" in result.output
    assert result.output.count("label_") == 15
    assert "so [sad]" not in result.output
    assert "greet" not in result.output


def test_long_lists_come_when_asked_for(asked: list[tuple[str, ...]], tmp_path: Path) -> None:
    output = CliRunner().invoke(evaluate.command, [str(tmp_path), "--wrong", "--suite", "intents"]).output
    assert asked == [("intents",)]
    assert output.index("feel_low   0.250") < output.index("greet      1.000")
    assert "'so [sad]' is feel_low, read as greet" in output


@pytest.mark.usefixtures("asked")
def test_json_and_pictures_are_written(tmp_path: Path) -> None:
    arguments = [str(tmp_path), "--json", str(tmp_path / "f.json"), "--plots", str(tmp_path / "p")]
    result = CliRunner().invoke(evaluate.command, arguments)
    assert result.exit_code == 0
    content = json.loads((tmp_path / "f.json").read_text("utf-8"))
    assert len(content["confusions"]) == 20
    assert {path.name for path in (tmp_path / "p").iterdir()} == {"confusion.svg", "reliability.svg"}
    assert "reliability.svg" in result.output


@pytest.mark.usefixtures("asked")
def test_below_the_floor_of_the_default_folder_ends_with_one() -> None:
    result = CliRunner().invoke(evaluate.command, [])
    assert result.exit_code == 1
    assert "Below the floor: intents.acceptable is 0.500" in result.output


def test_help_teaches_every_suite_at_once() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from bot.cli import cli; "
        "print(CliRunner().invoke(cli, ['eval', '--help']).output); "
        "assert not {'rasa', 'spacy', 'sklearn'} & set(sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert [name for name, about in ABOUT.items() if f"{name} {about}" not in lines] == []


def test_an_unknown_suite_is_refused() -> None:
    assert CliRunner().invoke(evaluate.command, ["--suite", "dance"]).exit_code == 2
