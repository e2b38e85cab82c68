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

from bot import register
from bot.cli.lines import note
from bot.evaluation.recorded import EVAL as DEFAULT
from bot.evaluation.recorded import record
from bot.evaluation.suites import ABOUT, OF_FOLDER, PLAYED, SUITES

if TYPE_CHECKING:
    from bot.evaluation.report import Report

FLOOR = DEFAULT / "floor.yml"
CONFUSIONS = 15  # pairs shown in the terminal; the JSON has all
HELP = "\n".join(
    [
        "Measure quality on FOLDER (default: the project's own tests/eval).",
        "",
        "\b",
        "Suites:",
        *(f"  {name:<10} {about}" for name, about in ABOUT.items()),
        "",
        "Exit code 1 when a figure on the default folder is below tests/eval/floor.yml. docs/performance.md says",
        "what each figure means and how to read the pictures.",
        "",
        "\b",
        "  attune eval --plots pictures --json figures.json",
        "  attune eval --suite crisis --wrong",
        "  attune eval --suite dialogues --wrong",
        "  attune eval --suite voices --suite curve --plots pictures",
    ]
)


@click.command(name="eval", help=HELP)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=DEFAULT)
@click.option("--suite", "suites", multiple=True, type=click.Choice(list(ABOUT)), metavar="NAME",
              help="Only this one; may be repeated.")  # fmt: skip
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Also write everything measured here.")
@click.option(
    "--plots", type=click.Path(file_okay=False, path_type=Path), help="Also draw it: SVG files in this folder."
)
@click.option("--model", metavar="NAME", help="Measure this model of `attune models`; default: the one in use.")
@click.option("--wrong", is_flag=True, help="List recall by label and the lines that went wrong.")
def command(
    folder: Path,
    suites: tuple[str, ...],
    json_file: Path | None,
    plots: Path | None,
    model: str | None,
    wrong: bool,
) -> None:
    """Measure, show, write; see HELP."""
    report = _measured(folder, suites or SUITES, model)
    _show(report, wrong)
    if json_file:
        json_file.write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=1), "utf-8")
    if plots:
        _draw(report, plots)
    if folder.resolve() == DEFAULT:
        sys.exit(1 if _below_floor(report) else 0)


def _measured(folder: Path, suites: tuple[str, ...], model: str | None) -> Report:
    from bot.evaluation.report import Report
    from bot.evaluation.suites import evaluate, without_a_model

    report = Report()
    if set(suites) & set(OF_FOLDER):
        # Imported here: Rasa takes seconds, and neither --help nor the other suites need it.
        from bot.runtime import load_agent

        agent = load_agent(report=note, model=model)
        report = evaluate(agent, folder, suites, note)
        if folder.resolve() == DEFAULT and set(SUITES) <= set(suites) and agent.processor:
            record(agent.processor.model_filename.removesuffix(register.SUFFIX), report)
    if PLAYED in suites:
        from bot.dialogues import DialogueError
        from bot.evaluation.dialogue_suite import OWN, measure_dialogues

        try:
            measure_dialogues(OWN if folder.resolve() == DEFAULT else folder, report, note)
        except DialogueError as error:
            raise click.ClickException(str(error)) from None
    without_a_model(suites, report, note)
    return report


def _show(report: Report, wrong: bool) -> None:
    console = Console()
    table = Table(box=None, pad_edge=False)
    for heading in ("suite", "figure", "value", "95 %", "of"):
        table.add_column(heading, justify="left" if heading in {"suite", "figure"} else "right")
    for figure in report.figures:
        bounds = f"{figure.interval[0]:.3f}-{figure.interval[1]:.3f}" if figure.interval else ""
        table.add_row(figure.suite, figure.name, f"{figure.value:.3f}", bounds, str(figure.of))
    console.print(table)
    pairs = report.confusion.pairs() if report.confusion else []
    if pairs:
        table = Table(box=None, pad_edge=False, title="Confused most often", title_justify="left")
        for heading in ("label", "read as", "lines", "of"):
            table.add_column(heading, justify="right" if heading in {"lines", "of"} else "left")
        for pair in pairs[:CONFUSIONS]:
            table.add_row(pair.label, pair.read_as, str(pair.count), str(pair.of))
        console.print("", table)
    if wrong:
        _show_wrong(console, report)


def _show_wrong(console: Console, report: Report) -> None:
    table = Table(box=None, pad_edge=False, title="Recall by label, the lowest first", title_justify="left")
    for heading in ("label", "recall", "of"):
        table.add_column(heading, justify="left" if heading == "label" else "right")
    for label, recall in sorted(report.recalls.items(), key=lambda entry: entry[1].value):
        table.add_row(label, f"{recall.value:.3f}", str(recall.total))
    if report.recalls:
        console.print("", table)
    for row in report.wrong:
        console.print(f"{row['suite']}: {row['text']!r} is {row['label']}, read as {row['got']}", markup=False)


def _draw(report: Report, folder: Path) -> None:
    from bot.evaluation.plots import write_plots

    written = write_plots(report, folder)
    for path in written:
        note(f"Drew {path}")
    if not written:
        note("Nothing to draw: the suites intents, crisis and curve have pictures.")


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
