"""Another model takes over while turns go on: none is lost, and the old Rasa leaves when its turns are over."""

from __future__ import annotations

import dataclasses
import errno
import subprocess
import sys
import threading
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

from bot import register, succession
from bot.models import Selected
from bot.ports import free_port
from bot.processes import Part, answers
from bot.rasa_port import announce, rasa_port
from bot.settings import Settings, get_settings
from bot.succession import Succession

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A Rasa that takes a while for each turn, and says which model it has.
SERVER = """
import sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/turn":
            time.sleep(0.05)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(sys.argv[2].encode())
    def log_message(self, *_): pass
class Server(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = False
Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


class House:
    """A succession with servers of a few lines in Rasa's place."""

    def __init__(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings = settings
        self.said: list[str] = []
        self.chosen = Selected(settings.models / "attune-old.tar.gz", "it fits the data")
        self.code = SERVER
        self.started: list[subprocess.Popen[bytes]] = []
        monkeypatch.setattr(succession, "rasa_part", self.part)
        monkeypatch.setattr(succession, "model_to_use", lambda: self.chosen)
        old = self.part(self.chosen.path, settings.rasa_port)
        self.rasa = self.spawn(old)
        until(lambda: answers(old.ready))
        announce(settings, settings.rasa_port)
        self.succession = Succession(settings, self.chosen, self.spawn, answers, self.said.append)

    def part(self, model: Path, port: int) -> Part:
        command = [sys.executable, "-S", "-c", self.code, str(port), register.name_of(model)]
        return Part("rasa", command, port, f"http://127.0.0.1:{port}/")

    def spawn(self, part: Part) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(part.command, start_new_session=True, stderr=subprocess.DEVNULL)
        self.started.append(process)
        return process

    def choose(self, name: str) -> None:
        path = register.archive(self.settings.models, name)
        path.write_text(name)
        register.add(self.settings.models, name, sources="d", code="c")
        self.chosen = Selected(path, "it learnt 3 corrections")
        register.choose(self.settings.models, register.Choice(name, "d", "a person", "2027", "why"))

    def turn(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{rasa_port(self.settings)}/turn", timeout=5) as answer:
            return str(answer.read().decode())


def until(condition, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        threading.Event().wait(0.02)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    for name in ("var", "models"):
        (tmp_path / name).mkdir()
    settings = dataclasses.replace(
        get_settings(), var=tmp_path / "var", models=tmp_path / "models", rasa_port=free_port()
    )
    made = House(settings, monkeypatch)
    yield made
    for process in made.started:
        process.kill()
        process.wait()


def test_no_turn_is_lost_while_another_model_takes_over(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(succession, "LONGEST_TURN", 1.0)
    heard: list[str] = []
    failed: list[BaseException] = []
    over = threading.Event()

    def parent() -> None:
        while not over.is_set():
            try:
                heard.append(house.turn())
            except OSError as error:
                failed.append(error)

    parents = [threading.Thread(target=parent) for _ in range(4)]
    for one in parents:
        one.start()
    until(lambda: len(heard) > 5)
    house.choose("attune-new")
    took_over = []
    until(lambda: took_over.append(house.succession.step(house.rasa)) or took_over[-1] is not None)
    rasa = took_over[-1].process
    until(lambda: house.succession.step(rasa) is not None or not house.succession.processes())
    after = len(heard)
    until(lambda: len(heard) > after + 5)
    over.set()
    for one in parents:
        one.join()
    assert failed == []
    assert set(heard) == {"attune-old", "attune-new"}
    assert set(heard[after:]) == {"attune-new"}
    assert house.rasa.poll() is not None


def test_a_model_that_does_not_start_leaves_the_old_one_in_use(house: House) -> None:
    house.code = "raise SystemExit('no such model')"
    house.choose("attune-broken")
    until(lambda: house.succession.step(house.rasa) is None and any("did not start" in line for line in house.said))
    assert house.turn() == "attune-old"
    assert house.said[-1] == "Rasa did not start with attune-broken; attune-old stays in use"
    assert house.succession.processes() == []


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_the_old_model_in_use_and_ends_the_successor(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(succession, "announce", full_disk)
    house.choose("attune-new")
    until(lambda: house.succession.step(house.rasa) is None and any("cannot take over" in line for line in house.said))
    assert house.turn() == "attune-old"
    assert house.succession.processes() == []
    assert house.started[-1].poll() is not None
    assert house.rasa.poll() is None
    for words in ("No space left", "attune-old stays in use", "`attune models --use`"):
        assert words in house.said[-1]


def test_once_there_is_space_again_the_model_can_be_chosen_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as full:
        full.setattr(succession, "announce", full_disk)
        house.choose("attune-new")
        until(lambda: house.succession.step(house.rasa) or any("cannot take over" in line for line in house.said))
    house.choose("attune-new")
    until(lambda: house.succession.step(house.rasa) is not None)
    assert house.turn() == "attune-new"


def test_a_successor_that_cannot_even_be_started_leaves_the_old_model_in_use(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.succession, "_spawn", full_disk)
    house.choose("attune-new")
    assert house.succession.step(house.rasa) is None
    assert house.succession.step(house.rasa) is None
    assert house.turn() == "attune-old"
    assert house.succession.processes() == []
    assert "No space left on device; attune-old stays in use" in house.said[-1]


def test_a_training_alone_changes_nothing(house: House) -> None:
    house.choose("attune-old")
    house.chosen = Selected(register.archive(house.settings.models, "attune-trained"), "it fits the data")
    assert house.succession.step(house.rasa) is None
    assert house.succession.processes() == []
    assert house.said == []


def test_without_an_announcement_rasa_is_where_the_settings_say(tmp_path: Path) -> None:
    settings = dataclasses.replace(get_settings(), var=tmp_path, rasa_port=5005)
    assert rasa_port(settings) == 5005
    announce(settings, 6006)
    assert rasa_port(settings) == 6006
    (tmp_path / "rasa.port").write_text("half")
    assert rasa_port(settings) == 5005
