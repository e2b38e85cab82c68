"""Starts the whole of Attune as `attune run` does, on ports of its own, for browser and fault tests."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from bot import register
from bot.models import model_to_use
from bot.rasa_port import rasa_port
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 280.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Stack:
    """A running Attune: its address, its folder, and its processes by name (actions, rasa, web)."""

    url: str
    var: Path
    output: Path
    first_rasa_port: int = 0
    models: Path = Path()
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.url, timeout=10)

    @property
    def rasa_port(self) -> int:
        """Where Rasa listens now: it moves when another model takes over."""
        return rasa_port(replace(get_settings(), var=self.var, rasa_port=self.first_rasa_port))

    def pid(self, part: str) -> int:
        return int((self.var / f"{part}.pid").read_text())

    def kill(self, part: str) -> None:
        os.killpg(self.pid(part), signal.SIGKILL)

    @contextlib.contextmanager
    def frozen(self, part: str) -> Iterator[None]:
        group = self.pid(part)
        os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(group, signal.SIGCONT)

    def wait_until_ready(self) -> None:
        until = time.monotonic() + 90
        while time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError):
                if self.client.get("/readyz").status_code == 200:
                    return
            time.sleep(0.2)
        raise AssertionError("Attune did not become ready again")

    def parent(self, region: str = "US") -> Parent:
        answer = self.client.post("/chat/session", json={"region": region})
        assert answer.status_code in {200, 201}, answer.text
        return Parent(self.client, answer.json()["token"])


@dataclass
class Parent:
    """Somebody who chats over the public API."""

    client: httpx.Client
    token: str

    def says(self, text: str) -> list[dict[str, Any]]:
        return self._post({"text": text})

    def presses(self, payload: str) -> list[dict[str, Any]]:
        return self._post({"payload": payload})

    def _post(self, body: dict[str, str]) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.client.post("/chat/message", json={"id": str(uuid.uuid4()), **body}, headers=headers)
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages


def cards(messages: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The cards of type `kind` among `messages`."""
    return [m["card"] for m in messages if (m.get("card") or {}).get("type") == kind]


def own_models(folder: Path) -> Path:
    """A folder with the model that fits, and the register; a test may choose another there."""
    found = model_to_use()
    if found is None:
        subprocess.run([sys.executable, "-c", "from bot.cli import main; main()", "train"], cwd=ROOT, check=True)
        found = model_to_use()
    assert found is not None
    folder.mkdir()
    for path in (found.path, found.path.with_name(register.FILE)):
        shutil.copy(path, folder)
    return folder


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Stack]:
    """Attune with its data in `folder`, a copy of the models among them, stopped at the end."""
    ports = {name: str(free_port()) for name in ("ATTUNE_PORT", "ATTUNE_RASA_PORT", "ATTUNE_ACTIONS_PORT")}
    output = folder / "run.txt"
    environment = {**os.environ, **ports, "ATTUNE_VAR": str(folder / "var"), "PYTHONUNBUFFERED": "1"}
    environment["ATTUNE_MODELS"] = str(own_models(folder / "models"))
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", "from bot.cli import main; main()", "run"],
            cwd=ROOT, env=environment, stdout=file, stderr=file,
        )  # fmt: skip
    try:
        until = time.monotonic() + PATIENCE
        while "Attune is ready" not in output.read_text("utf-8", "replace"):
            assert process.poll() is None, output.read_text("utf-8", "replace")
            assert time.monotonic() < until, output.read_text("utf-8", "replace")
            time.sleep(0.2)
        url, rasa = f"http://127.0.0.1:{ports['ATTUNE_PORT']}", int(ports["ATTUNE_RASA_PORT"])
        yield Stack(url, folder / "var", output, rasa, folder / "models")
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
