"""The systems that are measured: how each is trained, started and spoken to."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.bench.bare_rasa import write_default, write_floor
from bot.bench.parents import AttuneDoor, Door, RasaDoor
from bot.bench.processes import family, resident, run, started
from bot.bench.results import ATTUNE, DEFAULT, FLOOR
from bot.ports import free_port
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

UNLIMITED = {"ATTUNE_SESSION_LIMIT": "1000000000", "ATTUNE_ADDRESS_LIMIT": "1000000000"}
# What Attune itself sets for its Rasa, so that threads and log lines make no difference.
ALIKE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "LOG_LEVEL": "ERROR",
    "LOG_LEVEL_LIBRARIES": "ERROR",
}


@dataclass(frozen=True)
class Running:
    """A system that answers: where, the seconds until it did, its processes by name, and who watches them."""

    door: Door
    ready: float
    processes: dict[str, int]
    watching: int | None = None

    def memory(self) -> dict[str, float]:
        """Resident memory of each process in MB, with the processes that it started itself."""
        used = {name: sum(map(resident, family(pid))) for name, pid in self.processes.items()}
        return used | ({"attune run": resident(self.watching)} if self.watching else {})


class BareRasa:
    """The floor, or Rasa's default configuration, in a folder of its own."""

    def __init__(self, name: str, folder: Path, per_label: int = 0, epochs: int = 100) -> None:
        self.name = name
        self._folder = folder / name
        self._folder.mkdir()
        self.phrasings = 0
        if name == FLOOR:
            write_floor(self._folder)
        else:
            self.phrasings = write_default(self._folder, per_label, epochs)

    def train(self, report: Callable[[str], None]) -> float:
        """Train; the seconds, process start included."""
        report(f"{self.name}: training")
        command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", "bench", "--force"]
        return run(command, self._folder / "train.txt", self._folder, **ALIKE)

    @contextlib.contextmanager
    def running(self) -> Iterator[Running]:
        """The server, ready."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port)]
        ready = f"{url}/webhooks/rest/"
        with started(command, ready, self._folder / "run.txt", self._folder, **ALIKE) as (pid, seconds):
            yield Running(RasaDoor(url), seconds, {"rasa": pid})


class Attune:
    """Attune as `attune run` starts it, with data of its own and without limits of messages."""

    name = ATTUNE

    def __init__(self, folder: Path, **variables: str) -> None:
        self._folder = folder / f"{ATTUNE}-{len(list(folder.iterdir()))}"
        self._folder.mkdir()
        self._variables = {**UNLIMITED, **variables, "ATTUNE_VAR": str(self._folder / "var")}

    def train(self, report: Callable[[str], None]) -> float:
        """Train anew; the seconds, process start included. Vectors of known phrasings come from the cache."""
        report(f"{self.name}: training")
        own = {**self._variables, "ATTUNE_MODELS": str(self._folder / "models")}
        return run(_attune("train", "--force"), self._folder / "train.txt", ROOT, **own)

    @contextlib.contextmanager
    def running(self) -> Iterator[Running]:
        """All processes, ready: the web process says so only when Rasa and the action server answer."""
        ports = {name: str(free_port()) for name in ("ATTUNE_PORT", "ATTUNE_RASA_PORT", "ATTUNE_ACTIONS_PORT")}
        url = f"http://127.0.0.1:{ports['ATTUNE_PORT']}"
        own = {**self._variables, **ports}
        with started(_attune("run"), f"{url}/readyz", self._folder / "run.txt", ROOT, **own) as (pid, seconds):
            processes = {path.stem: int(path.read_text()) for path in sorted((self._folder / "var").glob("*.pid"))}
            yield Running(AttuneDoor(url), seconds, processes, pid)


System = BareRasa | Attune


def _attune(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from bot.cli import main; main()", *arguments]


def systems(folder: Path, default: bool, per_label: int, epochs: int) -> list[System]:
    """What a benchmark compares, the floor first."""
    os.environ.update({"RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore", "CUDA_VISIBLE_DEVICES": "-1"})
    found: list[System] = [BareRasa(FLOOR, folder)]
    if default:
        found.append(BareRasa(DEFAULT, folder, per_label, epochs))
    return [*found, Attune(folder)]
