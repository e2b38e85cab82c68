"""The demo: which dialogues are played, what is stored, and that nobody's own conversations are touched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import timezone

from bot import demo
from bot.bench.conversations import fill
from bot.cli import demo as command
from bot.web.chat.models import Conversation, Turn
from bot.web.oncall.watch import untold
from bot.web.review.management.commands.demo import remove, store
from bot.web.review.models import Summary


def turn(text: str, tier: str | None = None, payload: str = "") -> dict[str, Any]:
    understood = {"intent": "feel_low", "confidence": 0.9, "safety": {"tier": tier, "label": None}, "passages": []}
    return {
        "text": text,
        "payload": payload,
        "messages": [{"text": "I hear you.", "card": {"type": "booking"}}],
        "understood": understood,
        "actions": ["action_answer"],
        "region": "GB",
        "model": "attune-x",
        "milliseconds": 20.0,
    }


def test_two_hundred_dialogues_are_made_of_those_that_are_written() -> None:
    made = demo.dialogues()
    assert len(made) == 200
    assert len({one.name for one in made}) >= 30
    assert len({one.region for one in made}) >= 5
    assert all(one.turns for one in made)
    assert made == demo.dialogues()


def test_without_the_dialogues_it_says_what_is_missing(tmp_path) -> None:
    with pytest.raises(demo.DemoError, match="check it out"):
        demo.dialogues(folder=tmp_path)


@pytest.mark.django_db
def test_what_was_played_is_stored_as_a_demo_and_removed_without_a_trace() -> None:
    own = Conversation.objects.create()
    own.append(Turn(client_id="a", kind="text", text="mine", replies=[]))
    played = [{"region": "GB", "turns": [turn("I want to die", "S"), turn("No", payload="/deny")]}] * 5
    assert store(played) == 5
    made = Conversation.objects.filter(demo=True)
    assert [one.region for one in made] == ["GB"] * 5
    assert Summary.objects.filter(demo=True, crisis=True, booking=True).count() == 5
    assert made[0].turns.last().kind == "payload"
    assert made[0].opening
    assert not untold(timezone.now() - timedelta(weeks=20)).exists()  # nobody is woken for a demo
    assert remove() == 5
    assert list(Conversation.objects.all()) == [own]
    assert Summary.objects.get().conversation == own


def run(monkeypatch: pytest.MonkeyPatch, state: dict[str, int], *arguments: str) -> Any:
    monkeypatch.setattr(command, "manage", lambda *words: "")
    monkeypatch.setattr(demo, "state", lambda: state)
    monkeypatch.setattr(demo, "fill", lambda say: 200)
    monkeypatch.setattr(demo, "remove", lambda: 7)
    return CliRunner().invoke(command.command, arguments)


def test_an_empty_console_is_filled_without_asking(monkeypatch) -> None:
    assert "200 conversations of the demo stored" in run(monkeypatch, {"demo": 0, "real": 0}).output


def test_a_database_in_which_parents_wrote_is_left_alone_unless_told(monkeypatch) -> None:
    refused = run(monkeypatch, {"demo": 0, "real": 3})
    assert refused.exit_code == 1
    assert "`attune demo --yes`" in refused.output
    assert "stored" in run(monkeypatch, {"demo": 0, "real": 3}, "--yes").output


def test_the_demo_is_not_made_twice_and_is_removed_by_one_command(monkeypatch) -> None:
    assert "there already" in run(monkeypatch, {"demo": 200, "real": 0}).output
    assert "7 conversations of the demo removed" in run(monkeypatch, {"demo": 7, "real": 0}, "--remove").output


@pytest.mark.django_db
def test_the_bulk_of_the_bench_is_what_the_chat_would_have_stored(django_user_model) -> None:
    from bot.web.review.summarising import summarise

    staff = django_user_model.objects.create_user("bench", is_staff=True)
    assert fill(30, 5, staff.pk) == Turn.objects.count()
    fields = [
        name for name in (field.attname for field in Summary._meta.fields) if name not in {"hour", "language", "model"}
    ]
    for conversation in Conversation.objects.all():
        bulk = Summary.objects.values(*fields).get(conversation=conversation)
        summarise(conversation)
        assert Summary.objects.values(*fields).get(conversation=conversation) == bulk
