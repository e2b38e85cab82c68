"""Starts Attune's three processes, waits until they are ready, and stops them together.

When another model is chosen while they run, a second Rasa is started with it, and takes over once it answers: see
bot.succession.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from bot import register
from bot.models import note_running
from bot.processes import PATIENCE, Part, answers, rasa_part, send_signal
from bot.rasa_port import announce
from bot.settings import ROOT, Settings
from bot.succession import Succession

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.models import Selected

STILL_WAITS = 30.0  # seconds between two lines that say so
STOPPING = 8.0  # seconds for a process to finish its turns
LEAST_FREE = 300 * 1024 * 1024  # bytes of disk
BACK_OFF = 1.0  # seconds before a part that died again within that time comes back, for each earlier death
LAST_WORDS = 12  # lines of a log
# What `warnings` prints: place, kind and message, at times a second line of it, and the source line, which is indented.
WARNING = re.compile(r"^\S.*:\d+: \w*Warning: .*(\n(?!Traceback)\S.*(?=\n[ \t]))?(\n[ \t].*)?\n?", re.MULTILINE)
MOST_DEATHS, WITHIN = 3, 60.0  # so many deaths of one process within so many seconds: say why, and pause or stop
FIRST_PAUSE, LONGEST_PAUSE = 15.0, 300.0  # seconds until the next try; each pause is twice the one before
WITHOUT = {
    "actions": "Meanwhile crises are answered as always, and everything else with helplines.",
    "rasa": "Meanwhile parents get helplines, and what the rules find.",
}  # what the web process does without a part


class StartError(RuntimeError):
    """Attune could not start; the message is one line with the fix. Nothing is left running."""


def parts(settings: Settings, model: Path) -> list[Part]:
    """The three processes in the order in which they start."""
    python, actions, web = sys.executable, settings.actions_port, settings.web_port
    web_command = [python, "-m", "uvicorn", "bot.web.asgi:application", "--host", settings.host, "--port", str(web)]
    web_command += ["--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "5"]
    return [
        Part(
            "actions",
            [python, "-m", "bot.action_server"],
            actions,
            f"http://127.0.0.1:{actions}/health",
        ),
        rasa_part(model, settings.rasa_port),
        Part("web", web_command, web, f"http://{_reachable(settings.host)}:{web}/healthz"),
    ]


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a part: threads and log level, beside what this process has."""
    threads = str(settings.threads)
    quiet = {"LOG_LEVEL": "ERROR", "LOG_LEVEL_LIBRARIES": "ERROR"}
    return {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, **quiet}


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - asks, does not bind


def check_ground(settings: Settings) -> None:
    """Raises StartError when a port is taken or the disk is full, before anything is started."""
    for variable, host, port in (
        ("ATTUNE_PORT", settings.host, settings.web_port),
        ("ATTUNE_RASA_PORT", "127.0.0.1", settings.rasa_port),
        ("ATTUNE_ACTIONS_PORT", "127.0.0.1", settings.actions_port),
    ):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                other = port + 1000 if port < 64_000 else port - 1000
                raise StartError(
                    f"Port {port} is already in use. Stop what uses it, or choose another: {variable}={other} make run"
                ) from None
    settings.var.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.var).free
    if free < LEAST_FREE:
        raise StartError(
            f"Only {free // 2**20} MB are free in {settings.var}; {LEAST_FREE // 2**20} MB are needed. "
            "Free some space, or point ATTUNE_VAR to another disk."
        )


