"""Dialogue states: bounded in memory, shared as rows, forgotten when a parent erases."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.serving import in_time, states
from bot.serving.in_time import NotInTimeError
from bot.serving.state_rows import StateRows, StateRowsError
from bot.serving.states import DialogueStates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def domain(root: Path) -> Domain:
    return Domain.load(str(root / "domain.yml"))


def tracker(store: DialogueStates, sender: str, risk: str | None = None) -> DialogueStateTracker:
    made = store.init_tracker(sender)
    made.update(ActionExecuted("action_listen"))
    made.update(UserUttered("so low", {"name": "feel_low", "confidence": 1.0}))
    made.update(SlotSet("risk", risk))
    return made


async def risk(store: DialogueStates, sender: str) -> Any:
    found = await store.retrieve(sender)
    assert found is not None
    return found.get_slot("risk")


async def words(store: DialogueStates, sender: str) -> list[str]:
    found = await store.retrieve(sender)
    assert found is not None
    return [event.text for event in found.events if isinstance(event, UserUttered)]


async def test_a_state_comes_back_with_its_slots(domain: Domain) -> None:
    store = DialogueStates(domain)
    await store.save(tracker(store, "a", "S"))
    found = await store.retrieve("a")
    assert found is not None
    assert found.get_slot("risk") == "S"
    assert found.latest_message.intent["name"] == "feel_low"
    assert await store.retrieve("b") is None


async def test_what_a_failed_turn_did_to_its_tracker_is_not_kept(domain: Domain) -> None:
    store = DialogueStates(domain)
    await store.save(tracker(store, "a"))
    broken = await store.retrieve("a")
    assert broken is not None
    broken.update(SlotSet("risk", "E"))
    again = await store.retrieve("a")
    assert again is not None
    assert again.get_slot("risk") is None


async def test_memory_holds_no_more_conversations_than_allowed(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "MOST", 3)
    store = DialogueStates(domain)
    for sender in ("a", "b", "c"):
        await store.save(tracker(store, sender))
    await store.save(tracker(store, "a"))
    await store.save(tracker(store, "d"))
    assert set(await store.keys()) == {"a", "c", "d"}


async def test_a_conversation_that_nobody_can_go_on_with_is_dropped(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DialogueStates(domain)
    await store.save(tracker(store, "a"))
    monkeypatch.setattr(states, "IDLE", -1.0)
    await store.save(tracker(store, "b"))
    assert len(store) == 0


async def test_an_erased_conversation_is_forgotten(domain: Domain) -> None:
    store = DialogueStates(domain)
    await store.save(tracker(store, "a"))
    await store.save(DialogueStateTracker("a", domain.slots))
    assert await store.retrieve("a") is None


async def test_another_rasa_goes_on_where_the_first_one_was(domain: Domain, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'states.sqlite3'}"
    first, second = (DialogueStates(domain, rows=StateRows(url)) for _ in range(2))
    await first.save(tracker(first, "a", "P"))
    found = await second.retrieve("a")
    assert found is not None
    assert found.get_slot("risk") == "P"
    await second.save(DialogueStateTracker("a", domain.slots))
    assert await DialogueStates(domain, rows=StateRows(url)).retrieve("a") is None


async def test_with_the_database_away_memory_serves_and_erasing_says_so(domain: Domain, tmp_path: Path) -> None:
    store = DialogueStates(domain, rows=StateRows(f"sqlite:///{tmp_path / 'nowhere' / 'states.sqlite3'}"))
    await store.save(tracker(store, "a", "S"))
    found = await store.retrieve("a")
    assert found is not None
    assert found.get_slot("risk") == "S"
    with pytest.raises(StateRowsError):
        await store.save(DialogueStateTracker("a", domain.slots))


def test_rows_that_nobody_touched_are_purged(tmp_path: Path) -> None:
    rows = StateRows(f"sqlite:///{tmp_path / 'states.sqlite3'}")
    rows.write("a", time.time(), [{"event": "session_started"}])
    assert rows.purge(60.0) == 0
    assert rows.purge(-1.0) == 1
    assert rows.read("a") is None


def test_a_row_gives_way_to_a_newer_state_only(tmp_path: Path) -> None:
    rows = StateRows(f"sqlite:///{tmp_path / 'states.sqlite3'}")
    for revision, name in ((2.0, "first"), (1.0, "late"), (3.0, "second"), (2.5, "late")):
        rows.write("a", revision, [{"event": name}])
    assert rows.read("a") == (3.0, [{"event": "second"}])


class Away:
    """Rows of a database that fails while a test says so."""

    def __init__(self, rows: StateRows) -> None:
        self.rows = rows
        self.failing: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name in self.failing:
            raise StateRowsError("away")
        return getattr(self.rows, name)


@pytest.fixture
def rows(tmp_path: Path) -> Away:
    return Away(StateRows(f"sqlite:///{tmp_path / 'states.sqlite3'}"))


async def test_after_a_failed_write_the_state_in_memory_counts(domain: Domain, rows: Away) -> None:
    store = DialogueStates(domain, rows=rows)
    await store.save(tracker(store, "a"))
    rows.failing = {"write"}
    await store.save(tracker(store, "a", "S"))
    rows.failing = set()
    assert await risk(store, "a") == "S"


async def test_a_first_turn_that_could_not_be_written_counts(domain: Domain, rows: Away) -> None:
    store = DialogueStates(domain, rows=rows)
    rows.failing = {"write"}
    await store.save(tracker(store, "a", "S"))
    assert await risk(store, "a") == "S"


class Hanging:
    """Rows of a database that does not answer until a test lets it, nor fail."""

    def __init__(self, rows: StateRows) -> None:
        self.rows = rows
        self.released = threading.Event()
        self.released.set()
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any) -> Any:
            self.calls.append(name)
            self.released.wait(20)
            return getattr(self.rows, name)(*args)

        return call


@pytest.fixture
def hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    made = Hanging(StateRows(f"sqlite:///{tmp_path / 'states.sqlite3'}"))
    yield made
    made.released.set()


async def test_with_a_database_that_hangs_memory_serves(
    domain: Domain, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DialogueStates(domain, rows=hanging)
    await store.save(tracker(store, "a"))
    hanging.released.clear()
    monkeypatch.setattr(in_time, "WITHIN", 0.02)
    senders = [str(number) for number in range(3 * in_time.THREADS)]
    await asyncio.gather(*(store.save(tracker(store, sender, "P")) for sender in senders))
    await store.save(tracker(store, "a", "S"))
    assert await risk(store, "a") == "S"
    assert await risk(store, senders[-1]) == "P"
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "free"), 5) == "free"


async def test_a_write_that_hangs_is_not_overtaken_by_the_erasing(
    domain: Domain, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DialogueStates(domain, rows=hanging)
    await store.save(tracker(store, "a"))
    hanging.released.clear()
    monkeypatch.setattr(in_time, "WITHIN", 0.02)
    await store.save(tracker(store, "a"))
    with pytest.raises(NotInTimeError):
        await store.save(DialogueStateTracker("a", domain.slots))
    assert "erase" not in hanging.calls
    monkeypatch.setattr(in_time, "WITHIN", 5.0)
    (written,) = store._in_time._unfinished.values()
    hanging.released.set()
    await asyncio.wrap_future(written)
    await store.save(DialogueStateTracker("a", domain.slots))
    assert await store.retrieve("a") is None


async def test_what_another_rasa_wrote_later_counts(domain: Domain, rows: Away) -> None:
    first, second = (DialogueStates(domain, rows=rows) for _ in range(2))
    await first.save(tracker(first, "a"))
    await second.retrieve("a")
    await second.save(tracker(second, "a", "P"))
    assert await risk(first, "a") == "P"
    rows.failing = {"read"}
    assert await risk(first, "a") == "P"


async def test_a_turn_is_later_than_the_one_before_whatever_the_clock_says(
    domain: Domain, rows: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (DialogueStates(domain, rows=rows) for _ in range(2))
    await first.save(tracker(first, "a"))
    await second.retrieve("a")
    behind = time.time() - 60
    monkeypatch.setattr(states.time, "time", lambda: behind)
    await second.save(tracker(second, "a", "P"))
    assert await risk(first, "a") == "P"


async def test_a_process_knows_its_own_words_also_with_rows(domain: Domain, rows: Away) -> None:
    first, second = (DialogueStates(domain, rows=rows) for _ in range(2))
    await first.save(tracker(first, "a"))
    assert await words(first, "a") == ["so low"]
    assert await words(second, "a") == [""]
    assert "so low" not in str(rows.rows.read("a"))


async def test_what_was_erased_elsewhere_does_not_come_back_from_memory(domain: Domain, rows: Away) -> None:
    first, second = (DialogueStates(domain, rows=rows) for _ in range(2))
    await first.save(tracker(first, "a", "S"))
    await second.save(DialogueStateTracker("a", domain.slots))
    assert await first.retrieve("a") is None
    assert len(first) == 0


async def test_a_row_of_an_older_release_is_gone_on_with(domain: Domain, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "states.sqlite3")) as old, old:
        old.execute("CREATE TABLE dialogue_state (sender VARCHAR(64) PRIMARY KEY, events TEXT, touched FLOAT)")
        events = '[{"event": "slot", "name": "risk", "value": "V"}]'
        old.execute("INSERT INTO dialogue_state VALUES ('a', ?, ?)", (events, time.time() - 60))
    store = DialogueStates(domain, rows=StateRows(f"sqlite:///{tmp_path / 'states.sqlite3'}"))
    assert await risk(store, "a") == "V"
    await store.save(tracker(store, "a", "S"))
    other = DialogueStates(domain, rows=StateRows(f"sqlite:///{tmp_path / 'states.sqlite3'}"))
    assert await risk(other, "a") == "S"
