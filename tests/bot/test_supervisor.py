"""Before anything starts: ports and disk, each with the variable that helps."""

from __future__ import annotations

import dataclasses
import errno
import shutil
import socket
import sys
from collections import namedtuple
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot import supervisor
from bot.models import RUNNING, Selected
from bot.processes import Part
from bot.settings import Settings, get_settings
from bot.supervisor import MOST_DEATHS, StartError, Supervisor, check_ground, parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Usage = namedtuple("Usage", "total used free")


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    web, rasa, actions = free_ports(3)
    return dataclasses.replace(
        get_settings(), host="127.0.0.1", web_port=web, rasa_port=rasa, actions_port=actions, var=tmp_path / "var"
    )


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_free_ground_is_no_trouble_and_var_is_made(settings: Settings) -> None:
    check_ground(settings)
    assert settings.var.is_dir()


@pytest.mark.parametrize(
    ("field", "variable"),
    [("web_port", "ATTUNE_PORT"), ("rasa_port", "ATTUNE_RASA_PORT"), ("actions_port", "ATTUNE_ACTIONS_PORT")],
)
def test_a_port_in_use_is_named_with_its_variable(settings: Settings, taken: int, field: str, variable: str) -> None:
    with pytest.raises(StartError) as caught:
        check_ground(dataclasses.replace(settings, **{field: taken}))
    message = str(caught.value)
    assert message.startswith(f"Port {taken} is already in use.")
    assert f"{variable}=" in message
    assert not settings.var.exists()


def test_the_port_that_is_proposed_can_be_used(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listener:
        port = next(p for p in range(65535, 64600, -1) if _binds(listener, p))
        listener.listen()
        with pytest.raises(StartError) as caught:
            check_ground(dataclasses.replace(settings, web_port=port))
    proposed = int(str(caught.value).split("ATTUNE_PORT=")[1].split()[0])
    assert 0 < proposed < 65536
    assert proposed != port


def _binds(listener: socket.socket, port: int) -> bool:
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def test_a_full_disk_is_named_with_the_variable(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 10**12, 5 * 2**20))
    with pytest.raises(StartError, match=r"Only 5 MB are free in .*; 300 MB are needed\. .*ATTUNE_VAR"):
        check_ground(settings)


def test_only_the_web_process_listens_outside(settings: Settings, tmp_path: Path) -> None:
    public = dataclasses.replace(settings, host="0.0.0.0")  # noqa: S104
    by_name = {part.name: part for part in parts(public, tmp_path / "m.tar.gz")}
    assert list(by_name) == ["actions", "rasa", "web"]
    assert by_name["web"].command[by_name["web"].command.index("--host") + 1] == "0.0.0.0"  # noqa: S104
    assert by_name["rasa"].command[1:] == ["-m", "bot.serving.rasa_server", str(tmp_path / "m.tar.gz")]
    assert by_name["web"].ready == f"http://127.0.0.1:{settings.web_port}/healthz"


