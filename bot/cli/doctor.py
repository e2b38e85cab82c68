"""`attune doctor`."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.table import Table

from bot.doctor import examine

MARKS = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "fail": "[red]fail[/]"}


@click.command(name="doctor")
def command() -> None:
    """Check settings, content and machine; exit code 1 when something must be mended.

    A note is something to know (articles not yet clinically reviewed); a fail is something to mend
    (a stale helpline, no disk space, a secret that others can read).
    """
    findings = examine()
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        table.add_row(MARKS[finding.state], finding.subject, finding.text)
    Console().print(table)
    sys.exit(1 if any(finding.state == "fail" for finding in findings) else 0)