class Supervisor:
    """Runs the parts; a part that dies is started again. `report` gets what goes on, `warn` what somebody should mend."""

    def __init__(
        self, settings: Settings, model: Selected, report: Callable[[str], None], warn: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._model = model
        self._parts = parts(settings, model.path)
        self._report = report
        self._warn = warn
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._launched: dict[str, float] = {}
        self._deaths: dict[str, list[float]] = {}
        self._pauses: dict[str, int] = {}  # one after another, of a part that does not stay
        self._due: dict[str, float] = {}  # when a part that died is started again
        self._stopping = threading.Event()
        self._logs = settings.var / "log"
        self._succession = Succession(settings, model, self.spawn, answers, report)

    def start(self) -> None:
        """Start all parts and wait until each answers. Raises StartError, with nothing left running."""
        self._logs.mkdir(parents=True, exist_ok=True)
        announce(self._settings, self._settings.rasa_port)
        try:
            for part in self._parts:
                self._launch(part)
            for part in self._parts:
                self._wait(part)
        except BaseException:
            self.stop()
            raise

    def spawn(self, part: Part) -> subprocess.Popen[bytes]:
        """Start the process of `part`. Raises StartError for a model that is not as it was when it was trained."""
        model = self._model if part is self._rasa else None
        if model and not register.may_be_loaded(model.path.parent, model.name):
            raise StartError(
                f"{model.path} is not as it was when it was trained, and is not loaded: `attune train --force`."
            )
        variables = environment(self._settings)
        if part.name == "rasa":
            variables["ATTUNE_RASA_PORT"] = str(part.port)
        with self._log(part).open("ab") as log:
            return subprocess.Popen(
                part.command, cwd=ROOT, env=variables, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def _rasa(self) -> Part | None:
        return next((part for part in self._parts if part.name == "rasa"), None)

    def _launch(self, part: Part) -> None:
        self._took_over(part, self.spawn(part))

    def _took_over(self, part: Part, process: subprocess.Popen[bytes]) -> None:
        self._running[part.name] = process
        self._launched[part.name] = time.monotonic()
        self._due.pop(part.name, None)
        try:
            # For whoever looks after the machine: which process is which.
            (self._settings.var / f"{part.name}.pid").write_text(str(process.pid))
            if part.name == "rasa":
                note_running(self._settings, self._model.name)
        except OSError as error:  # a full disk ends no chat
            self._warn(f"It could not be noted which process is {part.name}: {error}")

    def _wait(self, part: Part) -> None:
        self._report(f"Waiting for {part.name}")
        began = said = time.monotonic()
        while (now := time.monotonic()) - began < PATIENCE:
            if self._running[part.name].poll() is not None:
                raise StartError(
                    f"{part.name} stopped at once. {self._last_words(part)}\n"
                    f"Mend what its log says ({self._log(part)}), or run `attune doctor`; then start again."
                )
            if answers(part.ready):
                return
            if now - said >= STILL_WAITS:
                said = now
                self._report(f"Still waiting for {part.name}, {now - began:.0f} s by now")
            if self._stopping.wait(0.2):
                raise StartError("Told to stop before all parts answered.")
        raise StartError(
            f"{part.name} did not answer within {PATIENCE:.0f} s. {self._last_words(part)}\n"
            "Run it again, when less else runs on this machine: what was trained and encoded is kept."
        )

    def _log(self, part: Part) -> Path:
        return self._logs / f"{part.name}.log"

    def _last_words(self, part: Part) -> str:
        """What its log ends with, warnings of packages left out: they would hide what matters."""
        lines = WARNING.sub("", self._log(part).read_text("utf-8", "replace")).splitlines()[-LAST_WORDS:]
        return "\n".join(("Its last words:", *lines)) if lines else f"It said nothing in {self._log(part)}."

    def watch(self) -> None:
        """Return when asked to stop. A part that dies comes back; after three deaths in a minute it pauses.

        The web process answers parents with helplines without the others, so that it goes on. Raises StartError where
        it dies that often itself: without it there is nothing to keep.
        """
        while not self._stopping.wait(0.5):
            self._follow_choice()
            for part in self._parts:
                if part.name in self._due:
                    self._bring_back(part)
                elif (code := self._running[part.name].poll()) is not None:
                    self._died(part, code)

    def _died(self, part: Part, code: int) -> None:
        now = time.monotonic()
        deaths = self._deaths[part.name] = [*(at for at in self._deaths.get(part.name, ()) if now - at < WITHIN), now]
        if now - self._launched[part.name] >= WITHIN:
            self._pauses.pop(part.name, None)
        if len(deaths) < MOST_DEATHS and part.name not in self._pauses:
            self._report(f"{part.name} ended with code {code}; starting it again")
            self._due[part.name] = now + BACK_OFF * (len(deaths) - 1)
            return
        if part.name not in WITHOUT:
            self.stop()
            raise StartError(
                f"{part.name} died {MOST_DEATHS} times within a minute. {self._last_words(part)}\n"
                f"Mend what its log says ({self._log(part)}), or run `attune doctor`; then start again."
            )
        self._pause(part, f"{part.name} died again and again, with code {code}.")

    def _pause(self, part: Part, why: str) -> None:
        number = self._pauses[part.name] = self._pauses.get(part.name, 0) + 1
        seconds = min(FIRST_PAUSE * 2 ** (number - 1), LONGEST_PAUSE)
        self._due[part.name] = time.monotonic() + seconds
        self._warn(
            f"{why} {WITHOUT[part.name]} It is tried again in {seconds:.0f} s. Mend what its log says "
            f"({self._log(part)}), or stop Attune and run `attune doctor`. {self._last_words(part)}"
        )

    def _bring_back(self, part: Part) -> None:
        if time.monotonic() < self._due[part.name]:
            return
        if part.name in self._pauses:
            self._report(f"Trying {part.name} again")
        try:
            self._launch(part)
        except (StartError, OSError) as error:
            if part.name not in WITHOUT:
                raise
            self._pause(part, f"{part.name} could not be started: {error}")

    def _follow_choice(self) -> None:
        """Where another model was chosen, and its Rasa answers by now, let it take over."""
        successor = self._succession.step(self._running.get("rasa"))
        if successor:
            self._model = successor.model
            self._parts = [successor.part if part.name == "rasa" else part for part in self._parts]
            self._took_over(successor.part, successor.process)
            self._deaths.pop("rasa", None)
            self._pauses.pop("rasa", None)

    def ask_to_stop(self) -> None:
        """Make `watch` return; safe in a signal handler."""
        self._stopping.set()

    def stop(self) -> None:
        """Stop all parts, the public one first, and wait for them."""
        self._stopping.set()
        leaving = [self._running.get(part.name) for part in reversed(self._parts)]
        for process in [*leaving, *self._succession.processes()]:
            if process and process.poll() is None:
                send_signal(process, signal.SIGTERM)
                try:
                    process.wait(STOPPING)
                except subprocess.TimeoutExpired:
                    send_signal(process, signal.SIGKILL)
                    process.wait()
