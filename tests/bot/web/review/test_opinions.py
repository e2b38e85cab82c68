"""Independent reviewers: what each may see, which correction counts, and Cohen's kappa."""

from __future__ import annotations

import random

import pytest
from django.utils import timezone
from sklearn.metrics import cohen_kappa_score

from bot.settings import get_settings
from bot.web.review import opinions, undoing
from bot.web.review.metrics import agreement, period
from bot.web.review.models import Completion, Correction, Judgement, Review, Summary

from .conftest import Console, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(reviewer):
    return [reviewer, member("sasha", "reviewer"), member("toni", "supervisor")]


def path_of(conversation):
    return f"/staff/conversations/{conversation.pk}/"


def act(person, conversation, action, **values):
    console = Console(person)
    answer = console.send(path_of(conversation), path_of(conversation) + "review/", action=action, **values)
    assert answer.status_code == 302, answer.content
    return console


def correct(person, turn, **values):
    sent = Console(person).send(path_of(turn.conversation), f"/staff/turns/{turn.pk}/correct/", **values)
    assert sent.status_code == 302, sent.content


@pytest.mark.parametrize("seed", range(20))
def test_kappa_is_the_one_of_scikit_learn(seed):
    chance = random.Random(seed)
    names = ["feel_low", "feel_numb", "feel_alone", "ask_why"][: chance.randint(2, 4)]
    pairs = []
    for _ in range(chance.randint(5, 200)):
        first = chance.choice(names)
        pairs.append((first, first if chance.random() < 0.6 else chance.choice(names)))
    expected = cohen_kappa_score([one for one, _ in pairs], [other for _, other in pairs])
    assert opinions.kappa(pairs).kappa == pytest.approx(expected)


def test_kappa_of_nothing_and_of_one_answer_only_is_not_defined():
    assert opinions.kappa([]) == opinions.Agreement(0, None, None)
    assert opinions.kappa([("a", "a")] * 3) == opinions.Agreement(3, 1.0, None)


def test_the_second_reviewer_does_not_see_the_first_ones_verdict_until_done(people, calm):
    first, second, _ = people
    turn = calm.turns.first()
    act(first, calm, "second")
    correct(first, turn, intent="feel_numb", note="Flat, I think.")
    act(first, calm, "tag", tag="flat")
    act(first, calm, "note", text="Talk about this one.")
    act(first, calm, "reviewed")
    assert Summary.objects.get(conversation=calm).waits_for == Summary.SECOND

    page = Console(second).text(path_of(calm))
    assert "You review this one independently" in page
    for hidden in ("Flat, I think.", "Should be", "Talk about this one.", 'value="flat"'):
        assert hidden not in page
    assert "Flat, I think." in Console(first).text(path_of(calm))
    inbox = Console(second).text("/staff/", state="second")
    assert calm.pk in inbox
    assert ">flat<" not in inbox.split('class="rows"')[1]

    correct(second, turn, intent="feel_numb")
    act(second, calm, "reviewed")
    page = Console(second).text(path_of(calm))
    assert "Flat, I think." in page
    assert Correction.objects.get().intent == "feel_numb"
    assert not Review.objects.get().disputed


def test_where_two_differ_nothing_counts_until_a_third_decides(people, calm):
    first, second, third = people
    turn = calm.turns.first()
    act(first, calm, "second")
    correct(first, turn, intent="feel_numb")
    act(first, calm, "reviewed")
    correct(second, turn, intent="feel_low")
    act(second, calm, "reviewed")
    assert Review.objects.get().disputed
    assert not Correction.objects.exists()
    assert calm.pk in Console(third).text("/staff/", state="disputed")

    page = Console(third).text(path_of(calm))
    assert "Two reviewers differ" in page
    assert "robin: feel_numb" in page
    assert "sasha: feel_low" in page
    correct(third, turn, intent="feel_low", crisis_label="none")
    assert (Correction.objects.get().intent, Correction.objects.get().staff) == ("feel_low", third)
    act(third, calm, "reviewed")
    assert not Review.objects.get().disputed
    assert Correction.objects.get().intent == "feel_low"


def test_a_third_reviewer_who_is_no_supervisor_does_not_decide(people, calm):
    first, second, _ = people
    turn = calm.turns.first()
    act(first, calm, "second")
    correct(first, turn, intent="feel_numb")
    act(first, calm, "reviewed")
    act(second, calm, "reviewed")
    third = Console(member("ari", "reviewer"))
    assert "A supervisor decides" in third.text(path_of(calm))
    refused = [
        third.send(path_of(calm), f"/staff/turns/{turn.pk}/correct/", intent="feel_low"),
        third.send(path_of(calm), f"{path_of(calm)}review/", action="reviewed"),
    ]
    assert [answer.status_code for answer in refused] == [422, 422]
    assert Review.objects.get().disputed
    correct(first, turn, intent="")  # the two may change their minds


def test_agreeing_in_other_words_is_agreeing(people, crisis):
    first, second, _ = people
    turn = crisis.turns.get(position=1)
    act(first, crisis, "second")
    correct(first, turn, crisis_label="crisis_suicide", note="Clear.")
    act(first, crisis, "reviewed")
    act(second, crisis, "reviewed")
    assert not Review.objects.get().disputed
    assert Correction.objects.get().note == "Clear."


