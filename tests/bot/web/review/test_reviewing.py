"""Tags, notes, assigning, the right passage, undoing each of them, and a conversation as a test."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import yaml
from django.db import OperationalError
from django.utils import timezone

from bot.dialogues import load_dialogues
from bot.settings import get_settings
from bot.web.lifespan import background_names
from bot.web.review import keeping, passages, saved_tests, undoing
from bot.web.review.models import Change, Completion, Correction, Judgement, Note, Presence, Review, Summary, Tag

from . import factory
from .conftest import Console

pytestmark = pytest.mark.django_db


@pytest.fixture
def console(supervisor):
    """Somebody who may do all of it."""
    return Console(supervisor)


def path_of(conversation):
    return f"/staff/conversations/{conversation.pk}/"


def act(console, conversation, action, **values):
    return console.send(path_of(conversation), path_of(conversation) + "review/", action=action, **values)


def undo(console, conversation):
    change = Change.objects.order_by("-pk").first()
    assert f"/staff/changes/{change.pk}/undo/" in console.text(path_of(conversation))
    assert console.send(path_of(conversation), f"/staff/changes/{change.pk}/undo/").status_code == 302


def everything(conversation):
    """All that staff decided about it."""
    review = Review.objects.filter(conversation=conversation).first() or Review()
    return {
        "marks": (review.flagged, review.assigned_to_id, review.second_wanted, bool(review.reviewed_at)),
        "tags": sorted(conversation.tags.values_list("name", flat=True)),
        "notes": sorted(conversation.notes.values_list("text", flat=True)),
        "judgements": sorted(Judgement.objects.values_list("turn", "intent", "crisis_label", "passage", "note")),
        "corrections": sorted(Correction.objects.values_list("turn", "intent", "crisis_label", "passage", "note")),
        "test": saved_tests.read(conversation.pk),
    }


@pytest.mark.parametrize("first", [False, True], ids=["from nothing", "over what was there"])
@pytest.mark.parametrize(
    "values",
    [
        {"action": "reviewed"},
        {"action": "open"},
        {"action": "flag"},
        {"action": "unflag"},
        {"action": "second"},
        {"action": "no-second"},
        {"action": "assign", "to": "self"},
        {"action": "assign", "to": ""},
        {"action": "tag", "tag": "New One"},
        {"action": "untag", "tag": "kept"},
        {"action": "note", "text": "A second note."},
        {"action": "unnote", "note": "mine"},
        {"action": "test"},
        {"action": "untest"},
        {"intent": "feel_low", "note": "changed"},
        {"intent": "", "note": ""},
    ],
    ids=lambda values: values.get("action") or f"correct {values['intent']}",
)
def test_every_change_can_be_undone(console, calm, supervisor, first, values):
    turn = calm.turns.first()
    if first:
        for action, more in (("tag", {"tag": "kept"}), ("note", {"text": "A note."}), ("flag", {}), ("second", {}),
                             ("assign", {"to": str(supervisor.pk)}), ("test", {}), ("reviewed", {})):  # fmt: skip
            assert act(console, calm, action, **more).status_code == 302
        console.send(path_of(calm), f"/staff/turns/{turn.pk}/correct/", intent="feel_numb", note="before")
    before = everything(calm)
    note = Note.objects.first()
    values = dict(values)
    if values.get("to") == "self":
        values["to"] = str(supervisor.pk)
    if "action" in values:
        if values.get("note") == "mine":
            values["note"] = str(note.pk) if note else "0"
        answer = act(console, calm, values.pop("action"), **values)
    else:
        answer = console.send(path_of(calm), f"/staff/turns/{turn.pk}/correct/", **values)
    if answer.status_code == 422:
        assert not first  # there was no note to delete
        return
    undo(console, calm)
    assert everything(calm) == before


def test_the_inbox_hears_of_a_tag_or_a_review_that_is_taken_away_or_undone(console, calm):
    def shown():
        summary = Summary.objects.get(conversation=calm)
        return summary.tags.split(), summary.reviewed, summary.waits_for

    act(console, calm, "tag", tag="one")
    assert shown() == (["one"], False, Summary.NOBODY)
    undo(console, calm)
    assert shown() == ([], False, Summary.NOBODY)
    act(console, calm, "tag", tag="two")
    act(console, calm, "untag", tag="two")
    assert shown() == ([], False, Summary.NOBODY)
    act(console, calm, "second")
    act(console, calm, "reviewed")
    assert shown() == ([], True, Summary.SECOND)
    undo(console, calm)
    assert shown() == ([], False, Summary.NOBODY)


def test_the_summary_hears_of_rows_that_are_deleted_together(calm, supervisor):
    Review.objects.create(conversation=calm, second_wanted=True)
    Completion.objects.create(conversation=calm, staff=supervisor)
    for name in ("one", "two"):
        Tag.objects.create(conversation=calm, name=name)
    Completion.objects.filter(conversation=calm).delete()
    Tag.objects.filter(conversation=calm).delete()
    summary = Summary.objects.get(conversation=calm)
    assert (summary.tags.split(), summary.waits_for) == ([], Summary.NOBODY)


def test_undoing_goes_backwards_one_change_at_a_time(console, calm):
    for name in ("one", "two"):
        act(console, calm, "tag", tag=name)
    undo(console, calm)
    assert everything(calm)["tags"] == ["one"]
    undo(console, calm)
    assert everything(calm)["tags"] == []
    assert "Undo" not in console.text(path_of(calm))


def test_an_older_change_cannot_be_undone_before_the_newer_one(console, calm):
    act(console, calm, "flag")
    act(console, calm, "tag", tag="one")
    oldest = Change.objects.order_by("pk").first()
    assert console.send(path_of(calm), f"/staff/changes/{oldest.pk}/undo/").status_code == 422
    assert Review.objects.get().flagged


def test_a_change_of_an_hour_ago_is_no_longer_offered(console, calm):
    act(console, calm, "flag")
    Change.objects.update(at=timezone.now() - timedelta(hours=1))
    assert "Undo" not in console.text(path_of(calm))
    assert console.send(path_of(calm), f"/staff/changes/{Change.objects.get().pk}/undo/").status_code == 422


def test_the_words_of_a_deleted_note_go_once_it_cannot_be_undone_though_nothing_else_is_changed(console, calm):
    act(console, calm, "note", text="She lives in the same street.")
    act(console, calm, "unnote", note=str(Note.objects.get().pk))
    assert undoing.forget_old() == 0
    Change.objects.update(at=timezone.now() - undoing.OFFERED - timedelta(seconds=1))
    assert undoing.forget_old() == 2
    assert not Change.objects.exists()
    assert "bot.web.review.keeping.forget_changes" in background_names()


def test_the_background_work_forgets_at_once_and_again_every_minute(monkeypatch):
    rounds = []

    async def wait(seconds):
        rounds.append(seconds)
        if len(rounds) == 2:
            raise asyncio.CancelledError

    def forget():
        if not rounds:
            raise OperationalError("database is locked")  # once; that ends nothing

    monkeypatch.setattr(keeping.undoing, "forget_old", forget)
    monkeypatch.setattr(keeping.asyncio, "sleep", wait)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(keeping.forget_changes())
    assert rounds == [keeping.EVERY, keeping.EVERY]


@pytest.mark.parametrize(
    "values",
    [
        {"action": "tag", "tag": "<script>"},
        {"action": "tag", "tag": ""},
        {"action": "tag", "tag": "x" * 41},
        {"action": "note", "text": "  "},
        {"action": "note", "text": "x" * 2001},
        {"action": "assign", "to": "999999"},
        {"action": "assign", "to": "x"},
        {"action": "unnote", "note": "1"},
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(console, calm, values):
    answer = act(console, calm, **values)
    assert answer.status_code == 422
    assert "Not saved" in answer.content.decode()
    assert not Tag.objects.exists()
    assert not Note.objects.exists()


def test_a_reviewer_assigns_nobody(reviewer, calm):
    theirs = Console(reviewer)
    assert act(theirs, calm, "assign", to=str(reviewer.pk)).status_code == 403
    assert 'value="assign"' not in theirs.text(path_of(calm))
    assert not Review.objects.exists()


def test_a_note_of_somebody_else_is_not_deleted(console, administrator, calm):
    act(Console(administrator), calm, "note", text="Mine.")
    assert act(console, calm, "unnote", note=str(Note.objects.get().pk)).status_code == 422
    assert "Mine." in console.text(path_of(calm))


def test_from_the_inbox_a_change_leads_back_to_its_page(console, calm):
    path = f"{path_of(calm)}review/?state=open"
    answer = console.send("/staff/", path, action="flag", back="inbox", page="1")
    assert answer["Location"] == "/staff/?state=open&page=1"
    page = console.text("/staff/")
    assert "Done: flagged" in page
    assert 'data-f="unflag"' in page


def test_a_passage_is_found_by_its_words_and_named_in_the_correction(console, calm):
    found = console.text("/staff/passages/", q="rush of love did not come")
    wanted = passages.find("rush of love did not come")[0]
    assert f'value="{wanted.id}"' in found
    assert "No passage has these words" in console.text("/staff/passages/", q="qzxv")
    assert console.text("/staff/passages/", q="").strip() == ""
    path = f"/staff/turns/{calm.turns.first().pk}/correct/"
    console.send(path_of(calm), path, passage=wanted.id)
    assert Correction.objects.get().passage == wanted.id
    assert "Should have answered with" in console.text(path_of(calm))
    assert console.send(path_of(calm), path, passage="no-such#passage.0").status_code == 422


def test_a_passage_that_was_reworded_is_shown_word_by_word(console):
    card = factory.passage_card("low-mood")
    words = card["quote"].split(" ")
    old = card | {"quote": " ".join(["Formerly", *words[1:]])}
    page = console.text(path_of(factory.play(factory.Script([factory.Said("a", "b", card=old)]), timezone.now())))
    assert "<del>Formerly</del>" in page
    assert f"<ins>{words[0]}</ins>" in page
    same = console.text(path_of(factory.play(factory.Script([factory.Said("a", "b", card=card)]), timezone.now())))
    assert "Reworded since" not in same
    gone = card | {"id": "gone#gone.0"}
    page = console.text(path_of(factory.play(factory.Script([factory.Said("a", "b", card=gone)]), timezone.now())))
    assert "no longer have this passage" in page


def test_a_conversation_becomes_a_test_as_it_was_corrected_and_masked(console, crisis, tmp_path):
    first = crisis.turns.first()
    first.text = "my number is 07700 900123, he's 9 weeks"
    first.save()
    wanted = passages.find("crying in the bathroom")[0]
    console.send(path_of(crisis), f"/staff/turns/{first.pk}/correct/", intent="feel_overwhelmed", passage=wanted.id)
    last = crisis.turns.last()
    console.send(path_of(crisis), f"/staff/turns/{last.pk}/correct/", crisis_label="none")
    assert act(console, crisis, "test").status_code == 302
    text = console.text(path_of(crisis) + "test/")
    assert "900123" not in text
    file = get_settings().var / "conversations" / f"{crisis.pk}.yml"
    assert file.read_text("utf-8") == text
    assert file.stat().st_mode & 0o777 == 0o600
    copy = tmp_path / "saved.yml"
    copy.write_text(text, "utf-8")
    (dialogue,) = load_dialogues(copy)
    expected = [turn["expect"] for turn in dialogue.turns]
    assert expected[0]["intent"] == "feel_overwhelmed"
    assert expected[0]["card"] == "passage"
    assert wanted.text.startswith(expected[0]["says"][0])
    assert expected[1] == {"intent": "crisis_suicide", "tier": "S", "card": "helplines", "kind": "crisis"}
    assert expected[2]["tier"] is None
    assert "card" not in expected[2]


def test_a_pressed_button_is_pressed_in_the_test_too(console, calm):
    act(console, calm, "test")
    turns = yaml.safe_load(console.text(path_of(calm) + "test/"))[0]["turns"]
    assert turns[1]["payload_from"] == "Help me settle right now"


@pytest.mark.django_db(transaction=True)
def test_the_saved_test_goes_with_its_conversation(console, calm):
    act(console, calm, "test")
    assert saved_tests.read(calm.pk)
    calm.erase()
    assert saved_tests.read(calm.pk) is None


def test_who_else_is_here_is_said_and_forgotten(console, administrator, calm):
    other = Console(administrator)
    other.text(path_of(calm))
    assert "Also here: morgan" in console.text(path_of(calm))
    answer = other.send(path_of(calm), path_of(calm) + "present/")
    assert "Also here: kim" in answer.content.decode()
    Presence.objects.update(at=timezone.now() - timedelta(minutes=1))
    assert "Also here" not in console.text(path_of(calm))


def test_the_print_has_everything_and_nothing_to_press(console, crisis):
    console.send(path_of(crisis), f"/staff/turns/{crisis.turns.first().pk}/correct/", intent="feel_numb", note="Flat.")
    page = console.text(path_of(crisis) + "print/")
    for said in ("everyone would be better off without me", "Should be <strong>feel_numb</strong>", "Flat.", "88 %"):
        assert said in page
    assert "<form" not in page


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_what_anybody_writes_is_never_markup_on_any_page(console, calm, text):
    turn = calm.turns.first()
    turn.text = text
    turn.replies = [{"text": text, "card": factory.passage_card("low-mood") | {"quote": text, "title": text}}]
    turn.save()
    act(console, calm, "note", text=text)
    console.send(path_of(calm), f"/staff/turns/{turn.pk}/correct/", note=text)
    for path in (path_of(calm), path_of(calm) + "print/", "/staff/", "/staff/metrics/", f"/staff/passages/?q={text}"):
        page = console.text(path)
        assert text not in page, path
