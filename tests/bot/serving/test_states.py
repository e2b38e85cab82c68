"""Dialogue states: bounded in memory, shared as rows, forgotten when a parent erases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.serving import states
from bot.serving.state_rows import StateRows, StateRowsError
from bot.serving.states import DialogueStates

if TYPE_CHECKING:
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
    rows.write("a", [{"event": "session_started"}])
    assert rows.purge(60.0) == 0
    assert rows.purge(-1.0) == 1
    assert rows.read("a") == []
