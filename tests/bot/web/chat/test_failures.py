"""Whatever fails behind the chat, the parent has an answer with helplines within three seconds."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from fake_channel import reply_to

from bot.settings import get_settings
from bot.web import database
from bot.web.chat import log
from bot.web.chat.log import turn_log
from bot.web.chat.models import Turn, new_session_id
from bot.web.chat.record import Answer, Record
from bot.web.chat.turns import turns
from bot.web.outgoing.models import Parcel

from .parent import Parent, shows_helplines, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from fake_channel import FakeChannel
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def impatient(environment: pytest.MonkeyPatch) -> None:
    """Rasa gets a fifth of a second, so that tests of its silence are short."""
    environment.setenv("ATTUNE_TURN_TIMEOUT", "0.2")
    get_settings.cache_clear()


@pytest.fixture
def locked_database(parent: Parent) -> Iterator[sqlite3.Connection]:
    """Another process holds the write lock until the test calls rollback()."""
    writers = database._writers = ThreadPoolExecutor(max_workers=2)
    other = sqlite3.connect(connections["default"].settings_dict["NAME"], isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    yield other
    if other.in_transaction:
        other.rollback()
    other.close()
    writers.shutdown()  # what was given up on is still written: not into the next test
    database._writers = ThreadPoolExecutor(max_workers=2)


@pytest.fixture
def use_database(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Has the chat's database threads, begun anew, use another file."""

    def use(name: str) -> None:
        monkeypatch.setitem(connections["default"].settings_dict, "NAME", name)
        for pool in ("_readers", "_writers"):
            monkeypatch.setattr(database, pool, ThreadPoolExecutor(max_workers=2))

    return use


def is_fallback(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and "can't answer properly" in texts(answer)[0] and shows_helplines(answer)


async def test_with_a_hung_rasa_the_answer_comes_within_three_seconds(parent: Parent, channel: FakeChannel) -> None:
    channel.freeze()
    began = time.monotonic()
    answer = await parent.write("hello")
    assert time.monotonic() - began < 3
    assert is_fallback(answer)
    [turn] = await parent.turns()
    assert (turn.failed, turn.replies) == (True, answer.json()["messages"])
    assert (await parent.conversation()).failed is True


async def test_messages_that_queue_behind_a_hung_one_also_come_back_within_three_seconds(
    parent: Parent, channel: FakeChannel
) -> None:
    channel.freeze()
    began = time.monotonic()
    answers = await asyncio.gather(*(parent.write(f"message {n}", f"m{n}") for n in range(4)))
    assert time.monotonic() - began < 3
    assert all(is_fallback(answer) for answer in answers)
    # Sent again, each gets what it got.
    again = [await parent.write(f"message {n}", f"m{n}") for n in range(4)]
    assert [answer.json() for answer in again] == [answer.json() for answer in answers]


async def test_with_rasa_down_the_region_s_helplines_come_at_once(
    parent: Parent, environment: pytest.MonkeyPatch, free_port: int
) -> None:
    environment.setenv("ATTUNE_RASA_PORT", str(free_port))
    get_settings.cache_clear()
    assert is_fallback(await parent.write("hello"))


async def test_helplines_are_those_of_the_region_the_parent_named(parent: Parent, channel: FakeChannel) -> None:
    await parent.write("I live in the UK")
    channel.manner = "error"
    [message] = (await parent.write("hello")).json()["messages"]
    assert message["card"]["region"] == "GB"
    assert "999" in message["text"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{}",
        b'{"messages": []}',
        b'{"messages": [{}]}',
        b'{"messages": "hello"}',
        b'{"messages": [{"text": 5}]}',
        b'{"messages": [{"text": "  "}]}',
        b"[" * 100_000,
    ],
)
async def test_an_answer_of_rasa_that_cannot_be_used_is_replaced(
    parent: Parent, channel: FakeChannel, raw: bytes
) -> None:
    channel.manner, channel.raw = "raw", raw
    assert is_fallback(await parent.write("hello"))


