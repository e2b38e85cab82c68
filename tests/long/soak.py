"""Parents chat for a long time, and memory has to stay flat: `make soak` (30 minutes; SOAK="--minutes 5").

Prints resident memory of each process once a minute and, at the end, the slope after the first third, in MB an hour.
Exit code 1 where the whole grows by more than 5 % an hour, or where a turn was not answered.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path

from bot.bench.parents import Taken, at_the_same_time
from bot.bench.sections import messages
from bot.bench.systems import Attune, Running
from bot.cli.run import fitting_or_trained

MOST_GROWTH = 0.05  # of all memory, in an hour
PARENTS, THINK = 8, 1.0


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


def slope(samples: list[tuple[float, float]]) -> float:
    """Least squares: megabytes an hour of (seconds, megabytes)."""
    middle_x = sum(x for x, _ in samples) / len(samples)
    middle_y = sum(y for _, y in samples) / len(samples)
    spread = sum((x - middle_x) ** 2 for x, _ in samples)
    return 3600 * sum((x - middle_x) * (y - middle_y) for x, y in samples) / spread if spread else 0.0


def watched(running: Running, minutes: float, every: float) -> tuple[dict[str, list[tuple[float, float]]], list[Taken]]:
    """Memory of each process over the time, while parents begin new conversations every minute."""
    samples: dict[str, list[tuple[float, float]]] = {}
    taken: list[Taken] = []
    began = time.monotonic()
    texts = messages()

    def chat() -> None:
        while time.monotonic() - began < minutes * 60:
            taken.append(at_the_same_time(running.door, texts, PARENTS, THINK, min(60.0, minutes * 60)))

    thread = threading.Thread(target=chat)
    thread.start()
    while thread.is_alive():
        now = time.monotonic() - began
        for name, megabytes in running.memory().items():
            samples.setdefault(name, []).append((now, megabytes))
        say(f"{now / 60:5.1f} min  " + "  ".join(f"{name} {rows[-1][1]:.0f} MB" for name, rows in samples.items()))
        thread.join(every)
    return samples, taken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    options = parser.parse_args()
    fitting_or_trained()  # not while it is measured
    with tempfile.TemporaryDirectory(prefix="attune-soak-") as folder, Attune(Path(folder)).running() as running:
        samples, taken = watched(running, options.minutes, min(60.0, options.minutes * 6))
    settled = {name: rows[len(rows) // 3 :] for name, rows in samples.items()}
    growth = {name: slope(rows) for name, rows in settled.items()}
    size = sum(rows[-1][1] for rows in samples.values())
    turns, failures = sum(len(each.turns) for each in taken), [each.failures for each in taken if each.failures]
    for name, value in growth.items():
        say(f"{name}: {value:+.1f} MB an hour")
    share = sum(growth.values()) / size
    say(f"{turns} turns; all processes {size:.0f} MB, {100 * share:+.1f} % an hour; not answered: {failures or 'none'}")
    return 1 if share > MOST_GROWTH or failures or not turns else 0


if __name__ == "__main__":
    sys.exit(main())
