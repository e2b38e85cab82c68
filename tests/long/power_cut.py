"""Everything is killed at a random moment, again and again, and nothing that was answered may be lost.

    make power-cut                        # 50 rounds
    make power-cut POWER_CUT="--rounds 3"

kill -9 of all processes stands for a power cut as far as the programs are concerned; what the disk itself may lose is
in docs/operations.md. Exit code 1 where an answered turn is not in the conversation afterwards, is there twice, or out
of order.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

import httpx

from bot.cli.run import fitting_or_trained
from bot.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ("I feel like a babysitter", "I want to die", "thank you", "will this ever pass")
PATIENCE = 180.0


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


class House:
    """Attune in a folder, on ports of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        ports = {name: str(free_port()) for name in ("ATTUNE_PORT", "ATTUNE_RASA_PORT", "ATTUNE_ACTIONS_PORT")}
        limits = {"ATTUNE_SESSION_LIMIT": "100000", "ATTUNE_ADDRESS_LIMIT": "100000"}
        self._environment = {**os.environ, **ports, **limits, "ATTUNE_VAR": str(folder / "var")}
        self.url = f"http://127.0.0.1:{ports['ATTUNE_PORT']}"

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", "from bot.cli import main; main()", "run"]
        with (self._folder / "run.txt").open("ab") as file:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=file, stderr=file, start_new_session=True
            )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return process
            time.sleep(0.1)
        self.cut(process)
        raise AssertionError((self._folder / "run.txt").read_text("utf-8", "replace")[-2000:])

    def cut(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9 of everything, the one that watches first."""
        groups = [process.pid, *(int(path.read_text()) for path in (self._folder / "var").glob("*.pid"))]
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        process.wait()


class Parent:
    """Writes until the power goes, and remembers what was answered."""

    def __init__(self, url: str) -> None:
        self._url = url
        begun = httpx.post(f"{url}/chat/session", json={"region": "GB"}, timeout=10).json()
        self._headers = {"Authorization": f"Bearer {begun['token']}"}
        self.answered: list[str] = []

    def write_on(self, off: threading.Event) -> None:
        with httpx.Client(timeout=10) as client:
            while not off.is_set():
                message = str(uuid.uuid4())
                body = {"id": message, "text": TEXTS[len(self.answered) % len(TEXTS)]}
                try:
                    answer = client.post(f"{self._url}/chat/message", json=body, headers=self._headers)
                except httpx.HTTPError:
                    return
                if answer.status_code == 200:
                    self.answered.append(message)

    def faults(self) -> list[str]:
        """What of the answered turns is missing, doubled, or out of order."""
        shown = httpx.get(f"{self._url}/chat/history", headers=self._headers, timeout=10).json()["messages"]
        stored = [each["id"] for each in shown if each["from"] == "parent"]
        found = [f"turn {place} is lost" for place, each in enumerate(self.answered) if each not in stored]
        if len(stored) != len(set(stored)):
            found.append("a turn is stored twice")
        if not found and [each for each in stored if each in self.answered] != self.answered:
            found.append("turns are stored in another order")
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    fitting_or_trained()  # not while the first round waits
    faults, answered = 0, 0
    with tempfile.TemporaryDirectory(prefix="attune-power-cut-") as folder:
        house = House(Path(folder))
        process = house.start()
        for number in range(1, options.rounds + 1):
            off = threading.Event()
            parents = [Parent(house.url) for _ in range(4)]
            threads = [threading.Thread(target=parent.write_on, args=(off,)) for parent in parents]
            for thread in threads:
                thread.start()
            until = time.monotonic() + 60.0  # the first turn after a start takes longer
            while not any(parent.answered for parent in parents) and time.monotonic() < until:
                time.sleep(0.05)
            time.sleep(chance.uniform(0.0, 4.0))
            house.cut(process)
            off.set()
            for thread in threads:
                thread.join()
            process = house.start()
            found = [fault for parent in parents for fault in parent.faults()]
            faults += len(found)
            answered += sum(len(parent.answered) for parent in parents)
            say(f"round {number}: {answered} turns answered so far, {', '.join(found) or 'all of them there'}")
        house.cut(process)
    say(f"{options.rounds} cuts, {answered} answered turns, {faults} faults")
    return 1 if faults or not answered else 0


if __name__ == "__main__":
    sys.exit(main())