async def test_odd_parts_of_an_answer_are_left_out(parent: Parent, channel: FakeChannel) -> None:
    odd = {
        "messages": [{"text": "Good."}, None, {"text": "", "card": {"type": "notice"}}, {"choices": [{"label": "x"}]}],
        "understood": {"intent": 5, "confidence": "high", "safety": {"tier": "Z"}},
        "actions": [1, "action_answer"],
        "region": 7,
        "milliseconds": True,
    }
    channel.manner, channel.raw = "raw", json.dumps(odd).encode()
    answer = await parent.write("hello")
    assert [message["text"] for message in answer.json()["messages"]] == ["Good.", ""]
    [turn] = await parent.turns()
    assert (turn.tier, turn.intent, turn.confidence, turn.actions) == (None, "", None, ["action_answer"])


@pytest.mark.parametrize("manner", ["error", "trickle"])
async def test_errors_and_endless_answers_of_rasa_are_replaced(
    parent: Parent, channel: FakeChannel, impatient: None, manner: str
) -> None:
    channel.manner = manner
    assert is_fallback(await parent.write("hello"))


@pytest.mark.parametrize(
    ("text", "tier", "kind"), [("I want to kill myself", "S", "crisis"), ("I feel numb", None, "crisis")]
)
async def test_without_rasa_the_rules_choose_the_helplines(
    parent: Parent, channel: FakeChannel, text: str, tier: str | None, kind: str
) -> None:
    channel.manner = "error"
    answer = await parent.write(text)
    assert shows_helplines(answer, kind)
    assert ("It matters that you wrote this" in texts(answer)[0]) is (tier == "S")
    conversation = await parent.conversation()
    assert (conversation.crisis, conversation.highest_tier) == (tier == "S", tier)


@pytest.mark.parametrize(
    ("tier", "kind"),
    [("E", "emergency"), ("P", "emergency"), ("I", "emergency"), ("S", "crisis"), ("V", "domestic_abuse")],
)
@pytest.mark.parametrize("region", ["US", "GB", "IN", "ZZ", None])
async def test_every_tier_has_words_and_a_card_in_every_region(tier: str, kind: str, region: str | None) -> None:
    from bot.web.chat.fallback import helplines_message

    message = helplines_message(region, tier)
    assert message["card"]["kind"] == kind
    assert message["card"]["lines"]
    assert "{" not in message["text"]


