"""What is counted while parents chat, for Prometheus: numbers and names of the code, no words and no ids."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram, ProcessCollector, generate_latest

from bot.safety.tiers import TIERS
from bot.settings import get_settings
from bot.web import database
from bot.web.counters import errors, registry

if TYPE_CHECKING:
    from bot.web.chat.record import Record

SECONDS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 2.9)
QUEUE_SECONDS = 0.5
PROCESSES = ("web", "rasa", "actions")
ProcessCollector(registry=registry)

turns = Counter("attune_turns", "Turns that were answered.", ["kind", "by"], registry=registry)
turn_seconds = Histogram("attune_turn_seconds", "A whole turn.", buckets=SECONDS, registry=registry)
rasa_seconds = Histogram("attune_rasa_seconds", "A turn within Rasa.", buckets=SECONDS, registry=registry)
tiers = Counter("attune_tiers", "Turns by safety tier.", ["tier"], registry=registry)
not_understood = Counter("attune_not_understood", "Turns whose message was not understood.", registry=registry)
responses = Counter("attune_responses", "HTTP answers by class of status.", ["status"], registry=registry)
pending = Gauge("attune_turns_pending", "Messages that are being answered now.", registry=registry)
unstored = Gauge("attune_turns_unstored", "Turns in memory, since the database is away.", registry=registry)
queue = Gauge("attune_outbox_parcels", "Mails and calls by state.", ["state"], registry=registry)
model = Gauge("attune_model_info", "The model that answered last.", ["model"], registry=registry)
memory = Gauge("attune_resident_memory_bytes", "Memory by process.", ["process"], registry=registry)

for _tier in TIERS:
    tiers.labels(_tier)


def count_turn(record: Record, seconds: float) -> None:
    """Count a turn that took `seconds` from the message to the answer."""
    turns.labels(record.kind, "rules" if record.failed else "rasa").inc()
    turn_seconds.observe(seconds)
    if record.failed:
        errors.labels("rasa").inc()
    elif record.milliseconds is not None:
        rasa_seconds.observe(record.milliseconds / 1000)
    if record.tier in TIERS:
        tiers.labels(record.tier).inc()
    if record.understood.get("fallback"):
        not_understood.inc()
    if isinstance(name := record.understood.get("model"), str):
        model.clear()
        model.labels(name.rpartition("/")[2][:80]).set(1)


def count_response(status: int) -> None:
    """Count an HTTP answer."""
    responses.labels(f"{status // 100}xx").inc()
    if status >= 500:
        errors.labels("server").inc()


async def exposition() -> bytes:
    """Everything in Prometheus' text format; what cannot be read at the moment is left out."""
    from bot.web.chat.log import turn_log
    from bot.web.outgoing.models import Parcel

    unstored.set(turn_log.unstored())
    queue.clear()
    try:
        waiting, failed = await database.read(Parcel.objects.troubles, QUEUE_SECONDS)
    except database.DatabaseUnavailableError as error:
        logging.getLogger(__name__).error("the outbox cannot be counted: %s", error)
    else:
        queue.labels("waiting").set(waiting)
        queue.labels("failed").set(failed)
    await asyncio.to_thread(_read_memory, get_settings().var)
    text: bytes = generate_latest(registry)
    return text


def _read_memory(var: Path) -> None:
    """Resident memory of the processes whose pid files lie in `var`; one that is gone has none."""
    memory.clear()
    for name in PROCESSES:
        found = _resident(var / f"{name}.pid")
        if found is not None:
            memory.labels(name).set(found)


def _resident(pid_file: Path) -> int | None:
    try:
        status = Path("/proc", pid_file.read_text().strip(), "status").read_text()
    except OSError:
        return None
    lines = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(lines[0].split()[1]) * 1024 if lines else None
