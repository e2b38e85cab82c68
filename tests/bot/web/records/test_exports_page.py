"""Exports in the console: masked unless there is a reason, and every one of them recorded."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone
from review import factory
from review.conftest import Console, quick_hashes, reviewer, supervisor

from bot.web.chat.models import Conversation
from bot.web.records import taking_out
from bot.web.records.models import Export, RewriteDue
from bot.web.review.models import ViewRecord

__all__ = ["quick_hashes", "reviewer", "supervisor"]
pytestmark = pytest.mark.django_db
PAGE = "/staff/exports/"


@pytest.fixture
def kim(supervisor, environment) -> Console:
    factory.play(factory.Script([factory.Said("my husband Dave left", "feel_alone")]), timezone.now())
    return Console(supervisor)


def taken(console) -> str:
    answer = console.open(f"{PAGE}{Export.objects.get().name}/")
    assert answer["Content-Disposition"].startswith("attachment")
    return str(answer.content.decode())


def test_an_export_is_masked_and_recorded_when_made_and_when_taken(kim):
    assert "No exports yet" in kim.text(PAGE)
    assert kim.send(PAGE, PAGE, format="jsonl").status_code == 302
    assert Export.objects.get().name in kim.text(PAGE)
    assert json.loads(taken(kim))["turns"][0]["parent"] == "my husband [name] left"
    said = list(ViewRecord.objects.filter(what="export").order_by("pk").values_list("staff_name", "detail"))
    assert [name for name, _ in said] == ["kim", "kim"]
    assert said[1][1].startswith("masked, downloaded")


def test_names_are_in_it_with_a_reason_only(kim):
    refused = kim.send(PAGE, PAGE, format="csv", reveal="yes", reason="  ")
    assert refused.status_code == 422
    assert "needs a reason" in refused.content.decode()
    assert kim.send(PAGE, PAGE, format="csv", reveal="yes", reason="asked for by the parent").status_code == 302
    assert "husband Dave left" in taken(kim)
    assert "asked for by the parent" in kim.text(PAGE)
    assert "asked for by the parent" in ViewRecord.objects.filter(what="export").first().detail


@pytest.mark.parametrize("values", [{"format": "pdf"}, {"tier": "X"}, {"since": "yesterday"}, {"until": "2027-02-30"}])
def test_what_cannot_be_is_refused_with_a_reason(kim, values):
    assert kim.send(PAGE, PAGE, **{"format": "csv"} | values).status_code == 422
    assert not Export.objects.exists()


@pytest.mark.parametrize("name", ["..%2F..%2Fsecrets%2Fdjango", "conversations-x.csv"])
def test_no_other_file_is_taken(kim, name):
    assert kim.open(f"{PAGE}{name}/").status_code == 404


def test_what_was_erased_is_in_no_file_that_is_taken(kim, monkeypatch, transactional_db):
    kim.send(PAGE, PAGE, format="jsonl")
    monkeypatch.setattr(taking_out, "_wake", lambda: None)  # the background work, which has not come to it yet
    Conversation.objects.get().erase()
    assert RewriteDue.objects.exists()
    assert taken(kim) == ""


def test_a_file_that_is_being_written_is_neither_shown_nor_given(kim):
    kim.send(PAGE, PAGE, format="csv")
    Export.objects.update(being_made=True)
    assert "No exports yet" in kim.text(PAGE)
    assert kim.open(f"{PAGE}{Export.objects.get().name}/").status_code == 404


def test_a_file_that_is_gone_is_said_to_be(kim):
    kim.send(PAGE, PAGE, format="csv")
    Export.objects.get().path.unlink()
    assert "gone" in kim.text(PAGE)
    assert kim.open(f"{PAGE}{Export.objects.get().name}/").status_code == 404
