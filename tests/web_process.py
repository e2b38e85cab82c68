"""Starts the web process alone, for faults that the whole of Attune could not be given one by one."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx

from tests.stack import ROOT, Stack, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PATIENCE = 60.0


@contextlib.contextmanager
def web_process(folder: Path, *, before: Sequence[str] = (), **variables: str) -> Iterator[Stack]:
    """The web process with its data in `folder`; `before` is put in front of its command."""
    port = free_port()
    environment = house(folder, ATTUNE_PORT=str(port), **variables)
    output = folder / "web.txt"
    command = [sys.executable, "-m", "uvicorn", "bot.web.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*before, *command, "--no-access-log", "--log-level", "warning"],
            cwd=ROOT, env=environment, stdout=file, stderr=file, start_new_session=True,
        )  # fmt: skip
    (folder / "var" / "web.pid").write_text(str(process.pid))
    stack = Stack(f"http://127.0.0.1:{port}", folder / "var", output)
    try:
        _wait(stack, process)
        yield stack
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def migrate(folder: Path, **variables: str) -> None:
    """Makes the tables in `folder`, as `attune run` does before it starts the web process."""
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=house(folder, **variables), check=True)


def house(folder: Path, **variables: str) -> dict[str, str]:
    """The environment of a house of its own in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ATTUNE_", "DATABASE_URL"))}
    own = {"DJANGO_SETTINGS_MODULE": "bot.web.settings", "ATTUNE_VAR": str(folder / "var"), "PYTHONUNBUFFERED": "1"}
    return {**kept, **own, **variables}


def _wait(stack: Stack, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, stack.output.read_text("utf-8", "replace")
        with contextlib.suppress(httpx.HTTPError):
            if stack.client.get("/healthz").status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError(stack.output.read_text("utf-8", "replace"))
