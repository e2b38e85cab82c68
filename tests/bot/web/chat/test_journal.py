"""Turns that no database took are on disk, and stored by whoever comes after the process that wrote them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DataError, connections

from bot.settings import get_settings
from bot.web import database
from bot.web.chat import journal, log, tables
from bot.web.chat.journal import Journal, Kept, Key, folders
from bot.web.chat.log import TurnLog, turn_log
from bot.web.chat.models import Conversation, Turn, new_session_id
from bot.web.chat.record import Record
from bot.web.errors import ApiError
from bot.web.outgoing.models import Parcel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("environment")]
NOBODY: frozenset[Key] = frozenset()
SECRET = "what only a clinician should read"


def record(name: str = "m1", **values: Any) -> Record:
    said = {"client_id": name, "kind": "text", "text": SECRET, "replies": [{"id": "r", "text": "I hear you"}]}
    return Record(**{**said, "region": "GB", **values})


def kept(name: str = "m1", session: str = "s1") -> Kept:
    return Kept(session, record(name), "/a", ({"id": "o", "text": "Hello"},))


def files() -> list[Path]:
    return sorted((get_settings().var / "unstored").rglob("*.json"))


def opened() -> list[str]:
    """What this process has open below the journals' folder, also what is deleted."""
    names = []
    for handle in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # the handle of this very look
            names.append(str(handle.readlink()))
    return [name for name in names if name.startswith(str(get_settings().var / "unstored"))]


def die(one: Journal) -> None:
    """What the kernel does with the lock of a process that ends."""
    assert one._lock is not None
    os.close(one._lock)


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[Callable[[], None]]:
    """Another process holds the write lock until the test calls this."""
    writers = ThreadPoolExecutor(max_workers=2)
    monkeypatch.setattr(database, "_writers", writers)
    monkeypatch.setattr(log, "WRITE_SECONDS", 0.05)
    other = sqlite3.connect(connections["default"].settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def mend() -> None:
        other.rollback()
        monkeypatch.setattr(log, "WRITE_SECONDS", 5.0)

    yield mend
    other.close()
    writers.shutdown()  # what was given up on is still written: not into the next test


async def test_what_is_kept_is_for_this_user_only_and_goes_when_it_is_stored() -> None:
    one = Journal()
    assert await one.keep(kept())
    (file,) = files()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (file.parent, file.parent.parent)] == [0o700, 0o700]
    assert SECRET in file.read_text("utf-8")
    await one.drop([("s1", "another"), ("s1", "m1")])
    assert files() == []


async def test_a_turn_that_is_kept_twice_is_there_once() -> None:
    one = Journal()
    assert await one.keep(kept())
    assert await one.keep(kept())
    assert len(files()) == 1


async def test_the_turns_of_a_process_that_lives_are_nobody_else_s() -> None:
    one, other = Journal(), Journal()
    await one.keep(kept())
    assert await other.claim(10, NOBODY) == []
    assert len(files()) == 1


async def test_the_turns_of_a_process_that_died_are_taken_over_whole_and_in_order() -> None:
    one, other, third = Journal(), Journal(), Journal()
    turns = [kept(name) for name in ("m3", "m1", "m2")]
    for turn in turns:
        await one.keep(turn)
    die(one)
    assert await other.claim(2, NOBODY) == turns[:2]
    assert await third.claim(2, NOBODY) == []
    await other.drop([turn.key for turn in turns[:2]])
    assert await other.claim(2, NOBODY) == turns[2:]
    await other.drop([turns[2].key])
    assert files() == []
    assert len(folders()) == 1  # that of the dead one is gone


async def test_what_a_process_has_in_memory_it_does_not_claim() -> None:
    one = Journal()
    await one.keep(kept("m1"))
    await one.keep(kept("m2"))
    assert [each.key for each in await one.claim(10, {("s1", "m1")})] == [("s1", "m2")]


async def test_a_file_that_holds_no_turn_is_named_and_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    one = Journal()
    await one.keep(kept())
    broken = files()[0].with_name("0-broken.json")
    broken.write_text(SECRET)
    assert [each.session for each in await one.claim(10, NOBODY)] == ["s1"]
    assert "0-broken.json is no turn" in caplog.text
    assert SECRET not in caplog.text


