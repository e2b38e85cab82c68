"""While an export is made, parents write and erase; what they erase is not in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from bot.web.chat import tables
from bot.web.chat.models import Conversation, Turn, new_session_id
from bot.web.chat.record import Record
from bot.web.records import exporting, taking_out
from bot.web.records.exporting import Wanted, export
from bot.web.records.models import Export, ExportedConversation, RewriteDue
from bot.web.review.models import ViewRecord
from tests.beside import beside

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("environment")]
RECORD = Record(client_id="m", kind="text", text="hello", replies=[], region="GB")


def talked(count: int) -> list[Conversation]:
    made = [Conversation.objects.create(region="GB") for _ in range(count)]
    Turn.objects.bulk_create(
        Turn(conversation=one, position=0, client_id="c", kind=Turn.Kind.TEXT, text=f"said in {one.pk}") for one in made
    )
    return made


@pytest.fixture
def at_each(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], Any]], None]:
    """Has something happen in another thread, as in another process, whenever a conversation is about to be masked."""

    def at_each(happens: Callable[[str], Any]) -> None:
        real = exporting.as_dict

        def as_dict(conversation: Conversation, **how: Any) -> dict[str, Any]:
            assert not connection.in_atomic_block
            thread = beside(lambda: happens(conversation.pk))
            thread.join(30)
            assert not thread.is_alive()
            return real(conversation, **how)

        monkeypatch.setattr(exporting, "as_dict", as_dict)
        monkeypatch.setattr(exporting, "PORTION", 2)

    return at_each


def in_file(made: Export) -> list[str]:
    text = made.path.read_text("utf-8")
    return [one.pk for one in Conversation.objects.order_by("created") if one.pk in text]


def test_a_parent_writes_while_an_export_is_made(at_each: Callable[[Callable[[str], Any]], None]) -> None:
    conversations = talked(3)
    sessions = [new_session_id() for _ in conversations]
    waiting = iter(sessions)
    at_each(lambda _: tables.store(next(waiting), {"region": "GB"}, [RECORD]))
    made = export(Wanted(), "jsonl", "robin")
    assert sorted(Turn.objects.filter(client_id="m").values_list("conversation_id", flat=True)) == sorted(sessions)
    assert in_file(made) == [one.pk for one in conversations]
    assert made.conversations == 3


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_what_is_erased_while_an_export_is_made_is_not_in_it(
    at_each: Callable[[Callable[[str], Any]], None], form: str
) -> None:
    # Of portions of two: read already, being read now, and not entered yet.
    read, now, kept, later = talked(4)
    erased = {now.pk: (read, now, later)}
    at_each(lambda pk: [tables.erase(one.pk) for one in erased.get(pk, ())])
    made = export(Wanted(), form, "robin")
    assert in_file(made) == [kept.pk]
    assert made.conversations == Export.objects.get().conversations == 1
    assert ViewRecord.objects.get(what="export").detail.startswith("1 conversations, masked")
    assert ExportedConversation.objects.get().conversation == kept
    assert not RewriteDue.objects.exists()


def test_what_is_erased_when_the_file_was_just_finished_goes_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, kept = talked(2)
    real = exporting._finish

    def finish(made: Export) -> None:
        erasing = beside(lambda: tables.erase(gone.pk))
        erasing.join(30)
        real(made)

    monkeypatch.setattr(exporting, "_finish", finish)
    made = export(Wanted(), "jsonl", "robin")
    assert in_file(made) == [kept.pk]
    assert not RewriteDue.objects.exists()


def test_an_export_that_is_being_made_is_not_taken_for_one_whose_process_died(
    at_each: Callable[[Callable[[str], Any]], None],
) -> None:
    (said,) = talked(1)
    at_each(lambda _: taking_out.catch_up())
    made = export(Wanted(), "jsonl", "robin")
    assert in_file(made) == [said.pk]
    assert Export.objects.get().being_made is False


def test_an_export_whose_process_died_is_deleted_on_its_machine_alone() -> None:
    (said,) = talked(1)
    for name in ("here.jsonl", "elsewhere.jsonl"):
        died = Export.objects.create(name=name, by="robin", being_made=True)
        ExportedConversation.objects.create(export=died, conversation=said)
    here = Export.objects.get(name="here.jsonl")
    with taking_out.held(here):
        here.path.write_text(f'{{"conversation": "{said.pk}", "tur')
        taking_out.catch_up()
        assert here.path.exists()
    taking_out.catch_up()
    assert not here.path.exists()
    assert [one.name for one in Export.objects.all()] == ["elsewhere.jsonl"]
    assert not RewriteDue.objects.exists()
