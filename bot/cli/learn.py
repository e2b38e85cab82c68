"""`attune learn`."""

from __future__ import annotations

import fcntl
import getpass
import json
import shutil
import sys
import time
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import click

from bot.cli.django_command import manage
from bot.cli.lines import note
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.learning.gate import Verdict
    from bot.learning.learn import Workshop
    from bot.learning.plan import Plan
    from bot.learning.rows import Phrasing

TRIES, PAUSE = 4, 5.0  # of noting what was learnt, and seconds between them: a database may be locked for a while


@click.command(name="learn")
@click.option("--dry-run", is_flag=True, help="Show what would be learnt, and stop.")
@click.option("--yes", is_flag=True, help="Learn without asking: for a timer. The gate decides as always.")
@click.option(
    "--label", "wanted", multiple=True, metavar="LABEL", help="Only corrections to this label; may be repeated."
)
@click.option("--undo", is_flag=True, help="Take the last learning back: its phrasings and its model.")
@click.option("--by", default=getpass.getuser, help="Who promotes, for the model's card; default: your login name.")
def command(dry_run: bool, yes: bool, wanted: tuple[str, ...], undo: bool, by: str) -> None:
    """Make training phrasings of what staff corrected, train on them, and use the new model if it is as safe.

    What a parent wrote is masked; what is known already, or measures, is left out. The change is shown as a diff, and
    you are asked. Then a model is trained beside the one in use, both are measured on tests/eval, and the new one is
    used only if crisis recall, false alarms and intents fall neither below the floor nor below what chance explains of
    the current model. Otherwise nothing changes, and the reasons are printed. A running `attune run` takes the new
    model up without losing a turn. Training and measuring take some minutes. Lines of conversations that parents had
    erased, and of corrections that staff took back, are taken out first, whatever the new model is like.

    \b
      attune learn --dry-run
      attune learn
      attune learn --undo
    """
    from bot.learning.workshop import OwnProcesses

    if undo:
        _take_back(OwnProcesses(by), yes)
        return
    plan = _plan(wanted)
    _show(plan)
    if dry_run:
        return
    _note_late(plan)
    if not plan.changes:
        return
    if not yes:
        click.confirm("\nTrain on this?", abort=True)
    _learn(plan, OwnProcesses(by))


def _plan(wanted: tuple[str, ...]) -> Plan:
    from bot.evaluation.recorded import EVAL
    from bot.learning.files import read_folder
    from bot.learning.plan import make_plan, measured_texts, next_batch, only
    from bot.learning.rows import Corrected
    from bot.understanding.examples import load_examples

    waiting = json.loads(manage("waiting_corrections"))
    corrected = [Corrected.read(raw) for raw in waiting["corrections"]]
    reviewed = read_folder(get_settings().reviewed)
    learnt = set(reviewed)
    written = [example for example in load_examples() if example not in learnt]
    batch = next_batch(date.today().isoformat(), [*waiting["batches"], *(example.batch for example in reviewed)])
    chosen = only(corrected, wanted) if wanted else corrected
    return make_plan(chosen, written, reviewed, measured_texts(EVAL), batch, waiting["withdrawn"])


def _show(plan: Plan) -> None:
    if plan.standing:
        click.echo(f"Learnt already: {len(plan.standing)} corrections whose lines stand in data/nlu/reviewed.")
    for one in plan.left_out:
        click.echo(f"Left out: {one.text[:80]!r}: {one.why}")
    if not plan.changes:
        click.echo("There is nothing to learn: no correction waits that would change a model.")
        return
    click.echo(f"\n{len(plan.added)} phrasings to learn, {plan.removed} to take out, {len(plan.left_out)} left out.\n")
    for line in plan.diff.splitlines():
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        click.secho(line, fg=colour)


@contextmanager
def _candidate(plan: Plan) -> Iterator[Path]:
    """A folder for the phrasings of the candidate, for one learning at a time; empty again at the end.

    Refuses a plan that was made before another learning ended: it would take out what that one learnt.
    """
    from bot.learning.files import read_folder

    folder = get_settings().var / "learning"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException("Another learning is running. Wait until it has ended.") from None
        if tuple(read_folder(get_settings().reviewed)) != plan.before:
            raise click.ClickException(
                "Another learning has ended since this change was shown. Nothing was changed by this one: run it again "
                "to see the change as it is now."
            )
        try:
            yield folder / "candidate"
        finally:
            shutil.rmtree(folder / "candidate", ignore_errors=True)