@pytest.fixture
def with_parts(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A supervisor of one Python line instead of the three processes."""

    def make(code: str) -> Supervisor:
        part = Part("actions", [sys.executable, "-S", "-c", code], settings.actions_port, "http://127.0.0.1:9/")
        monkeypatch.setattr(supervisor, "parts", lambda *_: [part])
        return Supervisor(settings, Selected(tmp_path / "m.tar.gz", "why"), lambda line: None, print)

    return make


def test_a_part_that_ends_at_once_is_reported_with_its_last_words(with_parts) -> None:
    with pytest.raises(StartError, match=r"(?s)^actions stopped at once\. .*no such luck"):
        with_parts("raise SystemExit('no such luck')").start()


WARNED = """\
/lib/rasa/shared/utils/validation.py:134: DeprecationWarning: pkg_resources is deprecated as an API. See https://x.example
  import pkg_resources
/lib/pkg_resources/__init__.py:3117: DeprecationWarning: Deprecated call to `declare_namespace('ruamel')`.
Implementing implicit namespace packages is preferred to `declare_namespace`. See https://x.example
  declare_namespace(pkg)
no such luck
Traceback (most recent call last):
  File "a.py", line 3, in <module>
    import torch
rasa.exceptions.ModelNotFound: no model
/lib/requirements.py:74: PyparsingDeprecationWarning: 'originalTextFor' deprecated
  VERSION_SPEC = originalTextFor(_VERSION_SPEC)("specifier")
"""


def test_warnings_of_packages_are_no_last_words_and_it_is_said_what_to_do(with_parts) -> None:
    one = with_parts(f"import sys; sys.stderr.write({WARNED!r}); sys.exit(1)")
    with pytest.raises(StartError) as caught:
        one.start()
    first, heard, *words, mend = str(caught.value).splitlines()
    assert f"{first} {heard}".startswith("actions stopped at once. Its last words: no such luck")
    assert words[0] == "Traceback (most recent call last):"
    assert words[-1] == "rasa.exceptions.ModelNotFound: no model"
    assert mend.startswith("Mend what its log says (")
    assert "attune doctor" in mend


def test_a_part_that_says_nothing_but_warnings_has_no_last_words(with_parts) -> None:
    with pytest.raises(StartError, match=r"^actions stopped at once\. It said nothing in .*actions\.log\.\n"):
        with_parts("import sys; sys.stderr.write('/lib/a.py:1: UserWarning: x\\n  import a')").start()


def test_a_part_that_does_not_answer_is_reported_and_stopped(with_parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PATIENCE", 0.0)
    one = with_parts("import time; time.sleep(60)")
    with pytest.raises(StartError, match=r"^actions did not answer within 0 s"):
        one.start()
    assert one._running["actions"].poll() is not None


class Slow:
    """A process that lives and answers late; each look at it takes a while."""

    def __init__(self, clock: Clock, answers_after: float) -> None:
        self._clock, self._until = clock, clock.now + answers_after

    def poll(self) -> None:
        return None

    def answers(self, address: str) -> bool:
        self._clock.now += 2
        return self._clock.now >= self._until


@pytest.fixture
def waiting(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Waits for a part that answers after so many seconds; gives what was reported."""

    def wait(seconds: float) -> list[str]:
        clock, said = Clock(), []
        slow = Slow(clock, seconds)
        monkeypatch.setattr(supervisor, "time", clock)
        monkeypatch.setattr(supervisor, "answers", slow.answers)
        one = Supervisor(settings, Selected(tmp_path / "m.tar.gz", "why"), said.append, print)
        monkeypatch.setattr(one._stopping, "wait", lambda seconds: False)
        one._logs.mkdir(parents=True, exist_ok=True)
        (one._logs / "rasa.log").touch()
        one._running["rasa"] = slow
        one._wait(one._rasa)
        return said

    return wait


def test_a_part_that_lives_is_waited_for_and_now_and_then_it_is_said(waiting) -> None:
    said = waiting(100)
    assert said == ["Waiting for rasa", *(f"Still waiting for rasa, {seconds} s by now" for seconds in (30, 60, 90))]
    assert waiting(10) == ["Waiting for rasa"]


def test_a_part_that_never_answers_is_given_up_and_it_is_said_what_to_do(waiting) -> None:
    with pytest.raises(StartError, match=r"(?s)^rasa did not answer within 300 s\. .*Run it again.* is kept\.$"):
        waiting(1000)


def test_who_is_told_to_stop_waits_no_longer(with_parts) -> None:
    one = with_parts("import time; time.sleep(60)")
    one.ask_to_stop()
    with pytest.raises(StartError, match="Told to stop"):
        one.start()
    assert one._running["actions"].poll() is not None


class Process:
    """Stands for a process that dies when its time is over; with `lives` of None it does not."""

    pid = 0

    def __init__(self, clock: Clock, lives: float | None) -> None:
        self._clock, self._until = clock, None if lives is None else clock.now + lives

    def poll(self) -> int | None:
        return 3 if self._until is not None and self._clock.now >= self._until else None

    def wait(self, seconds: float) -> None:
        self._until = self._clock.now


class Clock:
    """The time of a supervisor that waits for nothing."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Watched:
    """A supervisor of three parts that live as long as a test says, in seconds for each start in turn."""

    def __init__(self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = Clock()
        self.warned: list[str] = []
        self.lives: dict[str, list[float]] = {}
        self.started: dict[str, list[float]] = {"actions": [], "rasa": [], "web": []}
        monkeypatch.setattr(supervisor, "time", self.clock)
        monkeypatch.setattr(supervisor, "send_signal", lambda *_: None)
        model = Selected(tmp_path / "m.tar.gz", "why")
        self.supervisor = Supervisor(settings, model, lambda line: None, self.warned.append)
        monkeypatch.setattr(self.supervisor, "spawn", self.spawn)
        monkeypatch.setattr(self.supervisor._stopping, "wait", self.wait)
        self.supervisor._logs.mkdir(parents=True)
        for part in self.supervisor._parts:
            (self.supervisor._logs / f"{part.name}.log").write_text(f"{part.name} cannot go on\n")

    def spawn(self, part: Part) -> Process:
        lives = self.lives.get(part.name, [])
        self.started[part.name].append(self.clock.now)
        return Process(self.clock, lives.pop(0) if lives else None)

    def wait(self, seconds: float) -> bool:
        self.clock.now += seconds
        return self.clock.now > self.until or self.supervisor._stopping.is_set()

    def watch(self, seconds: float) -> None:
        self.until = self.clock.now + seconds
        for part in self.supervisor._parts:
            self.supervisor._launch(part)
        self.supervisor.watch()

    def pauses(self, name: str) -> list[float]:
        """Seconds between the starts of a part, to the second."""
        at = self.started[name]
        return [round(later - earlier) for earlier, later in pairwise(at)]

    def runs(self, name: str) -> bool:
        return self.supervisor._running[name].poll() is None


@pytest.fixture
def watched(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(settings, tmp_path, monkeypatch)


def test_the_model_that_answers_is_noted_for_whoever_removes_models(watched: Watched, settings: Settings) -> None:
    watched.watch(1)
    assert (settings.var / RUNNING).read_text() == "m"


def test_what_cannot_be_noted_on_a_full_disk_ends_nothing(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(supervisor, "note_running", full)
    watched.watch(1)
    assert watched.runs("rasa")
    assert "No space left" in watched.warned[0]


def test_a_web_process_that_dies_again_and_again_stops_everything(watched: Watched) -> None:
    watched.lives = {"web": [0.0] * 9}
    with pytest.raises(StartError, match=rf"(?s)^web died {MOST_DEATHS} times within a minute\..*web cannot go on"):
        watched.watch(600)
    assert not watched.runs("rasa")


@pytest.mark.parametrize("name", ["rasa", "actions"])
def test_without_another_part_the_web_process_goes_on_and_the_part_is_tried_more_and_more_seldom(
    watched: Watched, name: str
) -> None:
    watched.lives = {name: [0.0] * 99}
    watched.watch(1500)
    assert watched.started["web"] == [1000.0]
    assert watched.runs("web")
    tries = watched.pauses(name)
    assert max(tries[:2]) <= 3
    assert tries[2:] == pytest.approx([15, 30, 60, 120, 240, 300, 300, 300], abs=1.5)
    assert f"{name} died again and again" in watched.warned[0]
    for said in ("helplines", "tried again in 15 s", f"{name}.log", "attune doctor", f"{name} cannot go on"):
        assert said in watched.warned[0]


def test_a_part_that_stayed_for_a_minute_comes_back_at_once(watched: Watched) -> None:
    watched.lives = {"rasa": [0.0, 0.0, 0.0, 100.0]}
    watched.watch(300)
    assert len(watched.warned) == 1
    assert watched.pauses("rasa")[-1] <= 102
    assert watched.runs("rasa")


def test_a_death_now_and_then_is_no_reason_to_pause(watched: Watched) -> None:
    watched.lives = {"rasa": [40.0] * 20}
    watched.watch(600)
    assert watched.warned == []
    assert max(watched.pauses("rasa")) <= 43


def test_while_a_part_pauses_another_that_dies_is_seen(watched: Watched) -> None:
    watched.lives = {"rasa": [0.0] * 99, "actions": [500.0], "web": [501.0]}
    watched.watch(600)
    assert max(watched.pauses("actions")) <= 502
    assert max(watched.pauses("web")) <= 503


def test_a_part_that_cannot_be_started_again_leaves_the_web_process(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.lives = {"rasa": [5.0]}

    def spawn(part: Part) -> Process:
        if watched.clock.now > 1001 and part.name == "rasa":
            raise StartError("m.tar.gz is not as it was")
        return watched.spawn(part)

    monkeypatch.setattr(watched.supervisor, "spawn", spawn)
    watched.watch(60)
    assert watched.runs("web")
    assert "rasa could not be started: m.tar.gz is not as it was" in watched.warned[0]


def test_a_model_that_was_changed_since_it_was_trained_is_not_loaded(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Supervisor(settings, Selected(tmp_path / "attune-1.tar.gz", "why"), lambda line: None, print)
    one._parts = [part for part in one._parts if part.name == "rasa"]
    settings.var.mkdir()
    (tmp_path / "attune-1.tar.gz").write_text("brought")
    with pytest.raises(StartError, match="is not as it was when it was trained"):
        one.start()
    assert one._running == {}