async def test_rules_that_break_do_not_take_the_helplines_away(
    parent: Parent, channel: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(text: str) -> None:
        raise RuntimeError("broken rules")

    monkeypatch.setattr("bot.web.chat.screening._screen", broken)
    channel.manner = "error"
    assert is_fallback(await parent.write("I want to kill myself"))


async def test_with_a_locked_database_rasa_s_answer_still_comes_and_is_stored_later(
    parent: Parent, locked_database: sqlite3.Connection
) -> None:
    began = time.monotonic()
    first = await parent.write("hello", "one")
    second = await parent.write("how are you", "two")
    assert time.monotonic() - began < 2
    assert texts(first) + texts(second) == ["You said: hello", "You said: how are you"]
    # Sent again, and read back, before anything could be stored.
    assert (await parent.write("hello", "one")).json() == first.json()
    said = [message["text"] for message in await parent.history() if message["from"] == "parent"]
    assert said == ["hello", "how are you"]
    locked_database.rollback()
    await parent.write("third", "three")
    await turn_log.store_unsaved()
    assert [turn.text for turn in await parent.turns()] == ["hello", "how are you", "third"]


async def test_an_answer_that_is_still_being_stored_at_the_end_of_the_time_is_shown_and_stored_alike(
    parent: Parent, monkeypatch: pytest.MonkeyPatch, settings: SettingsWrapper
) -> None:
    settings.CHAT_ANSWER_SECONDS = 1.5
    told, add = asyncio.Event(), turn_log.add

    async def slow(session: str, record: Record) -> Answer:
        await told.wait()
        return await add(session, record)

    monkeypatch.setattr(turn_log, "add", slow)
    answer = await parent.write("hello", "one")
    told.set()
    await turns.finish(5)
    assert texts(answer) == ["You said: hello"]
    [turn] = await parent.turns()
    assert (turn.replies, turn.failed) == (answer.json()["messages"], False)
    assert (await parent.write("hello", "one")).json() == answer.json()


async def test_buttons_work_while_the_database_is_locked(parent: Parent, locked_database: sqlite3.Connection) -> None:
    await parent.write("exercise")
    assert texts(await parent.press("/begin_exercise")) == ["You said: /begin_exercise"]


@pytest.mark.parametrize("name", ["file:{path}?mode=ro", "/no/such/folder/attune.sqlite3"])
async def test_with_a_read_only_or_missing_database_the_parent_is_answered(
    parent: Parent, channel: FakeChannel, use_database: Any, name: str
) -> None:
    use_database(name.format(path=connections["default"].settings_dict["NAME"]))
    assert texts(await parent.write("hello")) == ["You said: hello"]
    newcomer = Parent(parent.browser)
    await newcomer.arrive(region="GB")
    assert newcomer.opening
    assert texts(await newcomer.write("hello")) == ["You said: hello"]
    assert channel.heard[-1]["region"] == "GB"


@pytest.mark.parametrize("name", ["file:{path}?mode=ro", "/no/such/folder/attune.sqlite3"])
async def test_with_a_read_only_database_and_no_rasa_the_first_message_gets_the_helplines_of_its_country(
    browser: httpx.AsyncClient, channel: FakeChannel, transactional_db: None, use_database: Any, name: str
) -> None:
    use_database(name.format(path=connections["default"].settings_dict["NAME"]))
    newcomer = await Parent(browser).arrive(region="GB")
    channel.manner = "error"
    answer = await newcomer.write("hello")
    assert is_fallback(answer)
    assert answer.json()["messages"][0]["card"]["region"] == "GB"


async def test_with_a_full_database_danger_is_answered_and_turn_and_alert_are_stored_when_there_is_room(
    parent: Parent,
    channel: FakeChannel,
    environment: pytest.MonkeyPatch,
    use_database: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    environment.setenv("ATTUNE_ONCALL_MAIL", "oncall@practice.example")
    get_settings.cache_clear()
    # So large a turn takes its time on a busy machine; it is the disk that fails here, not the clock.
    environment.setattr(log, "WRITE_SECONDS", 2.0)
    settings = connections["default"].settings_dict
    with closing(sqlite3.connect(settings["NAME"])) as other:
        other.execute("VACUUM")  # what earlier tests deleted would leave room
    with pytest.MonkeyPatch.context() as full:
        # SQLite never makes a file smaller than it is: no page can be added any more.
        command = settings["OPTIONS"]["init_command"] + "PRAGMA max_page_count=1;"
        full.setitem(settings["OPTIONS"], "init_command", command)
        use_database(settings["NAME"])
        # A turn too large for the pages that are free.
        reply = reply_to({"text": "I want to die", "region": "US"})
        reply["understood"]["ranking"] = [{"intent": "feel_low", "confidence": 0.1}] * 5_000
        channel.manner, channel.raw = "raw", json.dumps(reply).encode()
        began = time.monotonic()
        answer = await parent.write("I want to die", "one")
        assert time.monotonic() - began < 3
        assert answer.json()["messages"][0]["card"]["type"] == "helplines"
    assert "not stored yet: OperationalError: database or disk is full" in caplog.text
    assert await parent.turns() == []
    use_database(settings["NAME"])
    await turn_log.store_unsaved()
    assert [turn.client_id for turn in await parent.turns()] == ["one"]
    assert await Parcel.objects.filter(kind="alert").acount() == 1


async def test_with_database_and_rasa_gone_the_helplines_of_the_region_still_come(
    parent: Parent, channel: FakeChannel, use_database: Any
) -> None:
    await parent.write("I live in the UK")
    use_database("/no/such/folder/attune.sqlite3")
    channel.manner = "error"
    answer = await parent.write("hello")
    assert is_fallback(answer)
    assert answer.json()["messages"][0]["card"]["region"] == "GB"


async def test_while_nothing_can_be_read_a_conversation_of_another_process_keeps_helplines_in_sight(
    parent: Parent, use_database: Any
) -> None:
    await parent.write("I want to die")
    turn_log._known.clear()  # as in a process that has never heard of it
    path = connections["default"].settings_dict["NAME"]
    use_database("/no/such/folder/attune.sqlite3")
    for words in ("hello", "and hello again"):
        answer = await parent.write(words)
        assert texts(answer) == [f"You said: {words}"]
        assert shows_helplines(answer, "crisis")
        assert answer.json()["messages"][0]["card"]["compact"] is True
    use_database(path)
    assert not shows_helplines(await parent.write("well then"))  # now it is Rasa's to know


async def test_while_nothing_can_be_read_an_alarm_that_this_process_saw_is_passed_on_and_no_other_bar_is_shown(
    parent: Parent, channel: FakeChannel, use_database: Any
) -> None:
    calm = await Parent(parent.browser).arrive()
    await calm.write("hello")
    await parent.write("I want to die")
    use_database("/no/such/folder/attune.sqlite3")
    await parent.write("hello")
    assert channel.heard[-1]["risk"] == "S"
    assert not shows_helplines(await calm.write("hello"))


async def test_with_more_sessions_than_are_remembered_the_newest_turn_is_stored_when_the_database_is_back(
    parent: Parent, locked_database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await parent.write("hello")
    monkeypatch.setattr(log, "REMEMBERED_SESSIONS", 1)
    newcomer = new_session_id()
    said = {"client_id": "m1", "kind": "text", "text": "hello", "replies": [], "region": "GB"}
    await turn_log.add(newcomer, Record(**said))
    locked_database.rollback()
    await turn_log.store_unsaved()
    assert (await Turn.objects.aget(client_id="m1")).conversation_id == newcomer


async def test_a_conversation_begun_without_a_database_is_stored_when_it_is_back(
    browser: httpx.AsyncClient, channel: FakeChannel, use_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = connections["default"].settings_dict["NAME"]
    use_database("/no/such/folder/attune.sqlite3")
    parent = await Parent(browser).arrive(region="GB", page="/a")
    await parent.write("hello")
    use_database(there)
    await turn_log.store_unsaved()
    conversation = await parent.conversation()
    assert (conversation.region, conversation.page, conversation.opening) == ("GB", "/a", parent.opening)
    assert [turn.text for turn in await parent.turns()] == ["hello"]


async def test_the_history_says_so_when_it_cannot_be_read(parent: Parent, use_database: Any) -> None:
    use_database("/no/such/folder/attune.sqlite3")
    answer = await parent.browser.get("/chat/history", headers=parent.headers)
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "unavailable"
    assert shows_helplines(answer)


async def test_an_answer_that_another_process_stored_first_is_the_one_that_counts(
    parent: Parent, channel: FakeChannel
) -> None:
    from asgiref.sync import sync_to_async

    from bot.web.chat.models import Conversation

    channel.freeze()
    waiting = asyncio.create_task(parent.write("hello", "race"))
    await asyncio.to_thread(channel.arrived.acquire, timeout=5)
    theirs = [{"id": "theirs", "from": "bot", "text": "The other process was quicker."}]

    def store() -> None:
        turn = Turn(client_id="race", kind="text", text="hello", replies=theirs, region="US")
        Conversation.objects.get(pk=parent.session).append(turn)

    await sync_to_async(store)()
    channel.thaw()
    assert (await waiting).json()["messages"] == theirs
    assert len(await parent.turns()) == 1


async def test_a_broken_view_answers_in_the_error_shape(
    parent: Parent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("bot.web.chat.views.read_message", broken)
    answer = await parent.write("my most private words")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "server_error"
    assert shows_helplines(answer)
    assert "my most private words" not in caplog.text


async def test_words_of_parents_are_not_in_the_log(
    parent: Parent, channel: FakeChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await parent.write("my most private words")
    channel.manner = "error"
    await parent.write("my most private words")
    ours = [record for record in caplog.records if record.name.startswith(("bot.", "django."))]
    assert ours
    assert all("my most private words" not in record.getMessage() for record in ours)


async def test_without_a_readable_helplines_file_words_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.web.chat import fallback
    from knowledge.errors import KnowledgeError

    def unreadable() -> None:
        raise KnowledgeError("helplines.yml", "gone", "restore it")  # type: ignore[arg-type]

    monkeypatch.setattr(fallback, "get_content", unreadable)
    message = fallback.helplines_message("US", "S")
    assert "emergency number" in message["text"]
