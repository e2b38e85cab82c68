"""What the supervisor knows of a process: its command, where it answers, and how to signal it."""

from __future__ import annotations

import contextlib
import os
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import signal
    import subprocess
    from pathlib import Path

PATIENCE = 300.0  # seconds until a process that lives must be ready: a busy machine is slow


@dataclass(frozen=True)
class Part:
    """One process: its command, and the address that answers when it is ready."""

    name: str
    command: list[str]
    port: int
    ready: str


def rasa_part(model: Path, port: int) -> Part:
    """Rasa with `model` on `port` of the loopback interface."""
    command = [sys.executable, "-m", "bot.serving.rasa_server", str(model)]
    return Part("rasa", command, port, f"http://127.0.0.1:{port}/webhooks/attune/")


def send_signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the whole group: Rasa and the action server start helpers of their own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def answers(address: str) -> bool:
    """Whether `address` answers with 200 within two seconds."""
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - a loopback address
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
