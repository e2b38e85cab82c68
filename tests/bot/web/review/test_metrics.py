"""The metrics page: what is counted, the drawings, and the CSV."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from bot.evaluation.svg import STYLE
from bot.web.booking.models import Booking
from bot.web.review import metrics, opinions
from bot.web.review.metrics_page import as_csv
from bot.web.review.models import Review, ViewRecord

from . import factory
from .appointments import book

pytestmark = pytest.mark.django_db
TABLES = ["conversations", "topics", "answers", "exercises", "bookings", "crises", "latency", "agreement"]


@pytest.fixture
def chosen():
    with timezone.override("America/New_York"):
        yield metrics.period("week", timezone.now())


def last(table):
    return dict(zip(table.columns, table.rows[-1], strict=True))


def test_an_empty_practice_has_a_page_that_says_so(console):
    page = console.text("/staff/metrics/")
    assert "Nothing yet in this time." in page
    assert "No conversation of this time has two reviewers" in page


def test_what_was_said_is_counted_in_its_week(chosen):
    now = timezone.now()
    for script in (factory.babysitter(), factory.suicide()):
        factory.play(script, now - timedelta(seconds=200))
    factory.play(factory.intrusive(), now - timedelta(weeks=3))
    assert last(metrics.conversations(chosen)) == {
        "week": chosen.starts[-1].isoformat(),
        "conversations": 2,
        "turns": 7,
    }
    assert metrics.conversations(chosen).rows[-4][1] == 1
    topics = metrics.topics(chosen)
    assert set(topics.columns[1:-1]) == {"feel_disconnected", "feel_low", "feel_intrusive_thoughts"}
    assert sum(cell for row in topics.rows for cell in row[1:]) == 3
    answers = last(metrics.answers(chosen))
    assert (answers["with a passage"], answers["not understood"]) == (2, 0)
    exercises = last(metrics.exercises(chosen))
    assert (exercises["begun"], exercises["finished"], exercises["distress after, median"]) == (1, 1, None)
    assert last(metrics.latency(chosen))["longest, ms"] == 33.0


def test_the_wait_for_the_first_view_is_counted_from_each_alarm(chosen, console, reviewer):
    begun = timezone.now() - timedelta(minutes=30)
    conversation = factory.play(factory.suicide(), begun)
    unseen = next(row for row in metrics.crises(chosen).rows if row[0].startswith("S "))
    assert unseen == ["S suicide or self-harm", 2, 0, None]
    ViewRecord.objects.record(reviewer, ViewRecord.TRANSCRIPT, conversation.pk)
    ViewRecord.objects.update(at=begun + timedelta(minutes=10, seconds=58))
    seen = next(row for row in metrics.crises(chosen).rows if row[0].startswith("S "))
    assert seen[1:3] == [2, 2]
    assert seen[3] == pytest.approx(9.6, abs=0.1)


def test_bookings_that_were_made_in_the_chat_are_counted(chosen, therapist_hours):
    book()
    assert last(metrics.bookings(chosen))["booked"] == 0
    Booking.objects.update(session="a digest")
    assert last(metrics.bookings(chosen))["booked"] == 1


def reviewed_by_two(people, begun):
    conversation = factory.play(factory.babysitter(), begun)
    Review.objects.create(conversation=conversation, second_wanted=True)
    for person in people:
        opinions.judge(conversation.turns.first(), person.pk, {"intent": "feel_numb"})
        opinions.complete(conversation, person.pk)


def test_the_agreement_of_reviewers_is_of_the_period_shown(chosen, reviewer, supervisor):
    reviewed_by_two([reviewer, supervisor], timezone.now() - timedelta(days=100))
    assert [row[1] for row in metrics.agreement(chosen).rows] == [0, 0]
    reviewed_by_two([reviewer, supervisor], timezone.now() - timedelta(hours=1))
    turns = sum(not said.pressed for said in factory.babysitter().turns)
    assert [row[1] for row in metrics.agreement(chosen).rows] == [turns, turns]


def test_the_agreement_takes_the_same_queries_however_many_conversations_there_are(
    chosen, reviewer, supervisor, django_assert_num_queries
):
    for n in range(5):
        reviewed_by_two([reviewer, supervisor], timezone.now() - timedelta(days=n, hours=1))
    with django_assert_num_queries(4):
        assert metrics.agreement(chosen).rows[0][3] is not None


@pytest.mark.parametrize("step", ["day", "week", "month"])
def test_the_steps_are_the_latest_ones_without_a_gap(step):
    with timezone.override("America/New_York"):
        found = metrics.period(step, timezone.now())
        assert len(found.starts) == metrics.SPANS[step]
        assert found.starts == sorted(set(found.starts))
        assert found.of(timezone.now()) == found.starts[-1]
        for one, following in zip(found.starts, found.starts[1:], strict=False):
            assert (following - one).days in {"day": {1}, "week": {7}, "month": {28, 29, 30, 31}}[step]


@pytest.mark.parametrize("step", ["day", "week", "month", "nonsense"])
def test_the_page_draws_each_figure_with_its_table(console, crisis, calm, step):
    page = console.text("/staff/metrics/", by=step)
    assert page.count("<svg xmlns") >= 5
    assert "<style" not in page
    assert page.count("<table") == 7
    assert 'aria-describedby="conversations-desc"' in page


def test_the_style_sheet_is_the_style_of_every_other_drawing():
    found = finders.find("review/charts.css")
    assert found
    assert Path(found).read_text("utf-8").endswith(STYLE)


@pytest.mark.parametrize("table", TABLES)
def test_each_figure_can_be_had_as_csv_which_is_recorded(console, crisis, table):
    answer = console.open(f"/staff/metrics/{table}/", by="month")
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Content-Disposition"] == f'attachment; filename="attune-{table}-by-month.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert len({len(row) for row in rows}) == 1
    assert ViewRecord.objects.filter(what="metrics export", detail=f"{table} by month").count() == 1


def test_an_unknown_figure_is_not_there(console):
    assert console.open("/staff/metrics/secrets/").status_code == 404


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "|x"])
def test_no_cell_of_a_csv_is_a_formula(cell):
    text = as_csv(metrics.Table("x", "x", ["a", cell], [[cell, -1]]))
    (_, second), (first, number) = list(csv.reader(io.StringIO(text)))
    assert second == first == f"'{cell}"
    assert number == "-1"
