"""Undoing where somebody else was at work in the same conversation since: only one's own change goes."""

from __future__ import annotations

import pytest

from bot.web.review import saved_tests
from bot.web.review.models import Change, Completion, Correction, Review, Summary, Tag

from .conftest import Console, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(supervisor):
    return Console(supervisor), Console(member("sasha", "supervisor"))


def path_of(conversation):
    return f"/staff/conversations/{conversation.pk}/"


def act(console, conversation, action, **values):
    answer = console.send(path_of(conversation), path_of(conversation) + "review/", action=action, **values)
    assert answer.status_code == 302, answer.content


def correct(console, turn, **values):
    answer = console.send(path_of(turn.conversation), f"/staff/turns/{turn.pk}/correct/", **values)
    assert answer.status_code == 302, answer.content


def undo(change, console, status=302):
    answer = console.send(path_of(change.conversation), f"/staff/changes/{change.pk}/undo/")
    assert answer.status_code == status, answer.content
    assert not Change.objects.filter(pk=change.pk).exists()
    return answer


def test_undoing_a_flag_leaves_what_others_marked_since(people, calm, supervisor):
    kim, sasha = people
    act(kim, calm, "flag")
    flagged = Change.objects.get()
    act(sasha, calm, "assign", to=str(supervisor.pk))
    act(sasha, calm, "second")
    undo(flagged, kim)
    review = Review.objects.get()
    assert (review.flagged, review.assigned_to, review.second_wanted) == (False, supervisor, True)


def test_an_assignment_that_somebody_changed_since_is_left_and_said(people, calm, supervisor):
    kim, sasha = people
    act(kim, calm, "assign", to=str(supervisor.pk))
    assigned = Change.objects.get()
    act(sasha, calm, "assign", to="")
    act(sasha, calm, "assign", to=str(member("toni", "reviewer").pk))
    assert "Somebody has changed this since" in undo(assigned, kim, 422).content.decode()
    assert Review.objects.get().assigned_to.username == "toni"


def test_undoing_ones_own_review_leaves_the_reviews_of_others(people, calm):
    kim, sasha = people
    act(kim, calm, "reviewed")
    mine = Change.objects.get()
    act(sasha, calm, "reviewed")
    undo(mine, kim)
    assert [one.staff.username for one in Completion.objects.all()] == ["sasha"]
    assert Review.objects.get().reviewed_by.username == "sasha"
    assert Summary.objects.get(conversation=calm).reviewed


def test_a_review_that_was_taken_from_others_comes_back_beside_a_new_one(people, calm):
    kim, sasha = people
    act(sasha, calm, "reviewed")
    done = Completion.objects.get()
    act(kim, calm, "open")
    taken = Change.objects.latest("pk")
    toni = Console(member("toni", "supervisor"))
    act(toni, calm, "reviewed")
    undo(taken, kim)
    assert [one.staff.username for one in Completion.objects.all()] == ["sasha", "toni"]
    assert (Review.objects.get().reviewed_by.username, Review.objects.get().reviewed_at) == ("sasha", done.at)


@pytest.fixture
def differing(people, calm):
    """Two who were asked to review it independently differ."""
    kim, sasha = people
    act(kim, calm, "second")
    correct(kim, calm.turns.first(), intent="feel_numb")
    act(kim, calm, "reviewed")
    correct(sasha, calm.turns.first(), intent="feel_low")
    act(sasha, calm, "reviewed")
    return calm


def test_what_two_differ_in_counts_no_more_once_a_second_is_wanted_again(people, differing):
    kim, _ = people
    act(kim, differing, "no-second")
    assert Correction.objects.get().intent == "feel_low"
    undo(Change.objects.latest("pk"), kim)
    assert not Correction.objects.exists()
    assert Review.objects.get().disputed


def test_where_two_differ_already_asking_for_a_second_asks_for_a_third(people, differing):
    kim, _ = people
    act(kim, differing, "no-second")
    act(kim, differing, "second")
    assert Review.objects.get().disputed
    assert Summary.objects.get(conversation=differing).waits_for == Summary.THIRD


def test_a_tag_that_somebody_put_there_anew_stays(people, calm):
    kim, sasha = people
    act(kim, calm, "tag", tag="sleep")
    tagged = Change.objects.get()
    act(sasha, calm, "untag", tag="sleep")
    act(sasha, calm, "tag", tag="sleep")
    undo(tagged, kim, 422)
    assert Tag.objects.get().staff.username == "sasha"


def test_a_tag_that_was_there_before_does_not_come_back_by_undoing(people, calm):
    kim, sasha = people
    act(sasha, calm, "tag", tag="sleep")
    act(kim, calm, "tag", tag="sleep")
    nothing = Change.objects.latest("pk")
    act(sasha, calm, "untag", tag="sleep")
    undo(nothing, kim)
    assert not Tag.objects.exists()


def test_a_test_that_somebody_saved_anew_stays(people, calm):
    kim, sasha = people
    act(kim, calm, "test")
    saved = Change.objects.get()
    correct(sasha, calm.turns.first(), intent="feel_numb")
    act(sasha, calm, "test")
    undo(saved, kim, 422)
    assert "feel_numb" in (saved_tests.read(calm.pk) or "")
