"""Which corrections wait, what becomes of a learnt line when its conversation goes, and the page of the models."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bot import register
from bot.model_card import Card, Figure, write_card
from bot.settings import get_settings
from bot.web.accounts.roles import set_role
from bot.web.accounts.signed_in import signed_in
from bot.web.chat.models import Conversation, Turn
from bot.web.chat.retention import purge
from bot.web.learning.models import Learnt, Withdrawal, waiting
from bot.web.review import opinions
from bot.web.review.models import Correction
from knowledge.practice import load_practice

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def turn() -> Turn:
    conversation = Conversation.objects.create()
    turn = Turn(client_id="c1", kind=Turn.Kind.TEXT, text="so numb, says Dave", tier="I", intent="feel_low")
    conversation.append(turn)
    return turn


def correct(turn: Turn, intent: str = "feel_numb", crisis: str = "") -> Correction:
    values = {"intent": intent, "crisis_label": crisis, "updated": timezone.now()}
    return Correction.objects.update_or_create(turn=turn, defaults=values)[0]


def mark(monkeypatch: pytest.MonkeyPatch, **given: object) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(given)))
    call_command("mark_learnt", stdout=io.StringIO())


def row_of(turn: Turn, digest: str = "d1") -> dict[str, object]:
    """As `attune learn` marks the turn, from what waits now."""
    (seen,) = [row["seen"] for row in waiting() if row["key"] == turn.pk]
    return {"turn": turn.pk, "label": "feel_numb", "digest": digest, "seen": seen}


def learnt(turn: Turn, monkeypatch: pytest.MonkeyPatch, batch: str = "2027-03-10.1", withdrawn: tuple[str, ...] = ()):
    mark(monkeypatch, batch=batch, learnt=[row_of(turn)], withdrawn=withdrawn)


def test_corrections_of_the_demo_wait_for_no_learning(turn: Turn) -> None:
    correct(turn)
    assert len(waiting()) == 1
    Conversation.objects.update(demo=True)
    assert waiting() == []


def test_a_correction_waits_until_it_is_learnt(turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert waiting() == []
    seen = correct(turn).updated.isoformat()
    expected = {"key": turn.pk, "text": turn.text, "intent": "feel_numb", "crisis": "", "tier": "I", "seen": seen}
    assert waiting() == [expected]
    learnt(turn, monkeypatch)
    assert waiting() == []


def test_a_note_alone_and_a_pressed_button_are_not_learnt(turn: Turn) -> None:
    Correction.objects.create(turn=turn, note="call her back")
    assert waiting() == []
    correct(turn)
    Turn.objects.update(kind=Turn.Kind.PAYLOAD)
    assert waiting() == []


def test_a_correction_that_is_changed_waits_again_and_names_its_old_line(turn, monkeypatch) -> None:
    correct(turn)
    learnt(turn, monkeypatch)
    correct(turn, "feel_alone")
    assert waiting()[0]["learnt_digest"] == "d1"


def test_what_was_taken_back_does_not_come_again_by_itself(turn, monkeypatch) -> None:
    correct(turn)
    learnt(turn, monkeypatch)
    mark(monkeypatch, batch="2027-03-10.1", undone=True)
    assert waiting() == []
    correct(turn, "feel_alone")
    assert "learnt_digest" not in waiting()[0]


def test_a_parent_who_erases_the_conversation_has_the_learnt_line_taken_out(turn, monkeypatch) -> None:
    correct(turn)
    learnt(turn, monkeypatch)
    turn.conversation.erase()
    assert not Learnt.objects.exists()
    assert [one.digest for one in Withdrawal.objects.all()] == ["d1"]
    told = io.StringIO()
    call_command("waiting_corrections", stdout=told)
    assert json.loads(told.getvalue()) == {"corrections": [], "batches": [], "withdrawn": ["d1"]}
    mark(monkeypatch, batch="2027-03-11.1", learnt=[], withdrawn=["d1"])
    assert not Withdrawal.objects.exists()


def test_when_its_time_is_over_the_link_goes_and_the_line_stays(turn, monkeypatch) -> None:
    correct(turn)
    learnt(turn, monkeypatch)
    days = load_practice(get_settings().knowledge).retention_days
    Conversation.objects.update(updated=timezone.now() - timedelta(days=days + 1))
    assert purge()[0] == "1 conversations erased"
    assert not Learnt.objects.exists()
    assert not Withdrawal.objects.exists()


@pytest.fixture
def broken_practice(own_knowledge: Path, monkeypatch: pytest.MonkeyPatch):
    """A process that was started after practice.yml had been broken."""
    monkeypatch.setenv("ATTUNE_KNOWLEDGE", str(own_knowledge))
    (own_knowledge / "practice.yml").write_text("half: [saved")
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


def test_a_broken_practice_file_keeps_no_parent_from_erasing_what_was_learnt(
    turn, monkeypatch, broken_practice
) -> None:
    correct(turn)
    learnt(turn, monkeypatch)
    turn.conversation.erase()
    assert not Learnt.objects.exists()
    assert Withdrawal.objects.get().digest == "d1"


def test_a_conversation_that_was_erased_while_a_model_was_trained_is_withdrawn(turn, monkeypatch) -> None:
    correct(turn)
    row = row_of(turn, "d2")
    turn.conversation.erase()
    mark(monkeypatch, batch="2027-03-10.1", learnt=[row], withdrawn=[])
    assert Withdrawal.objects.get().digest == "d2"


def test_what_is_noted_late_keeps_the_learning_that_brought_its_line(turn, monkeypatch) -> None:
    correct(turn)
    row = row_of(turn) | {"batch": "2027-03-10.1"}
    mark(monkeypatch, batch="2027-03-11.1", learnt=[row], withdrawn=[])
    assert waiting() == []
    assert Learnt.objects.get().batch == "2027-03-10.1"


def test_a_correction_that_changes_while_a_model_is_trained_waits_on(turn, monkeypatch) -> None:
    correct(turn)
    row = row_of(turn)
    correct(turn, "feel_alone")
    mark(monkeypatch, batch="2027-03-10.1", learnt=[row], withdrawn=[])
    assert [(one["intent"], one["learnt_digest"]) for one in waiting()] == [("feel_alone", "d1")]
    mark(monkeypatch, batch="2027-03-10.1", undone=True)
    assert [one["intent"] for one in waiting()] == ["feel_alone"]


def test_a_correction_that_is_taken_back_while_a_model_is_trained_is_withdrawn(turn, monkeypatch) -> None:
    row = (correct(turn), row_of(turn))[1]
    Correction.objects.all().delete()
    mark(monkeypatch, batch="2027-03-10.1", learnt=[row], withdrawn=[])
    assert (Learnt.objects.count(), Withdrawal.objects.get().digest) == (0, "d1")


def judged(django_user_model, turn: Turn, name: str, **values: str) -> None:
    staff = django_user_model.objects.get_or_create(username=name)[0]
    opinions.judge(turn, staff.pk, dict.fromkeys(opinions.FIELDS, "") | values)


def test_an_older_judgement_that_counts_again_waits_to_be_learnt(turn, monkeypatch, django_user_model) -> None:
    judged(django_user_model, turn, "kim", intent="feel_alone")
    judged(django_user_model, turn, "robin", intent="feel_numb")
    learnt(turn, monkeypatch)
    judged(django_user_model, turn, "robin")
    assert [(one["intent"], one["learnt_digest"]) for one in waiting()] == [("feel_alone", "d1")]


@pytest.mark.parametrize("values", [{}, {"note": "Not sure any more."}], ids=["all of it", "all but a note"])
def test_the_line_of_a_correction_that_staff_take_back_is_taken_out(
    turn, monkeypatch, django_user_model, values
) -> None:
    judged(django_user_model, turn, "robin", intent="feel_numb")
    learnt(turn, monkeypatch)
    judged(django_user_model, turn, "robin", **values)
    assert (Learnt.objects.count(), [one.digest for one in Withdrawal.objects.all()]) == (0, ["d1"])
    judged(django_user_model, turn, "robin", intent="feel_numb")
    assert [one["intent"] for one in waiting()] == ["feel_numb"]


def test_nothing_is_taken_out_for_a_correction_whose_learning_was_taken_back(turn, monkeypatch) -> None:
    correct(turn)
    learnt(turn, monkeypatch)
    mark(monkeypatch, batch="2027-03-10.1", undone=True)
    Correction.objects.all().delete()
    assert not Withdrawal.objects.exists()


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ATTUNE_MODELS", str(tmp_path))
    get_settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def staff(django_user_model) -> Client:
    user = django_user_model.objects.create_user("kim")
    set_role(user, "supervisor")
    return signed_in(user)


def test_nobody_sees_the_models_without_signing_in(client: Client) -> None:
    answer = client.get("/staff/models/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/staff/sign-in/?next=%2Fstaff")


def test_the_page_can_be_opened_before_there_is_a_model(staff: Client, models: Path) -> None:
    assert "No model was trained here yet." in staff.get("/staff/models/").content.decode()


def test_the_page_counts_what_waits_and_reads_none_of_it(staff: Client, models: Path, turn: Turn) -> None:
    correct(turn)
    with CaptureQueriesContext(connection) as asked:
        assert "1 correction waits to be learnt" in staff.get("/staff/models/").content.decode()
    assert [one["sql"] for one in asked if '"chat_turn"."text"' in one["sql"]] == []


def test_the_page_shows_cards_choice_and_what_waits(staff: Client, models: Path, turn: Turn) -> None:
    correct(turn)
    promoted = {"by": "<b>robin</b>", "at": "2027-03-10T03:04:05+00:00", "why": "it learnt 3 corrections"}
    figures = {"crisis.alarm": Figure(0.941, 255, (0.905, 0.964))}
    card = Card("attune-1", "1", "dd", "kk", "2027-03-10T03:00:00+00:00", 61.0, 22_288, {"2027-03-10.1": 3}, figures)
    write_card(models, Card(**{**card.__dict__, "promoted": promoted}))
    register.archive(models, "attune-1").write_text("x")
    register.add(models, "attune-1", sources="1", code="c")
    register.choose(models, register.Choice("attune-1", "1", **promoted))
    page = staff.get("/staff/models/").content.decode()
    for words in (
        "94.1 %",
        "90.5 to 96.4 %",
        "22288 phrasings, 3 of them",
        "1 correction waits to be learnt",
        "&lt;b&gt;",
    ):
        assert words in page
    assert "<b>robin" not in page
