"""Starts what is measured as processes of their own, waits until they answer, and reads their memory."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 300.0  # seconds until a system must answer
STOPPING = 20.0  # seconds until it is killed


class BenchError(RuntimeError):
    """Something could not be measured; the message says what, and where its output is."""


@contextlib.contextmanager
def started(command: list[str], ready: str, log: Path, cwd: Path, **variables: str) -> Iterator[tuple[int, float]]:
    """The command running: its process id, and the seconds until `ready` answered with status 200."""
    began = time.perf_counter()
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **variables}, stdout=file, stderr=file, start_new_session=True
        )
    try:
        while not _answers(ready):
            if process.poll() is not None:
                raise BenchError(f"{command[2]} ended at once:\n{_last(log)}")
            if time.perf_counter() - began > PATIENCE:
                raise BenchError(f"{command[2]} did not answer within {PATIENCE:.0f} s:\n{_last(log)}")
            time.sleep(0.05)
        yield process.pid, time.perf_counter() - began
    finally:
        _stop(process)


def run(command: list[str], log: Path, cwd: Path, **variables: str) -> float:
    """Run the command to its end; the seconds that it took. Raises BenchError."""
    began = time.perf_counter()
    with log.open("wb") as file:
        done = subprocess.run(command, cwd=cwd, env={**os.environ, **variables}, stdout=file, stderr=file, check=False)
    if done.returncode:
        raise BenchError(f"{' '.join(command[1:4])} failed:\n{_last(log)}")
    return time.perf_counter() - began


def family(pid: int) -> list[int]:
    """The process and all that it started, in the order of their ids."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return sorted(found)


def resident(pid: int) -> float:
    """Resident memory of one process in MB (2**20 bytes); 0 when it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - a loopback address
            return bool(answer.status == 200)
    except OSError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOPPING)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _last(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-8:])
