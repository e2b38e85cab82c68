"""Starts Attune as on several machines, on loopback: nginx, two web, three Rasa and two action processes, Redis."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from bot.ports import free_port
from tests.cluster.nginx import configuration

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0


@dataclass
class Process:
    """One process that can be killed, frozen and started again."""

    name: str
    command: list[str]
    environment: dict[str, str]
    ready: Callable[[], bool]
    log: Path
    running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        with self.log.open("ab") as file:
            self.running = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=file, stderr=file, start_new_session=True
            )

    def signal(self, number: signal.Signals) -> None:
        if self.running and self.running.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        if self.running:
            self.running.wait()

    def stop(self) -> None:
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        if self.running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.running.wait(15)
        self.kill()

    def wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while not self.ready():
            assert self.running, self.name
            if self.running.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"{self.name} is not ready:\n{self.log.read_text('utf-8', 'replace')[-2000:]}")
            time.sleep(0.1)


def answers(url: str) -> Callable[[], bool]:
    """Whether `url` answers with status 200."""

    def ask() -> bool:
        try:
            return httpx.get(url, timeout=2, verify=False, trust_env=False).status_code == 200  # noqa: S501
        except httpx.HTTPError:
            return False

    return ask


class Cluster:
    """All processes by name, and the address that parents use."""

    def __init__(self, folder: Path, database: str, dialogue: str) -> None:
        self._folder = folder
        webs, rasas, actions = ([free_port() for _ in range(count)] for count in (2, 3, 2))
        redis, tls, plain = free_port(), free_port(), free_port()
        self.url = f"https://127.0.0.1:{tls}"
        shared = {
            **os.environ,
            "DATABASE_URL": database,
            "ATTUNE_DIALOGUE_URL": dialogue,
            "REDIS_URL": f"redis://127.0.0.1:{redis}/0",
            "ATTUNE_RASA_URLS": ",".join(f"http://127.0.0.1:{port}" for port in rasas),
            "ATTUNE_ACTIONS_URLS": ",".join(f"http://127.0.0.1:{port}" for port in actions),
            "ATTUNE_VAR": str(folder / "var"),
            "ATTUNE_SESSION_LIMIT": "100000",
            "ATTUNE_ADDRESS_LIMIT": "1000000",
            "DJANGO_SETTINGS_MODULE": "bot.web.settings",
        }
        self.processes: dict[str, Process] = {}
        quiet = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        self._add("redis", ["redis-server", "--port", str(redis), *quiet], shared, lambda: _redis_answers(redis))
        for part, ports, path in (
            ("actions", actions, "/health"),
            ("rasa", rasas, "/webhooks/attune/"),
            ("web", webs, "/healthz"),
        ):
            for number, port in enumerate(ports, 1):
                command = [sys.executable, "-c", "from bot.cli import main; main()", "serve", part]
                variable = {"web": "ATTUNE_PORT", "rasa": "ATTUNE_RASA_PORT", "actions": "ATTUNE_ACTIONS_PORT"}[part]
                own = shared | {variable: str(port)}
                self._add(f"{part}-{number}", command, own, answers(f"http://127.0.0.1:{port}{path}"))
        file = configuration(folder, tls, plain, [f"127.0.0.1:{port}" for port in webs], limit="100000r/s")
        command = ["nginx", "-c", str(file), "-g", "daemon off;"]
        self._add("nginx", command, shared, answers(f"{self.url}/healthz"))
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v", "0"], cwd=ROOT, env=shared, check=True)

    def _add(self, name: str, command: list[str], environment: dict[str, str], ready: Callable[[], bool]) -> None:
        self.processes[name] = Process(name, command, environment, ready, self._folder / f"{name}.txt")

    def start(self) -> None:
        for process in self.processes.values():
            process.start()
        for process in self.processes.values():
            process.wait()

    def stop(self) -> None:
        for process in reversed(self.processes.values()):
            process.stop()


def _redis_answers(port: int) -> bool:
    done = subprocess.run(["redis-cli", "-p", str(port), "ping"], capture_output=True, check=False)
    return done.stdout.strip() == b"PONG"
