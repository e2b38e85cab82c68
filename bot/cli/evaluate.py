"""`attune eval`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml
from rich.console import Console
from rich.table import Table

from bot.cli.lines import note
from bot.settings import ROOT

if TYPE_CHECKING:
    from bot.evaluation.suites import Report

DEFAULT = ROOT / "tests" / "eval"
FLOOR = DEFAULT / "floor.yml"


@click.command(name="eval")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=DEFAULT)
@click.option("--suite", "suites", multiple=True, type=click.Choice(["intents", "crisis", "retrieval", "voices"]),
              help="Only these (may be repeated). `voices` trains without each voice in turn: some ten minutes.")  # fmt: skip
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Also write all figures and errors here.")
@click.option("--wrong", is_flag=True, help="List the lines that went wrong.")
def command(folder: Path, suites: tuple[str, ...], json_file: Path | None, wrong: bool) -> None:
    """Measure quality on FOLDER (default: the project's own tests/eval).

    Exit code 1 when a figure on the default folder is below tests/eval/floor.yml.
    """
    from bot.evaluation.suites import SUITES, evaluate
    from bot.runtime import load_agent

    chosen = [name for name in suites if name != "voices"] or ([] if "voices" in suites else list(SUITES))
    report = evaluate(load_agent(report=note), folder, chosen, note)
    if "voices" in suites:
        _voices(report)
    _show(report, wrong)
    if json_file:
        content = {"figures": [f.as_dict() for f in report.figures], "wrong": report.wrong}
        json_file.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
    if folder.resolve() == DEFAULT:
        sys.exit(1 if _below_floor(report) else 0)


def _voices(report: Report) -> None:
    from bot.evaluation.left_out import read_left_out
    from bot.evaluation.statistics import share

    rows = read_left_out(note)
    report.add("voices", "acceptable", share([row.acceptable for row in rows]))
    for voice in sorted({row.example.voice for row in rows}):
        report.add("voices", f"acceptable {voice}", share([r.acceptable for r in rows if r.example.voice == voice]))


def _show(report: Report, wrong: bool) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("suite", "figure", "value", "95 %", "of"):
        table.add_column(heading, justify="left" if heading in {"suite", "figure"} else "right")
    for figure in report.figures:
        bounds = f"{figure.interval[0]:.3f}-{figure.interval[1]:.3f}" if figure.interval else ""
        table.add_row(figure.suite, figure.name, f"{figure.value:.3f}", bounds, str(figure.of))
    console = Console()
    console.print(table)
    for row in report.wrong if wrong else ():
        console.print(f"{row['suite']}: {row['text']!r} is {row['label']}, read as {row['got']}", markup=False)


def _below_floor(report: Report) -> bool:
    """Say which figures are below (or, for errors, above) what floor.yml allows."""
    floor = yaml.safe_load(FLOOR.read_text("utf-8"))
    below = False
    for side, sign in (("at_least", 1), ("at_most", -1)):
        for name, limit in (floor.get(side) or {}).items():
            value = report.value(name)
            if value is not None and sign * value < sign * limit:
                below = True
                click.echo(
                    f"Below the floor: {name} is {value:.3f}, floor.yml wants {side.replace('_', ' ')} {limit}",
                    err=True,
                )
    return below
