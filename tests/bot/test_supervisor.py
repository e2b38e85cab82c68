"""Before anything starts: ports and disk, each with the variable that helps."""

from __future__ import annotations

import dataclasses
import shutil
import socket
import sys
from collections import namedtuple
from typing import TYPE_CHECKING

import pytest

from bot import supervisor
from bot.models import Selected
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
        return Supervisor(settings, Selected(tmp_path / "m.tar.gz", "why"), lambda line: None)

    return make


def test_a_part_that_ends_at_once_is_reported_with_its_last_words(with_parts) -> None:
    with pytest.raises(StartError, match=r"(?s)^actions stopped at once\. .*no such luck"):
        with_parts("raise SystemExit('no such luck')").start()


def test_a_part_that_does_not_answer_is_reported_and_stopped(with_parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PATIENCE", 0.0)
    one = with_parts("import time; time.sleep(60)")
    with pytest.raises(StartError, match=r"^actions did not answer within 0 s"):
        one.start()
    assert one._running["actions"].poll() is not None


def test_a_part_that_dies_again_and_again_stops_everything(with_parts, monkeypatch: pytest.MonkeyPatch) -> None:
    one = with_parts("raise SystemExit(3)")
    monkeypatch.setattr(supervisor, "answers", lambda address: True)
    monkeypatch.setattr(one._stopping, "wait", lambda seconds: one._stopping.is_set())
    one._logs.mkdir(parents=True)
    one._launch(one._parts[0])
    with pytest.raises(StartError, match=f"^actions died {MOST_DEATHS} times within a minute"):
        one.watch()


def test_a_model_that_was_changed_since_it_was_trained_is_not_loaded(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Supervisor(settings, Selected(tmp_path / "attune-1.tar.gz", "why"), lambda line: None)
    one._parts = [part for part in one._parts if part.name == "rasa"]
    settings.var.mkdir()
    (tmp_path / "attune-1.tar.gz").write_text("brought")
    with pytest.raises(StartError, match="is not as it was when it was trained"):
        one.start()
    assert one._running == {}
