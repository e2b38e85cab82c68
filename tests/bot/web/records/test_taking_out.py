"""What is erased goes out of the files of exports, whoever writes them at the same time and whatever fails on the way."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async
from django.apps import apps
from django.db import connections
from django.utils import timezone

from bot.settings import get_settings
from bot.web.chat.models import Conversation, Turn
from bot.web.chat.retention import purge
from bot.web.records import taking_out
from bot.web.records.exporting import Wanted, export
from bot.web.records.models import Export, ExportedConversation, RewriteDue
from bot.web.review import saved_tests
from bot.web.review.summarising import catch_up as summarise_all
from knowledge.practice import load_practice
from tests.beside import beside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("environment")]


def talked(count: int) -> list[Conversation]:
    made = Conversation.objects.bulk_create(Conversation(region="GB") for _ in range(count))
    Turn.objects.bulk_create(
        Turn(conversation=one, position=0, client_id="c", kind=Turn.Kind.TEXT, text=f"said in {one.pk}") for one in made
    )
    return made


def exported(form: str = "jsonl") -> Export:
    return export(Wanted(), form, "robin", reveal=True, reason="a test")


def holds(made: Export, conversation: Conversation) -> bool:
    return conversation.pk in made.path.read_text("utf-8")


def beside_the_file(made: Export) -> list[str]:
    return sorted(path.name for path in made.path.parent.iterdir() if path != made.path)


@contextlib.contextmanager
def a_full_disk_under(made: Export, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    real = taking_out._copy

    def copy(old: Path, *rest: Any) -> None:
        if old == made.path:
            raise OSError(28, "No space left on device")
        real(old, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(taking_out, "_copy", copy)
        yield


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_many_who_erase_at_once_all_go_out_of_every_export(form: str) -> None:
    conversations = talked(60)
    gone, kept = conversations[:6], conversations[6:]
    exports = [exported(form) for _ in range(2)]
    ready, failed = threading.Barrier(len(gone)), []

    def erase(conversation: Conversation) -> None:
        try:
            ready.wait(30)
            conversation.erase()
        except Exception as error:  # noqa: BLE001 - told by the test, and not by this thread
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=erase, args=(conversation,)) for conversation in gone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    for made in exports:
        assert [one.pk for one in gone if holds(made, one)] == []
        assert [one.pk for one in kept if not holds(made, one)] == []
    assert not RewriteDue.objects.exists()
    assert not [name for name in beside_the_file(exports[0]) if name.endswith(".draft")]


def test_who_erases_while_the_file_is_written_does_not_wait_and_goes_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, kept = talked(3)
    made, real, written = exported(), taking_out._copy, []

    def copy(*arguments: Any) -> None:
        if not written:
            erasing = beside(second.erase)
            erasing.join(30)
            assert not erasing.is_alive()
        written.append(arguments)
        real(*arguments)

    monkeypatch.setattr(taking_out, "_copy", copy)
    first.erase()
    assert (holds(made, first), holds(made, second), holds(made, kept)) == (False, False, True)
    assert len(written) == 2
    assert not RewriteDue.objects.exists()


def test_a_file_that_another_process_writes_is_left_to_it_and_looked_at_again() -> None:
    gone, _ = talked(2)
    made = exported()
    with taking_out.held(made):
        gone.erase()
        assert holds(made, gone)
        assert RewriteDue.objects.get().export == made
    taking_out.catch_up()
    assert not holds(made, gone)
    assert not RewriteDue.objects.exists()


def test_all_that_is_due_goes_with_one_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    conversations = talked(5)
    made, real, written = exported(), taking_out._copy, []

    def copy(*arguments: Any) -> None:
        written.append(arguments)
        real(*arguments)

    monkeypatch.setattr(taking_out, "_copy", copy)
    with taking_out.held(made):
        for one in conversations[:4]:
            one.erase()
    taking_out.catch_up()
    assert len(written) == 1
    assert [holds(made, one) for one in conversations] == [False] * 4 + [True]


def test_a_file_that_cannot_be_written_stops_neither_the_erasing_nor_the_other_files_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone, _ = talked(2)
    summarise_all()
    saved_tests.put_back(gone.pk, "a test")
    first, second = exported(), exported()
    with a_full_disk_under(first, monkeypatch):
        gone.erase()
        gone.refresh_from_db()
        assert gone.erased
        assert saved_tests.read(gone.pk) is None
        assert (holds(first, gone), holds(second, gone)) == (True, False)
        assert RewriteDue.objects.get().export == first
        taking_out.catch_up()
        assert holds(first, gone)
    taking_out.catch_up()
    assert not holds(first, gone)
    assert not RewriteDue.objects.exists()


def test_a_saved_test_that_cannot_be_removed_stops_neither_the_erasing_nor_the_exports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone, _ = talked(2)
    summarise_all()
    made = exported()

    def refused(conversation: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(saved_tests, "remove", refused)
    gone.erase()
    gone.refresh_from_db()
    assert gone.erased
    assert not holds(made, gone)


def test_a_file_that_is_on_another_machine_is_written_there() -> None:
    gone, kept = talked(2)
    made = exported()
    elsewhere = made.path.rename(made.path.parent.parent / "elsewhere")
    gone.erase()
    taking_out.catch_up()
    assert RewriteDue.objects.get().export == made
    elsewhere.rename(made.path)
    taking_out.catch_up()
    assert (holds(made, gone), holds(made, kept)) == (False, True)


def test_what_a_process_left_that_died_while_it_wrote_goes_too() -> None:
    gone, _ = talked(2)
    made = exported()
    draft = made.path.with_name(f".{made.name}.0123456789abcdef.draft")
    draft.write_text(f"half of {gone.pk}")
    gone.erase()
    assert not draft.exists()


def test_what_had_stayed_in_a_file_before_goes_when_this_version_begins() -> None:
    stayed, kept = talked(2)
    made = exported()
    entries = ExportedConversation.objects.filter(conversation=stayed)
    entries._raw_delete(entries.db)  # as it was where the file could not be written
    import_module("bot.web.records.migrations.0002_rewriting_exports").all_of_them(apps, None)
    taking_out.catch_up()
    assert (holds(made, stayed), holds(made, kept)) == (False, True)


async def test_a_web_process_writes_beside_the_erasing(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, _ = await sync_to_async(talked)(2)
    made = await sync_to_async(exported)()
    loop, real, rounds = asyncio.get_running_loop(), taking_out._catch_up_and_close, asyncio.Queue[None]()

    def one_round() -> None:
        real()
        loop.call_soon_threadsafe(rounds.put_nowait, None)

    monkeypatch.setattr(taking_out, "_catch_up_and_close", one_round)
    working = asyncio.create_task(taking_out.keep_taking_out())
    try:
        await asyncio.wait_for(rounds.get(), 30)
        await sync_to_async(gone.erase)()
        await asyncio.wait_for(rounds.get(), 30)
        assert not holds(made, gone)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    assert taking_out._wake is None


def long_ago() -> Export:
    days = load_practice(get_settings().knowledge).retention_days
    made = exported()
    Export.objects.filter(pk=made.pk).update(made_at=timezone.now() - timedelta(days=days + 1))
    return made


def test_an_export_whose_time_is_over_leaves_nothing_to_be_written_and_no_file() -> None:
    talked(1)
    made = long_ago()
    purge()
    assert not made.path.exists()
    assert beside_the_file(made) == []
    assert not Export.objects.exists()
    assert not RewriteDue.objects.exists()


def test_an_export_that_is_written_when_its_time_is_over_goes_the_next_time() -> None:
    talked(1)
    made = long_ago()
    with taking_out.held(made):
        assert "0 exports deleted, 0 searches emptied" in purge()
        assert made.path.exists()
    assert "1 exports deleted, 0 searches emptied" in purge()
    assert not made.path.exists()