def _learn(plan: Plan, workshop: Workshop) -> None:
    from bot.learning.learn import learn

    with _candidate(plan) as candidate:
        taken_out = _withdraw(plan.withdrawal, candidate, workshop)
        if not plan.added and plan.removed == taken_out:
            return
        outcome = learn(plan, get_settings().reviewed, candidate, workshop, note)
    if outcome.verdict:
        _show_figures(outcome.verdict)
    if not outcome.promoted:
        click.echo("\nThe current model stays, and nothing was learnt. The new one would have been worse:", err=True)
        for reason in outcome.verdict.reasons if outcome.verdict else ():
            click.echo(f"- {reason}", err=True)
        click.echo(
            "The corrections wait on. Try some of them with --label, or look at them again in the console.", err=True
        )
        sys.exit(1)
    _mark(_marks(plan))
    click.echo(f"\nPromoted: {outcome.model}. `attune learn --undo` takes it back.")


def _withdraw(plan: Plan, candidate: Path, workshop: Workshop) -> int:
    """Takes out the lines of erased conversations and of corrections that were taken back, and returns how many there were."""
    from bot.learning.learn import withdraw

    if plan.removed:
        outcome = withdraw(plan, get_settings().reviewed, candidate, workshop)
        _mark(_marks(plan))
        click.echo(f"Taken out: {plan.removed} lines of what was erased or taken back. In use: {outcome.model}.")
    return plan.removed


def _note_late(plan: Plan) -> None:
    """Notes what an earlier learning did and could not note any more: turns it learnt, lines it took out.

    Without that, erasing one of these conversations would not take its line out.
    """
    rows = [_row(phrasing) | {"batch": brought} for phrasing, brought in plan.standing]
    taken_out = [] if plan.withdrawal.removed else plan.withdrawn
    if rows or taken_out:
        _mark({"batch": plan.batch, "learnt": rows, "withdrawn": taken_out})


def _mark(marks: dict[str, object]) -> None:
    for left in reversed(range(TRIES)):
        try:
            manage("mark_learnt", given=json.dumps(marks))
        except click.ClickException as problem:
            if not left:
                raise click.ClickException(
                    f"What was learnt could not be noted in the database. Run `attune learn` again soon: it makes up "
                    f"for it.\n{problem.message}"
                ) from problem
            time.sleep(PAUSE)
        else:
            return


def _marks(plan: Plan) -> dict[str, object]:
    return {"batch": plan.batch, "learnt": [_row(one) for one in plan.added], "withdrawn": plan.withdrawn}


def _row(phrasing: Phrasing) -> dict[str, object]:
    from bot.learning.files import digest

    line = digest(phrasing.label, phrasing.text)
    return {"turn": phrasing.key, "label": phrasing.label, "digest": line, "seen": phrasing.seen}


def _show_figures(verdict: Verdict) -> None:
    click.echo(f"\n{'figure':<34}{'current':>9}{'new':>9}")
    for name, current, new in verdict.compared:
        before = "" if current is None else f"{current:.3f}"
        click.echo(f"{name:<34}{before:>9}{new:>9.3f}")


def _take_back(workshop: Workshop, yes: bool) -> None:
    from bot.learning.files import read_folder
    from bot.learning.learn import take_back
    from bot.learning.plan import without_last_batch

    settings = get_settings()
    plan = without_last_batch(read_folder(settings.reviewed))
    if plan is None:
        raise click.ClickException("Nothing was learnt that could be taken back.")
    click.echo(plan.diff)
    if not yes:
        click.confirm(f"Take the learning {plan.batch} back?", abort=True)
    with _candidate(plan) as candidate:
        outcome = take_back(plan, settings.reviewed, candidate, workshop)
    _mark({"batch": plan.batch, "undone": True})
    click.echo(f"Taken back. In use: {outcome.model}. Its corrections are not learnt again until they are changed.")
