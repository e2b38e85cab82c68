"""What parents wrote is masked in the console; revealing it needs the right, a reason, and leaves a line."""

from __future__ import annotations

import time

import pytest
from django.utils import timezone

from bot.web.review import revealing
from bot.web.review.masking import masked_part, searchable
from bot.web.review.models import ViewRecord

from . import factory
from .conftest import Console

pytestmark = pytest.mark.django_db
TEXT = "my husband Dave left, call me on 07700 900123 or sam@example.org, i want to die"
SECRETS = ("Dave", "07700", "sam@example.org")


@pytest.fixture
def told(db):
    said = factory.Said(TEXT, "crisis_suicide", tier="S", evidence="Dave left, call me on 07700 900123")
    return factory.play(factory.Script([said, factory.Said("Dave", "pressed", pressed=True)]), timezone.now())


def path_of(conversation, more=""):
    return f"/staff/conversations/{conversation.pk}/{more}"


def reveal(console, conversation, **values):
    return console.send(path_of(conversation), path_of(conversation, "reveal/"), **values)


@pytest.mark.parametrize("where", ["inbox", "transcript", "print"])
@pytest.mark.parametrize("role", ["reviewer", "supervisor", "administrator"])
def test_names_and_numbers_are_masked_for_everybody_at_first(request, told, role, where):
    told.turns.filter(position=1).delete()
    console = Console(request.getfixturevalue(role))
    path = {"inbox": "/staff/", "transcript": path_of(told), "print": path_of(told, "print/")}[where]
    page = console.text(path)
    assert "my husband [name] left" in page
    for secret in SECRETS:
        assert secret not in page


def test_what_was_pressed_is_no_secret(console, told):
    assert "Dave" in console.text(path_of(told))


def test_a_supervisor_reveals_one_conversation_with_a_reason_that_is_recorded(supervisor, told):
    other = factory.play(factory.Script([factory.Said(TEXT, "greet")]), timezone.now())
    console = Console(supervisor)
    assert reveal(console, told, reason="to call the parent back").status_code == 302
    for more in ("", "print/"):
        page = console.text(path_of(told, more))
        for secret in SECRETS:
            assert secret in page
    assert "Dave" not in console.text(path_of(other))
    assert "[name]" in console.text("/staff/")
    line = ViewRecord.objects.get(what="reveal")
    assert (line.staff_name, line.conversation, line.detail) == ("kim", told.pk, "to call the parent back")
    assert ViewRecord.objects.filter(what="print", detail="revealed").exists()
    reveal(console, told, action="hide")
    assert "sam@example.org" not in console.text(path_of(told))


@pytest.mark.parametrize("reason", ["", "   ", "x", "x" * 181])
def test_without_a_reason_nothing_is_revealed(supervisor, told, reason):
    console = Console(supervisor)
    assert reveal(console, told, reason=reason).status_code == 422
    assert "sam@example.org" not in console.text(path_of(told))
    assert not ViewRecord.objects.filter(what="reveal").exists()


def test_it_is_masked_again_after_a_quarter_of_an_hour(supervisor, told, monkeypatch):
    console = Console(supervisor)
    reveal(console, told, reason="to call back")
    now = time.time()
    monkeypatch.setattr(revealing.time, "time", lambda: now + 901)
    assert "sam@example.org" not in console.text(path_of(told))


def test_a_reviewer_is_not_offered_it_and_gets_nothing_by_asking(console, told):
    assert "Reveal them" not in console.text(path_of(told))
    assert reveal(console, told, reason="to call back").status_code == 403
    assert "sam@example.org" not in console.text(path_of(told))


def test_somebody_whose_role_was_lowered_sees_it_no_more(supervisor, told):
    from bot.web.accounts.roles import set_role

    console = Console(supervisor)
    reveal(console, told, reason="to call back")
    set_role(supervisor, "reviewer")
    assert "sam@example.org" not in console.text(path_of(told))


@pytest.mark.parametrize("text", ["Dave", "07700", '"husband Dave"', "sam", "example.org"])
def test_no_search_tells_who_wrote(supervisor, told, text):
    console = Console(supervisor)
    assert "Nothing fits" in console.text("/staff/", text=text)
    assert "my husband" in console.text("/staff/", text="husband")


def test_the_index_holds_neither_what_is_masked_nor_the_placeholder():
    assert searchable("my husband Dave left").split() == ["my", "husband", "left"]


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        ("Dave left", "[name] left"),
        ("DAVE LEFT", "[name] left"),
        ("husband Da", "husband [name]"),
        ("ve left", "[name] left"),
        ("not in there", "not in there"),
        ("", ""),
    ],
)
def test_what_is_quoted_is_masked_as_it_is_where_it_stands(part, shown):
    assert masked_part("my husband Dave left", part) == shown
