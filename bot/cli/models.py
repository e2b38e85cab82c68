"""`attune models`."""

from __future__ import annotations

import getpass

import click
from rich.measure import Measurement
from rich.table import Table

from bot import register
from bot.cli.lines import WIDE, console
from bot.model_card import cards
from bot.models import model_to_use, put_in_use
from bot.settings import get_settings

FIGURES = (
    ("crisis.alarm", "crisis alarm"),
    ("crisis.ordinary lines alarmed", "false alarm"),
    ("intents.acceptable", "understood"),
)


@click.command(name="models")
@click.option("--use", "name", metavar="NAME", help="Put this model in use, for the data as it is now.")
@click.option("--back", is_flag=True, help="Roll back: put the model in use that was so before the last choice.")
@click.option("--why", default="", help="A reason, for the model's card.")
@click.option("--by", default=getpass.getuser, help="Who decides, for the model's card; default: your login name.")
def command(name: str | None, back: bool, why: str, by: str) -> None:
    """List the models with their figures, or put another one in use.

    A running `attune run` takes the change up without losing a turn; a Rasa of `attune serve` takes it up when it is
    restarted. A choice holds until data, configuration or code
    change: then the model is used that fits them. Rolling back leaves data/nlu as it is; `attune learn --undo` also
    takes out what was learnt.
    """
    if name or back:
        chosen = name or _before()
        put_in_use(chosen, by, why or ("rolled back" if back else "chosen by hand"))
        click.echo(f"In use from now on: {chosen}")
        return
    _list()


def _before() -> str:
    choice = register.read(get_settings().models).choice
    if choice is None or choice.before is None:
        raise click.ClickException("No other model was in use before. `attune models` lists those there are.")
    return choice.before


def _list() -> None:
    folder = get_settings().models
    entries = register.read(folder).entries
    selected = model_to_use()
    listed = cards(folder)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))  # fits into 80 columns
    for heading in ("", "model", "trained", "learnt", *(short for _, short in FIGURES)):
        left = heading in {"", "model", "trained"}
        table.add_column(heading.replace(" ", "\n"), no_wrap=True, justify="left" if left else "right")
    for card in listed:
        mark = "in use" if selected and selected.name == card.name else "" if card.name in entries else "removed"
        values = [f"{card.figures[key].value:.3f}" if key in card.figures else "" for key, _ in FIGURES]
        table.add_row(mark, card.name, card.trained[:10], f"{card.rows_learnt} of {card.phrasings}", *values)
    # Never cut, even where the terminal is narrower: names are copied from here for --use.
    shown = console()
    shown.width = max(shown.width, Measurement.get(shown, shown.options.update(max_width=WIDE), table).maximum)
    shown.print(table)
    for card in listed:
        if card.promoted:
            click.echo(f"{card.name} was put in use by {card.promoted['by']}: {card.promoted['why']}")
    if selected:
        click.echo(f"\n{selected.name} is in use: {selected.why}.")
    else:
        click.echo("\nNo model fits the data as it is now. `attune train` makes one.")