def test_without_a_second_reviewer_the_last_word_counts(people, calm):
    turn = calm.turns.first()
    correct(people[0], turn, intent="feel_numb")
    correct(people[1], turn, intent="feel_low")
    assert (Correction.objects.get().intent, Correction.objects.get().staff) == ("feel_low", people[1])
    correct(people[1], turn, intent="")
    assert Correction.objects.get().intent == "feel_numb"
    assert Judgement.objects.get().staff == people[0]


def test_the_agreement_is_over_turns_that_two_went_through(people, calm, crisis):
    for conversation in (calm, crisis):
        act(people[0], conversation, "second")
        for person in people[:2]:
            act(person, conversation, "reviewed")
    correct(people[0], calm.turns.first(), intent="feel_numb")
    rows = agreement(period("week", timezone.now())).rows
    written = sum(one.turns.filter(kind="text").count() for one in (calm, crisis))
    assert [row[:3] for row in rows] == [["intent", written, round(100 * (written - 1) / written, 1)],
                                         ["crisis label", written, 100.0]]  # fmt: skip
    assert rows[0][3] < rows[1][3] == 1.0


def test_a_second_reviewer_is_drawn_by_lot_where_there_is_one(people, calm, environment):
    environment.setenv("ATTUNE_SECOND_REVIEW", "100")
    get_settings.cache_clear()
    act(people[0], calm, "reviewed")
    assert Review.objects.get().second_wanted


def test_one_person_alone_is_never_asked_to_be_two(reviewer, calm, environment):
    environment.setenv("ATTUNE_SECOND_REVIEW", "100")
    get_settings.cache_clear()
    act(reviewer, calm, "reviewed")
    assert not Review.objects.get().second_wanted


def test_a_review_that_is_taken_back_leaves_the_other_ones(people, calm):
    act(people[0], calm, "second")
    act(people[0], calm, "reviewed")
    act(people[1], calm, "reviewed")
    act(people[0], calm, "open")
    assert [one.staff for one in Completion.objects.all()] == [people[1]]
    assert Review.objects.get().reviewed_by == people[1]


def test_completing_leaves_what_somebody_marked_meanwhile(people, calm, monkeypatch):
    def meanwhile(_conversation):
        Review.objects.update(flagged=True, assigned_to=people[1])
        return False

    monkeypatch.setattr(opinions, "_drawn", meanwhile)
    opinions.complete(calm, people[0].pk)
    review = Review.objects.get()
    assert (review.reviewed_by, review.flagged, review.assigned_to) == (people[0], True, people[1])


def test_where_nobody_wanted_two_reviews_taking_one_back_starts_no_dispute(people, calm):
    for person in people:
        act(person, calm, "reviewed")
    correct(people[0], calm.turns.first(), intent="feel_numb")
    act(people[2], calm, "open")
    assert Completion.objects.count() == 2
    assert not Review.objects.get().disputed
    assert Summary.objects.get(conversation=calm).waits_for == Summary.NOBODY


def reviewed_twice(people, conversation, *intents):
    """The first two go through it, and say what its first turn is."""
    act(people[0], conversation, "second")
    for person, intent in zip(people, intents, strict=False):
        correct(person, conversation.turns.first(), intent=intent)
        act(person, conversation, "reviewed")


def undo(person, conversation):
    change = undoing.latest(person.pk, conversation)
    answer = Console(person).send(path_of(conversation), f"/staff/changes/{change.pk}/undo/")
    assert answer.status_code == 302, answer.content


def stands(conversation):
    """Whether it is disputed, whom it waits for, and what counts."""
    summary = Summary.objects.get(conversation=conversation)
    return Review.objects.get().disputed, summary.waits_for, [one.intent for one in Correction.objects.all()]


AGREED = (False, Summary.NOBODY, ["feel_numb"])
DISPUTED = (True, Summary.THIRD, [])


def test_two_who_agreed_are_disputed_once_one_of_them_changes_their_mind_until_that_is_undone(people, calm):
    reviewed_twice(people, calm, "feel_numb", "feel_numb")
    assert stands(calm) == AGREED
    correct(people[1], calm.turns.first(), intent="feel_low")
    assert stands(calm) == DISPUTED
    assert calm.pk in Console(people[2]).text("/staff/", state="disputed")
    undo(people[1], calm)
    assert stands(calm) == AGREED


def test_two_who_differed_are_disputed_no_more_once_they_agree_until_that_is_undone(people, calm):
    reviewed_twice(people, calm, "feel_numb", "feel_low")
    assert stands(calm) == DISPUTED
    correct(people[1], calm.turns.first(), intent="feel_numb")
    assert stands(calm) == AGREED
    assert calm.pk not in Console(people[2]).text("/staff/", state="disputed")
    undo(people[1], calm)
    assert stands(calm) == DISPUTED


def test_what_a_third_has_decided_stays_decided_when_one_of_the_two_changes_their_mind(people, calm):
    reviewed_twice(people, calm, "feel_numb", "feel_low")
    correct(people[2], calm.turns.first(), intent="feel_alone")
    act(people[2], calm, "reviewed")
    correct(people[0], calm.turns.first(), intent="feel_overwhelmed")
    assert stands(calm) == (False, Summary.NOBODY, ["feel_alone"])


def test_a_judgement_of_a_conversation_that_nobody_reviewed_marks_nothing(people, calm):
    correct(people[0], calm.turns.first(), intent="feel_numb")
    assert not Review.objects.exists()
