"""Swaps the model without losing a turn: a new Rasa on another port, a health check, the switch, and then the old one
stops.

Rasa could load another model into the running process, and would keep the old one in memory for good. The switch is a
file with the port (bot.rasa_port): a turn that began before it is answered by the old Rasa, which is left alone for
longer than a turn may take. Dialogue states stay behind, as when Rasa is restarted: the web process hands the risk of a
conversation on with every turn, an exercise in progress has to be begun again.
"""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import register
from bot.models import model_to_use
from bot.ports import free_port
from bot.processes import PATIENCE, Part, rasa_part, send_signal
from bot.rasa_port import announce

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from bot.models import Selected
    from bot.settings import Settings

LONGEST_TURN = 5.0  # seconds; the web process gives an answer up after 2.9 s, whatever is set
STUBBORN = 8.0  # seconds after which a process that was asked to stop is killed
AGAIN = "Mend that, and choose the model again with `attune models --use`"


@dataclass(frozen=True)
class Successor:
    """A Rasa that is to take over."""

    model: Selected
    part: Part
    process: subprocess.Popen[bytes]
    began: float


@dataclass
class _Leaving:
    process: subprocess.Popen[bytes]
    until: float
    asked: bool = False


class Succession:
    """Watches the register for another choice. `step` is called again and again, and waits for an answer at most."""

    def __init__(
        self,
        settings: Settings,
        model: Selected,
        spawn: Callable[[Part], subprocess.Popen[bytes]],
        answers: Callable[[str], bool],
        report: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._model = model
        self._spawn = spawn
        self._answers = answers
        self._report = report
        self._seen = self._stamp()
        self._coming: Successor | None = None
        self._leaving: list[_Leaving] = []

    def step(self, rasa: subprocess.Popen[bytes] | None) -> Successor | None:
        """The successor at the moment when it takes over from the process `rasa`; otherwise None.

        While a successor starts this takes as long as `answers`. What keeps it from taking over, a full disk for
        example, is reported, and the model that is in use stays.
        """
        self._see_leaving_off()
        stamp = self._stamp()
        if stamp != self._seen and self._coming is None:
            self._seen = stamp
            self._begin()
        if self._coming is None:
            return None
        if self._coming.process.poll() is not None or time.monotonic() - self._coming.began > PATIENCE:
            self._give_up(self._coming, f"Rasa did not start with {self._coming.model.name}; {self._stays}")
            return None
        return self._switch(self._coming, rasa) if self._answers(self._coming.part.ready) else None

    def _give_up(self, successor: Successor, why: str) -> None:
        self._report(why)
        send_signal(successor.process, signal.SIGKILL)
        successor.process.wait()
        self._coming = None

    def processes(self) -> list[subprocess.Popen[bytes]]:
        """All that have to be stopped with the rest: who is to come, and who is leaving."""
        return [*([self._coming.process] if self._coming else []), *(one.process for one in self._leaving)]

    @property
    def _stays(self) -> str:
        return f"{self._model.name} stays in use"

    def _stamp(self) -> int:
        try:
            return (self._settings.models / register.FILE).stat().st_mtime_ns
        except OSError:
            return 0

    def _begin(self) -> None:
        try:
            selected = model_to_use()
            # Only a choice that somebody made: what fits data that were edited is trained and used after a restart.
            choice = register.read(self._settings.models).choice
            if selected is None or choice is None or selected.name != choice.name or selected.name == self._model.name:
                return
            part = rasa_part(selected.path, free_port())
            self._report(f"Model {selected.name} was chosen: {selected.why}. Starting it beside {self._model.name}")
            self._coming = Successor(selected, part, self._spawn(part), time.monotonic())
        except register.RegisterError as error:
            self._report(str(error))
        except OSError as error:  # a full disk, or no memory for another process, ends no chat
            self._report(f"The model that was chosen cannot be started: {error}; {self._stays}. {AGAIN}")

    def _switch(self, successor: Successor, rasa: subprocess.Popen[bytes] | None) -> Successor | None:
        try:
            announce(self._settings, successor.part.port)
        except OSError as error:
            self._give_up(successor, f"{successor.model.name} cannot take over: {error}; {self._stays}. {AGAIN}")
            return None
        if rasa:
            self._leaving.append(_Leaving(rasa, time.monotonic() + LONGEST_TURN))
        self._model, self._coming = successor.model, None
        self._report(f"Model {successor.model.name} answers from now on")
        return successor

    def _see_leaving_off(self) -> None:
        """Ask those to stop whose turns are over, and kill those that do not."""
        now = time.monotonic()
        for one in list(self._leaving):
            if one.process.poll() is not None:
                self._leaving.remove(one)
            elif not one.asked and now >= one.until:
                send_signal(one.process, signal.SIGTERM)
                one.asked, one.until = True, now + STUBBORN
            elif one.asked and now >= one.until:
                send_signal(one.process, signal.SIGKILL)
