"""A parent in danger is answered in time by a web process with something broken behind it; and staff learn of it."""

from __future__ import annotations

import os
import resource
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.bot.web.webhook_receiver import WebhookReceiver
from tests.stack import cards, free_port
from tests.web_process import migrate, web_process

from .garbage import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack import Stack

pytestmark = pytest.mark.stack

DANGER = "i want to die"
LONGEST = 4.0  # seconds: three are promised, and other tests run on the same machine
LATER = 60.0  # seconds until what waited must be told: two looks of 15 s, and a machine that is busy
GARBAGE = Path(__file__).with_name("garbage.py")


def helplines_in_time(web: Stack, region: str = "GB") -> None:
    parent = web.parent(region)
    began = time.monotonic()
    messages = parent.says(DANGER)
    took = time.monotonic() - began
    shown = cards(messages, "helplines")
    assert shown, messages
    assert "gb-samaritans" in [line["id"] for line in shown[0]["lines"]]
    assert took < LONGEST


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as receiver:
        yield receiver


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        return connection.execute(query).fetchall()


def change(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        connection.execute(statement)


def stored_tiers(database: Path) -> list[object]:
    return [tier for (tier,) in rows(database, "SELECT tier FROM chat_turn ORDER BY id")]


def until_nothing_is_kept(folder: Path) -> None:
    """Somebody is told before the file goes: it is removed by a thread of its own."""
    until = time.monotonic() + LATER
    while kept := list(folder.rglob("*.json")):
        assert time.monotonic() < until, kept
        time.sleep(0.05)


# Something that is not Rasa on Rasa's port


@contextmanager
def garbage(port: int, manner: str) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, str(GARBAGE), str(port), manner])
    try:
        until = time.monotonic() + 20
        while not _listens(port):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, int]]:
    """A web process, and the port on which it looks for Rasa."""
    folder, port = tmp_path_factory.mktemp("alone"), free_port()
    migrate(folder)
    with web_process(folder, ATTUNE_RASA_PORT=str(port)) as web:
        yield web, port


@pytest.mark.parametrize("manner", ANSWERS)
def test_danger_gets_helplines_while_something_else_answers_garbage_in_rasa_s_place(
    alone: tuple[Stack, int], manner: str
) -> None:
    web, port = alone
    with garbage(port, manner):
        helplines_in_time(web)


# A database or an outbox that takes nothing, with the real Rasa


@pytest.fixture
def settings(stack: Stack, receiver: WebhookReceiver) -> dict[str, str]:
    """A web process of its own beside the real Rasa, with somebody on call."""
    stack.wait_until_ready()
    return {
        "ATTUNE_RASA_PORT": str(stack.rasa_port),
        "ATTUNE_CHANNEL_SECRET": (stack.var / "secrets" / "channel").read_text(),
        "ATTUNE_ONCALL_WEBHOOK": receiver.url,
    }


def test_with_everything_well_somebody_is_told_within_a_second(
    settings: dict[str, str], receiver: WebhookReceiver, tmp_path: Path
) -> None:
    migrate(tmp_path)
    with web_process(tmp_path, **settings) as web:
        web.parent("GB").says("hello")
        helplines_in_time(web)  # the turn is stored when this is back
        assert receiver.called.acquire(timeout=1.0), web.output.read_text()
    assert receiver.said()[0]["tier"] == "S"


def test_with_an_outbox_that_fails_danger_is_answered_stored_and_told_later(
    settings: dict[str, str], receiver: WebhookReceiver, tmp_path: Path
) -> None:
    migrate(tmp_path)
    database = tmp_path / "var" / "attune.sqlite3"
    with web_process(tmp_path, **settings) as web:
        change(database, "ALTER TABLE outgoing_parcel RENAME TO taken_away")
        helplines_in_time(web)
        assert stored_tiers(database) == ["S"], web.output.read_text()
        assert receiver.bodies == []
        change(database, "ALTER TABLE taken_away RENAME TO outgoing_parcel")
        assert receiver.called.acquire(timeout=LATER), web.output.read_text()
    assert [call["why"] for call in receiver.said()] == ["first"]
    assert DANGER not in web.output.read_text() + receiver.bodies[0].decode()


def test_with_a_disk_that_is_full_danger_is_answered_and_stored_and_told_when_there_is_room(
    settings: dict[str, str], receiver: WebhookReceiver, tmp_path: Path
) -> None:
    migrate(tmp_path)
    database = tmp_path / "var" / "attune.sqlite3"
    with web_process(tmp_path, **settings) as web:
        # No file can grow any more, for this process: what a full disk is to it.
        before = resource.prlimit(web.pid("web"), resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        helplines_in_time(web)
        assert stored_tiers(database) == []
        resource.prlimit(web.pid("web"), resource.RLIMIT_FSIZE, before)
        assert receiver.called.acquire(timeout=LATER), web.output.read_text()
    assert stored_tiers(database) == ["S"]


def test_with_a_read_only_database_danger_is_answered_and_stored_and_told_when_it_is_mended(
    settings: dict[str, str], receiver: WebhookReceiver, tmp_path: Path
) -> None:
    migrate(tmp_path)
    database = tmp_path / "var" / "attune.sqlite3"
    database.chmod(0o444)
    # Root may write whatever it likes; without this right it is held to the permissions like everybody.
    bounded = ("setpriv", "--bounding-set=-dac_override") if os.geteuid() == 0 else ()
    with web_process(tmp_path, before=bounded, **settings) as web:
        helplines_in_time(web)
        assert "readonly database" in web.output.read_text()
        assert stored_tiers(database) == []
        database.chmod(0o644)
        assert receiver.called.acquire(timeout=LATER), web.output.read_text()
    assert stored_tiers(database) == ["S"]


def test_danger_that_no_database_took_is_stored_and_told_although_the_process_was_killed(
    settings: dict[str, str], receiver: WebhookReceiver, tmp_path: Path
) -> None:
    migrate(tmp_path)
    database = tmp_path / "var" / "attune.sqlite3"
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        with web_process(tmp_path, **settings) as web:
            other.execute("BEGIN IMMEDIATE")
            helplines_in_time(web)
        other.rollback()
    assert stored_tiers(database) == []
    with web_process(tmp_path, **settings) as web:
        assert receiver.called.acquire(timeout=LATER), web.output.read_text()
        until_nothing_is_kept(tmp_path / "var" / "unstored")
    assert stored_tiers(database) == ["S"]
