"""`attune bench`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from bot.bench.machine import in_words, machine
from bot.bench.plugged import available, measure
from bot.bench.processes import BenchError
from bot.bench.report import as_dict, cells, headings, markdown, write_into
from bot.bench.sections import QUICK, TITLES, Comparison, Size
from bot.cli.lines import note
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.bench.results import Section

PAGE = ROOT / "docs" / "performance.md"
IMAGES = ROOT / "docs" / "images" / "bench"
FIGURES = ROOT / "docs" / "bench.json"


def _named(context: click.Context, parameter: click.Parameter, value: str | None) -> list[str]:
    known = [*TITLES, *available()]
    names = [name.strip() for name in (value or ",".join(known)).split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}. There are: {', '.join(known)}.")
    return names


@click.command(name="bench")
@click.option("--only", callback=_named, metavar="SECTIONS",
              help=f"Sections, separated by commas: {', '.join([*TITLES, *available()])}.")  # fmt: skip
@click.option("--quick", is_flag=True, help="A short run, to try it: few turns, at most 8 parents.")
@click.option("--default", "with_default", is_flag=True,
              help="Also Rasa's default configuration, trained on a part of this project's data.")  # fmt: skip
@click.option("--per-label", default=30, show_default=True, help="With --default: phrasings of each label; 0 is all.")
@click.option("--epochs", default=100, show_default=True, help="With --default: epochs of DIET and TED (Rasa's: 100).")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Also write everything measured here.")
@click.option("--write", is_flag=True, help="Put tables, pictures and JSON into docs/ (performance.md, bench.json).")
def command(
    only: list[str], quick: bool, with_default: bool, per_label: int, epochs: int, json_file: Path | None, write: bool
) -> None:
    """Measure speed and size beside a bare Rasa, on this machine and the same messages.

    Each system is trained, started, questioned and stopped, one after the other, on ports and in a folder of its
    own. The floor is an echo bot of keywords and rules behind Rasa's REST channel. A whole run takes about a quarter
    of an hour, a quick one two minutes; nothing else should run on the machine meanwhile.

    \b
      attune bench --quick --only turns,start,memory
      attune bench --default --write          # what docs/performance.md shows
    """
    about = machine()
    try:
        sections = _measured(set(only), QUICK if quick else Size(), with_default, per_label, epochs)
        sections += [measure(name, quick, note) for name in available() if name in only]
    except BenchError as error:
        raise click.ClickException(str(error)) from None
    _show(about, sections)
    everything = json.dumps(as_dict(about, sections), indent=1)
    if json_file:
        json_file.write_text(everything, "utf-8")
    if write:
        from bot.bench.pictures import write_pictures

        FIGURES.write_text(everything + "\n", "utf-8")
        write_into(PAGE, markdown(about, sections, write_pictures(sections, IMAGES)))
        note(f"Wrote {PAGE.relative_to(ROOT)}, {FIGURES.relative_to(ROOT)} and {IMAGES.relative_to(ROOT)}/")


def _measured(wanted: Collection[str], size: Size, default: bool, per_label: int, epochs: int) -> list[Section]:
    from bot.bench.systems import Attune, BareRasa, systems
    from bot.cli.run import fitting_or_trained

    compared = [name for name in TITLES if name in wanted]
    if not compared:
        return []
    fitting_or_trained()  # what is measured is the start, not a training on the way
    comparison = Comparison(compared, size, note)
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as name:
        folder = Path(name)
        for system in systems(folder, default, per_label, epochs):
            comparison.measure(system)
            if isinstance(system, BareRasa) and system.phrasings:
                comparison.remark(f"default: {system.phrasings} phrasings, {epochs} epochs")
        if {"start", "memory"} & set(compared):
            comparison.plain_way(Attune(folder, ATTUNE_TENSORFLOW="on"))
    return comparison.sections()


def _show(about: dict[str, object], sections: list[Section]) -> None:
    console = Console()
    console.print(in_words(about), highlight=False)
    for section in sections:
        table = Table(box=None, pad_edge=False, title=section.title, title_justify="left")
        for heading in headings(section):
            table.add_column(heading, justify="left" if heading in {"", "unit", "reach"} else "right")
        for row in section.rows:
            table.add_row(*cells(section, row))
        console.print("", table)
        for remark in section.notes:
            console.print(f"  {remark}", highlight=False, markup=False)
