"""How long the free times of 60 days and ten therapists take. Runs in a process of its own, on a database of its own.

Twice: finding them, and the whole answer of GET /api/slots, a megabyte of JSON (the widget asks for 14 days).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot import heap
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

THERAPISTS, DAYS, ROUNDS = 10, 60, 40
TARGET_MS = 50.0


@dataclass(frozen=True)
class SlotsFigure:
    """Times in milliseconds of finding `slots` free times, of `therapists` over `days` days with `bookings` made.

    `answer_ms` is the median of the whole answer of the API.
    """

    median_ms: float
    p95_ms: float
    answer_ms: float
    slots: int
    bookings: int
    therapists: int = THERAPISTS
    days: int = DAYS

    @property
    def good(self) -> bool:
        """Whether the median is within the target, that of the whole answer too."""
        return self.median_ms <= TARGET_MS and self.answer_ms <= TARGET_MS


def measure_slots() -> SlotsFigure:
    """The figure, measured in a fresh process with SQLite in a temporary folder. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = {"ATTUNE_BOOKING_MODE", "ATTUNE_BOOKING_URL"}
        given = {name: value for name, value in os.environ.items() if name not in elsewhere}
        own = {
            "ATTUNE_VAR": folder,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
            "ATTUNE_ENV": "development",
            "ATTUNE_ALLOWED_HOSTS": "localhost",
            "DJANGO_SETTINGS_MODULE": "bot.web.settings",
        }
        arguments = [sys.executable, "-m", "bot.bench.booking"]
        done = subprocess.run(arguments, cwd=ROOT, env=given | own, capture_output=True, text=True, check=True)
    return SlotsFigure(**json.loads(done.stdout.splitlines()[-1]))


def _measure() -> SlotsFigure:
    """In the process of its own: fills the tables and takes the times."""
    import django

    django.setup()
    from datetime import time as clock
    from datetime import timedelta

    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from bot.web.booking.models import Booking, DayException, Therapist, WeeklyHours
    from bot.web.booking.slots import open_slots

    call_command("migrate", verbosity=0)
    Therapist.objects.all().delete()
    now = timezone.now()
    for n in range(THERAPISTS):
        one = Therapist.objects.create(name=f"Therapist {n}", horizon_days=DAYS, languages=["English"])
        WeeklyHours.objects.bulk_create(
            WeeklyHours(therapist=one, weekday=day, opens=clock(opens), closes=clock(closes))
            for day in range(5)
            for opens, closes in ((9, 12), (13, 17))
        )
        DayException.objects.create(therapist=one, day=(now + timedelta(days=10 + n)).date())
    free = open_slots(now, timedelta(days=DAYS))
    # Every fifth time is taken, as in a practice that is booked.
    Booking.objects.bulk_create(
        Booking(
            therapist_id=slot.therapist_id,
            start=slot.start,
            end=slot.end,
            kind="video",
            name="Parent",
            contact="none",
            time_zone="UTC",
            consented_at=now,
            public_id=f"{n:032x}",
        )
        for n, slot in enumerate(free[::5])
    )
    heap.settle()  # as the web process does
    client = Client(SERVER_NAME="localhost")
    times = _times(lambda: open_slots(now, timedelta(days=DAYS)))
    answers = _times(lambda: client.get(f"/api/slots?days={DAYS}&tz=America/New_York"))
    slots = len(client.get(f"/api/slots?days={DAYS}").json()["slots"])
    p95 = statistics.quantiles(times, n=20)[-1]
    median, answer = statistics.median(times), statistics.median(answers)
    return SlotsFigure(round(median, 1), round(p95, 1), round(answer, 1), slots, Booking.objects.count())


def _times(work: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return times


if __name__ == "__main__":
    print(json.dumps(asdict(_measure())))  # noqa: T201
