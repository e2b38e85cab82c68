"""How fast the console is with years of a practice in it: 100,000 conversations, 1.5 million turns.

`python -m bot.bench.console` fills a database of its own, asks for the inbox with every filter, the search, the
transcript and the metrics as a browser would, prints the times and deletes the database. `bench` does the same for
other code. `--database postgres://...` measures PostgreSQL, on an empty database that is emptied afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

from bot import heap
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

CONVERSATIONS, TURNS = 100_000, 15  # turns of each, on average
ROUNDS = 7
STAFF = "bench"
COUNT = re.compile(rb'role="status">(\d+) conversation')  # as the inbox says it


def bench(
    conversations: int = CONVERSATIONS,
    rounds: int = ROUNDS,
    database: str | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """The figures: `{"database", "conversations", "turns", "fill_seconds", "pages": [...]}`.

    Each page is `{"name", "found", "median_ms", "cpu_ms", "longest_ms"}`, where `found` counts the conversations that
    fit (None for other pages) and `cpu_ms` is the median of the process's own time: with SQLite all of the work, and
    the better figure where others use the machine; with PostgreSQL the server's part is not in it. Measured in a process of its own, with files that are deleted. `database` is a URL as in
    DATABASE_URL. Raises RuntimeError with the last words of the process when it fails.
    """
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as folder:
        environment = {**os.environ, "ATTUNE_VAR": folder, "ATTUNE_ENV": "development"}
        environment |= {"DJANGO_SETTINGS_MODULE": "bot.web.settings", "ATTUNE_ALLOWED_HOSTS": "localhost"}
        environment["DATABASE_URL"] = database or f"sqlite:///{folder}/bench.sqlite3"
        command = [sys.executable, "-m", "bot.bench.console", "--inside"]
        command += ["--conversations", str(conversations), "--rounds", str(rounds)]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        last: list[str] = []
        for line in process.stderr or ():
            last = [*last, line][-20:]
            report(line.rstrip())
        output = process.stdout.read() if process.stdout else ""
        if process.wait() != 0:
            raise RuntimeError("The console could not be measured:\n" + "".join(last))
    found: dict[str, Any] = json.loads(output)
    return found


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _inside(conversations: int, rounds: int) -> dict[str, Any]:
    """Fills the database of the settings and measures; it is emptied of what was made when it is no file of our own."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bot.bench.conversations import fill, make_staff
    from bot.web.chat.models import Conversation

    call_command("migrate", verbosity=0)
    if Conversation.objects.exists():
        raise SystemExit("The database has conversations in it. Give an empty one: measuring empties it.")
    try:
        began = time.perf_counter()
        turns = fill(conversations, TURNS, make_staff(STAFF, STAFF), _say)
        filled = time.perf_counter() - began
        _say(f"{turns:,} turns in {filled:.0f} s; measuring")
        pages = [_measure(name, path, rounds) for name, path in _pages()]
    finally:
        if connection.vendor != "sqlite":
            call_command("migrate", "review", "zero", verbosity=0)
            call_command("flush", interactive=False, verbosity=0)
    return {
        "database": connection.vendor,
        "conversations": conversations,
        "turns": turns,
        "fill_seconds": round(filled, 1),
        "pages": pages,
    }


def _pages() -> list[tuple[str, str]]:
    """What is asked for: names and addresses."""
    from django.contrib.auth import get_user_model

    from bot.web.review.models import Summary

    staff = get_user_model().objects.get(username=STAFF).pk
    middle = Summary.objects.filter(turns__gte=TURNS, turns__lte=TURNS + 5).order_by("-pk").first()
    day = Summary.objects.order_by("-updated")[20].updated.date()
    filters = {
        "tier": "tier=S",
        "any crisis": "tier=any",
        "label": "label=crisis_suicide",
        "intent, common": "intent=feel_disconnected",
        "intent, of few": "intent=crisis_psychosis",
        "confidence below": "below=40",
        "not understood": "sign=fallback",
        "not helpful": "sign=not_helpful",
        "exercise": "sign=exercise",
        "booking": "sign=booking",
        "region": "region=IE",
        "language": "language=en",
        "one day": f"since={day}&until={day}",
        "time of day": "hour_from=22&hour_to=5",
        "length": "least_turns=30",
        "reviewed by": f"reviewer={staff}",
        "assigned to": f"assigned={staff}",
        "tag": "tag=supervision",
        "model": "model=attune-77be",
        "state: not reviewed": "state=open",
        "state: flagged": "state=flagged",
        "state: crisis not opened": "state=unopened",
        "search, common word": "text=baby",
        "search, two words": "text=feel+nothing",
        "search, phrase": "text=%22my+baby%22",
        "search, word of few": "text=babysitter",
        "search, nothing found": "text=qzxv",
        "five filters": "region=US&hour_from=22&hour_to=5&least_turns=5&state=open&text=sleep",
        "least certain first": "order=uncertain",
        "newest first": "order=newest",
    }
    pages = [("inbox", "/staff/"), ("inbox, page 1,000", "/staff/?page=1000")]
    pages += [(name, f"/staff/?{query}") for name, query in filters.items()]
    if middle:
        transcript = f"/staff/conversations/{middle.conversation_id}/"
        pages += [("transcript", transcript), ("transcript in a filtered list", f"{transcript}?text=baby&state=open")]
    pages += [("badge", "/staff/unopened/"), ("metrics by week", "/staff/metrics/"),
              ("metrics by month", "/staff/metrics/?by=month")]  # fmt: skip
    return pages


def _measure(name: str, path: str, rounds: int) -> dict[str, Any]:
    """The times of `rounds` requests, after one that is not counted."""
    from django.contrib.auth import get_user_model

    from bot.web.accounts.signed_in import signed_in

    heap.settle()  # as the web process does
    client = signed_in(get_user_model().objects.get(username=STAFF), SERVER_NAME="localhost")
    times, own = [], []
    for _ in range(rounds + 1):
        began, worked = time.perf_counter(), time.process_time()
        answer = client.get(path)
        times.append((time.perf_counter() - began) * 1000)
        own.append((time.process_time() - worked) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}.")
    said = COUNT.search(answer.content)
    return {
        "name": name,
        "found": int(said.group(1)) if said else None,
        "median_ms": round(statistics.median(times[1:]), 1),
        "cpu_ms": round(statistics.median(own[1:]), 1),
        "longest_ms": round(max(times[1:]), 1),
    }


def as_table(found: dict[str, Any]) -> str:
    """The figures for people."""
    head = f"{found['conversations']:,} conversations, {found['turns']:,} turns, {found['database']}"
    lines = [head, f"{'page':32}{'found':>10}{'median ms':>12}{'cpu ms':>10}{'longest ms':>12}"]
    for page in found["pages"]:
        count = "" if page["found"] is None else f"{page['found']:,}"
        times = f"{page['median_ms']:>12.0f}{page['cpu_ms']:>10.0f}{page['longest_ms']:>12.0f}"
        lines.append(f"{page['name']:32}{count:>10}{times}")
    return "\n".join(lines)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bot.bench.console", description=__doc__)
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--database", help="DATABASE_URL of an empty database; without it an SQLite file is made")
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside:
        sys.stdout.write(json.dumps(_inside(chosen.conversations, chosen.rounds)))
        return
    found = bench(chosen.conversations, chosen.rounds, chosen.database, _say)
    sys.stdout.write((json.dumps(found, indent=2) if chosen.json else as_table(found)) + "\n")


if __name__ == "__main__":
    main()
