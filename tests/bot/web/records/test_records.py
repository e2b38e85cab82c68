"""Exports are masked, private, safe in a spreadsheet, and lose what is erased; erasing gives a receipt."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import time
from datetime import date, datetime, timedelta
from datetime import timezone as zones
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from bot.settings import get_settings
from bot.web.chat.models import Conversation, Turn
from bot.web.chat.retention import purge
from bot.web.records.content import cell
from bot.web.records.erasing import NotThereError, erase
from bot.web.records.exporting import ExportRefusedError, Wanted, export
from bot.web.records.models import Erasure, Export, ExportedConversation
from bot.web.review.models import Correction, Review, ViewRecord
from knowledge.practice import load_practice

if TYPE_CHECKING:
    from pathlib import Path

    from clock import Clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("environment")]

SAID = "my husband Dave hit me, call 07700 900123"


def talk(text: str = SAID, *, tier: str | None = None, days_ago: float = 0, reviewed: bool = False) -> Conversation:
    at = timezone.now() - timedelta(days=days_ago)
    conversation = Conversation.objects.create(region="GB", created=at, updated=at)
    replies = [{"id": "r", "from": "bot", "text": "I am glad that you wrote."}]
    turn = Turn(client_id="c", kind=Turn.Kind.TEXT, text=text, replies=replies, tier=tier, created=at)
    conversation.append(turn)
    Correction.objects.create(turn=turn, intent="feel_low", note="Dave is known to us")
    if reviewed:
        Review.objects.create(conversation=conversation, reviewed_at=at)
    return conversation


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_export_is_masked_and_only_its_owner_can_read_it(form: str) -> None:
    talk()
    made = export(Wanted(), form, "robin")
    text = made.path.read_text("utf-8")
    assert "my husband [name] hit me, call [phone number]" in text
    assert "Dave" not in text
    assert "I am glad that you wrote." in text
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert (made.conversations, made.masked, made.by) == (1, True, "robin")


def test_the_file_bears_the_day_and_the_hour_of_the_practice(clock: Clock) -> None:
    clock.time = datetime(2027, 3, 11, 3, 30, tzinfo=zones.utc)  # the evening before in New York
    assert export(Wanted(), "jsonl", "robin").name == "conversations-20270310-223000-000000.jsonl"


def test_revealing_needs_a_reason_and_is_recorded() -> None:
    talk()
    with pytest.raises(ExportRefusedError, match="needs a reason"):
        export(Wanted(), "jsonl", "robin", reveal=True, reason="  ")
    assert not ViewRecord.objects.exists()
    made = export(Wanted(), "jsonl", "robin", reveal=True, reason="the court asked")
    assert lines(made.path)[0]["turns"][0]["parent"] == SAID
    record = ViewRecord.objects.get()
    assert (record.what, record.staff_name) == ("export", "robin")
    assert "revealed: the court asked" in record.detail


def test_every_filter_narrows() -> None:
    talk("old", days_ago=10)
    talk("grave", tier="S", days_ago=5)
    talk("seen", reviewed=True)
    today = date.today()

    def words(wanted: Wanted) -> set[str]:
        return {one["turns"][0]["parent"] for one in lines(export(wanted, "jsonl", "robin").path)}

    assert words(Wanted()) == {"old", "grave", "seen"}
    assert words(Wanted(since=today - timedelta(days=7))) == {"grave", "seen"}
    assert words(Wanted(until=today - timedelta(days=3))) == {"old", "grave"}
    assert words(Wanted(tier="S")) == {"grave"}
    assert words(Wanted(reviewed=True)) == {"seen"}
    assert words(Wanted(reviewed=False)) == {"old", "grave"}


@pytest.mark.parametrize(("wanted", "form"), [(Wanted(tier="X"), "jsonl"), (Wanted(), "xlsx")])
def test_what_cannot_be_exported_is_refused_and_leaves_no_file(wanted: Wanted, form: str) -> None:
    with pytest.raises(ExportRefusedError):
        export(wanted, form, "robin")
    assert not Export.objects.exists()


def test_an_export_that_fails_leaves_neither_file_nor_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    talk()

    def broken(*_: object, **__: object) -> dict[str, Any]:
        raise RuntimeError("broken")

    monkeypatch.setattr("bot.web.records.exporting.as_dict", broken)
    with pytest.raises(RuntimeError):
        export(Wanted(), "jsonl", "robin")
    assert not Export.objects.exists()
    assert list((get_settings().var / "exports").iterdir()) == []


@pytest.mark.parametrize(
    "text", ["=1+1", "+44", "-2", "@SUM(A1)", "\t=1", "\r=1", " =HYPERLINK(1)", "＝1", "|x", "\u00a0=1"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text).startswith("'")


def test_a_formula_that_a_parent_wrote_is_plain_text_in_the_file() -> None:
    talk('=HYPERLINK("http://evil.example","click")')
    row = table(export(Wanted(), "csv", "robin", reveal=True, reason="test").path)[0]
    assert row["parent"].startswith("'=HYPERLINK")


def test_figures_and_words_stay_as_they_are_in_a_cell() -> None:
    assert [cell(value) for value in (None, True, 0.5, -2, "a, b", ["x", "y"])] == [
        "", "True", "0.5", "-2", "a, b", "x\ny",
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_what_is_erased_goes_out_of_every_export(form: str) -> None:
    gone, kept = talk("this one\ngoes"), talk("this one stays")
    first, second = export(Wanted(), form, "robin"), export(Wanted(), form, "robin")
    gone.erase()
    for made in (first, second):
        text = made.path.read_text("utf-8")
        assert gone.pk not in text
        assert "goes" not in text
        assert kept.pk in text
        assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert ExportedConversation.objects.count() == 2


def test_an_export_that_was_deleted_by_hand_is_no_trouble() -> None:
    gone = talk()
    export(Wanted(), "jsonl", "robin").path.unlink()
    gone.erase()
    assert not ExportedConversation.objects.exists()


def test_erasing_on_request_gives_a_receipt_without_words() -> None:
    gone = talk()
    export(Wanted(), "jsonl", "robin")
    receipt = erase(gone.pk, "robin", "asked by mail")
    gone.refresh_from_db()
    assert gone.erased
    assert gone.forget_pending
    assert not Turn.objects.exists()
    assert receipt.counts["turns"] == receipt.counts["corrections"] == receipt.counts["exports"] == 1
    assert Erasure.objects.get(pk=receipt.number).conversation == gone.pk
    assert ViewRecord.objects.filter(what="erasure", conversation=gone.pk).exists()


def test_what_is_not_there_cannot_be_erased_again() -> None:
    with pytest.raises(NotThereError, match="There is no conversation"):
        erase("0" * 32, "robin")
    gone = talk()
    erase(gone.pk, "robin")
    with pytest.raises(NotThereError, match="was erased on"):
        erase(gone.pk, "robin")
    Conversation.objects.filter(pk=gone.pk).delete()  # as retention does in the end; the receipt stays
    with pytest.raises(NotThereError, match="was erased on"):
        erase(gone.pk, "robin")
    assert Erasure.objects.count() == 1


def test_the_commands_say_what_they_did(capsys: pytest.CaptureFixture[str]) -> None:
    gone = talk()
    call_command("export_conversations", "--by", "robin", "--format", "csv")
    call_command("erase_conversations", gone.pk, "nowhere", "--by", "robin")
    out = capsys.readouterr().out
    assert "1 conversations: " in out
    assert f"{gone.pk} erased: 1 turns, 1 corrections" in out
    assert "There is no conversation nowhere." in out
    with pytest.raises(CommandError, match="needs a reason"):
        call_command("export_conversations", "--by", "robin", "--reveal")


def test_what_is_older_than_the_retention_time_goes_from_exports_mails_and_searches() -> None:
    days = load_practice(get_settings().knowledge).retention_days
    old, recent = (export(Wanted(), "jsonl", "robin") for _ in range(2))
    before = timezone.now() - timedelta(days=days + 1)
    Export.objects.filter(pk=old.pk).update(made_at=before)
    mails = get_settings().var / "mail"
    mails.mkdir()
    for name, at in (("old.eml", before.timestamp()), ("new.eml", time.time())):
        (mails / name).write_text("mail")
        os.utime(mails / name, (at, at))
    for at in (before, timezone.now()):
        ViewRecord.objects.create(staff_name="robin", what=ViewRecord.SEARCH, detail="dave", at=at)
    purge()
    assert not old.path.exists()
    assert recent.path.exists()
    assert list(Export.objects.all()) == [recent]
    assert [path.name for path in mails.iterdir()] == ["new.eml"]
    searches = ViewRecord.objects.filter(what=ViewRecord.SEARCH).order_by("at")
    assert [one.detail for one in searches] == ["", "dave"]