async def test_a_disk_that_takes_nothing_is_said_and_leaves_nothing_half_written(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal.os, "fsync", full)
    assert not await Journal().keep(kept())
    assert "No space left on device" in caplog.text
    assert [path for path in (get_settings().var / "unstored").rglob("*") if path.suffix in {".json", ".new"}] == []


async def test_a_disk_without_room_for_a_folder_is_tried_again_and_costs_nothing_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(path: Path, *args: Any, **how: Any) -> None:
        if path.parent.name == "unstored":
            raise OSError(28, "No space left on device")
        make(path, *args, **how)

    make = Path.mkdir
    one = Journal()
    with monkeypatch.context() as disk:
        disk.setattr(Path, "mkdir", full)
        for _ in range(3):
            assert not await one.keep(kept())
        assert opened() == []
        assert list((get_settings().var / "unstored").iterdir()) == []
    assert await one.keep(kept())  # there is room again
    assert len(files()) == 1


async def test_a_slow_disk_delays_no_answer_when_a_turn_is_stored(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one = Journal()
    await one.keep(kept())
    monkeypatch.setattr(journal, "WRITE_SECONDS", 0.01)
    ready = threading.Event()
    remove = one._remove
    monkeypatch.setattr(one, "_remove", lambda keys: (ready.wait(10), remove(keys)))
    await asyncio.wait_for(one.drop([("s1", "m1")]), 5)
    assert "still being removed" in caplog.text
    ready.set()
    await one.drop_session("another")  # after whatever came before it
    assert files() == []


async def test_a_turn_that_is_stored_before_it_is_on_disk_does_not_stay_there(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = threading.Event()
    monkeypatch.setattr(journal, "WRITE_SECONDS", 0.01)
    monkeypatch.setattr(journal.os, "fsync", lambda handle: ready.wait(10))
    one = Journal()
    assert not await one.keep(kept())
    await one.drop([("s1", "m1")])
    ready.set()
    assert await one.claim(10, NOBODY) == []
    assert files() == []


async def test_what_is_erased_goes_also_when_nobody_waits_for_the_disk_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = Journal()
    await one.keep(kept())
    ready = threading.Event()
    one._disk.submit(ready.wait, 10)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(one.drop_session("s1"), 0.01)
    ready.set()
    await one.drop_session("another")
    assert files() == []


async def test_a_slow_disk_delays_nobody_and_the_turn_is_kept_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = threading.Event()
    monkeypatch.setattr(journal, "WRITE_SECONDS", 0.01)
    monkeypatch.setattr(journal.os, "fsync", lambda handle: ready.wait(10))
    one = Journal()
    assert not await one.keep(kept())
    ready.set()
    assert [each.key for each in await one.claim(10, NOBODY)] == [("s1", "m1")]
    await one.drop_session("s1")
    assert files() == []


async def test_a_file_that_cannot_be_removed_is_named_and_stored_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    one = Journal()
    await one.keep(kept())
    monkeypatch.setattr(type(files()[0]), "unlink", refuse)
    await one.drop([("s1", "m1")])
    assert "cannot be removed: Permission denied" in caplog.text
    assert await one.claim(10, NOBODY) == []


# With the log of turns


async def test_a_turn_without_a_database_is_on_disk_until_it_is_stored(no_database: Callable[[], None]) -> None:
    session = new_session_id()
    await turn_log.begin(session, "GB", "/a", [])
    await turn_log.add(session, record())
    assert len(files()) == 1
    no_database()
    await turn_log.store_unsaved()
    assert files() == []
    assert (await Turn.objects.aget()).text == SECRET


async def test_what_a_killed_process_could_not_store_its_successor_stores_and_tells(
    no_database: Callable[[], None], environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("ATTUNE_ONCALL_MAIL", "oncall@practice.example")
    get_settings.cache_clear()
    session, opening = new_session_id(), [{"id": "o", "from": "bot", "text": "Hello"}]
    killed, successor = TurnLog(), TurnLog()
    await killed.begin(session, "GB", "/a", opening)
    for name in ("m1", "m2"):
        await killed.add(session, record(name, tier="S"))
    die(killed._journal)
    await successor.store_unsaved()  # still no database
    assert len(files()) == 2
    assert (await successor.find(session, "m1", None)).answer == record("m1").answer()  # when it is sent again
    no_database()
    await successor.store_unsaved()
    conversation = await Conversation.objects.aget(pk=session)
    assert (conversation.region, conversation.page, conversation.opening) == ("GB", "/a", opening)
    assert [turn.client_id async for turn in conversation.turns.order_by("position")] == ["m1", "m2"]
    assert await Parcel.objects.filter(kind="alert").acount() >= 1
    assert files() == []


async def test_what_left_memory_is_stored_from_disk(
    no_database: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "REMEMBERED_SESSIONS", 1)
    monkeypatch.setattr(log, "CLAIMED", 2)
    sessions = [new_session_id() for _ in range(5)]
    for session in sessions:
        await turn_log.add(session, record())
    assert turn_log.unstored() == 1
    no_database()
    await turn_log.store_unsaved()
    assert {turn.conversation_id async for turn in Turn.objects.all()} == set(sessions)
    assert files() == []


@contextlib.contextmanager
def refused(*sessions: str) -> Iterator[None]:
    """The database takes everything but what is of `sessions`."""
    store = tables.store

    def refuse(session: str, *rest: Any) -> Any:
        if session in sessions:
            raise DataError(SECRET)
        return store(session, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "store", refuse)
        patch.setattr(log, "WRITE_SECONDS", 5.0)
        yield


async def test_a_turn_that_the_database_refuses_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    odd, remembered, left = (new_session_id() for _ in range(3))
    here, killed = TurnLog(), TurnLog()
    with refused(odd, remembered, left):
        await here.add(odd, record())
        await here.add(remembered, record())
        await killed.add(left, record())
    die(killed._journal)
    with refused(odd):
        await here.store_unsaved()
    assert {turn.conversation_id async for turn in Turn.objects.all()} == {remembered, left}
    assert f"does not take what waits of {odd}: DataError" in caplog.text
    assert SECRET not in caplog.text
    assert len(files()) == 1
    with refused():
        await here.store_unsaved()
    assert await Turn.objects.acount() == 3
    assert files() == []


async def test_turns_that_are_refused_and_not_remembered_do_not_come_round_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log, "REMEMBERED_SESSIONS", 1)
    sessions = [new_session_id() for _ in range(3)]
    with refused(*sessions):
        for session in sessions:
            await turn_log.add(session, record())
        await asyncio.wait_for(turn_log.store_unsaved(), 10)
    with refused():
        await turn_log.store_unsaved()
    assert await Turn.objects.acount() == len(sessions)


async def test_a_turn_that_is_stored_while_the_journal_is_read_is_not_taken_for_another_s(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    session = new_session_id()
    here, began, ready = TurnLog(), threading.Event(), threading.Event()
    claim = here._journal._claim

    def slow(*args: Any) -> Any:
        began.set()
        ready.wait(10)
        return claim(*args)

    monkeypatch.setattr(here._journal, "_claim", slow)
    with refused(session):
        await here.add(session, record("m1"))
        reading = asyncio.create_task(here.store_unsaved())
        await asyncio.to_thread(began.wait, 10)
    monkeypatch.setattr(journal, "WRITE_SECONDS", 0.01)
    with refused():
        await here.add(session, record("m2"))
    ready.set()
    await reading
    await here._journal.drop_session("another")  # after whatever came before it
    assert "on disk alone" not in caplog.text
    assert files() == []
    assert await Turn.objects.acount() == 2


async def test_an_erased_conversation_leaves_nothing_on_disk(no_database: Callable[[], None]) -> None:
    session = new_session_id()
    here, killed = TurnLog(), TurnLog()
    await here.add(session, record("m1"))
    await killed.add(session, record("m2"))
    die(killed._journal)
    no_database()
    await database.write(lambda: tables.erase(session), 2.0)  # by a third process
    await here.store_unsaved()
    assert files() == []
    assert await Turn.objects.acount() == 0
    with pytest.raises(ApiError):
        await here.find(session, "m1", None)


async def test_erasing_removes_what_was_not_stored_yet(no_database: Callable[[], None]) -> None:
    session = new_session_id()
    await turn_log.add(session, record())
    no_database()
    await turn_log.erase(session)
    assert files() == []
