"""Every filter of the inbox, saved filters, and what keeps the narrow rows behind them in step."""

from __future__ import annotations

from datetime import datetime, timedelta
from datetime import timezone as zones

import pytest
from django.db import connection
from django.utils import timezone

from bot.web.chat.models import Conversation, Turn
from bot.web.review import summarising, words
from bot.web.review.models import Review, SavedFilter, Summary, Tag

from . import factory
from .test_console import listed

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(crisis, calm):
    """A crisis, a calm one with an exercise and times to book, and one that was not understood."""
    confused = factory.play(
        factory.Script(
            [
                factory.Said("me hace falta hablar", "nlu_fallback", 0.3, language="es"),
                factory.Said("no, in English please", "not_helpful"),
            ],
            region="IE",
        ),
        timezone.now() - timedelta(minutes=5),
    )
    return {"crisis": crisis, "calm": calm, "confused": confused}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"label": "crisis_suicide"}, {"crisis"}),
        ({"label": "crisis"}, set()),
        ({"sign": "fallback"}, {"confused"}),
        ({"sign": "not_helpful"}, {"confused"}),
        ({"sign": "exercise"}, {"calm"}),
        ({"sign": "finished"}, {"calm"}),
        ({"sign": "booking"}, {"calm"}),
        ({"sign": "demo"}, set()),
        ({"below": "40"}, {"confused"}),
        ({"below": "0"}, {"crisis", "calm", "confused"}),
        ({"region": "ie"}, {"confused"}),
        ({"model": factory.MODEL}, {"crisis", "calm", "confused"}),
        ({"language": "es"}, {"confused"}),
        ({"language": "other"}, set()),
        ({"least_turns": "3"}, {"crisis", "calm"}),
        ({"most_turns": "2"}, {"confused"}),
        ({"reviewer": "1"}, set()),
        ({"tag": "none"}, set()),
        ({"order": "newest", "sign": "booking"}, {"calm"}),
        ({"state": "second"}, set()),
        ({"state": "disputed"}, set()),
        ({"text": '"feel like the"'}, {"calm"}),
        ({"text": '"like feel the"'}, set()),
        ({"text": "cry"}, {"crisis"}),
        ({"text": "bathroom crying"}, {"crisis"}),
        ({"text": "babys"}, {"calm"}),
        ({"text": "better AND off OR NEAR("}, set()),
        ({"text": '"'}, set()),
        ({"text": "Next"}, set()),
    ],
)
def test_each_filter_finds_what_it_says(console, three, query, found):
    assert set(listed(console.text("/staff/", **query))) == {three[name].pk for name in found}


def test_the_time_of_day_is_the_practices_and_may_span_midnight(console):
    at = datetime(2026, 1, 10, 4, 30, tzinfo=zones.utc)  # 23:30 of the day before in New York
    night = factory.play(factory.babysitter(), at)
    for query, expected in (
        ({"hour_from": "22", "hour_to": "5"}, [night.pk]),
        ({"hour_from": "23", "hour_to": "23"}, [night.pk]),
        ({"hour_from": "6", "hour_to": "21"}, []),
        ({"hour_to": "5"}, []),
        ({"hour_from": "24"}, [night.pk]),
    ):
        assert listed(console.text("/staff/", **query)) == expected, query


def test_the_queue_of_the_least_certain_begins_with_the_lowest_confidence(console, three, reviewer):
    assert listed(console.text("/staff/", order="uncertain")) == [
        three[name].pk for name in ("confused", "calm", "crisis")
    ]
    Review.objects.create(conversation=three["confused"], reviewed_at=timezone.now(), reviewed_by=reviewer)
    page = console.text("/staff/", order="uncertain")
    assert listed(page)[0] == three["calm"].pk
    assert "confidence from 61 %" in page
    following = console.text(f"/staff/conversations/{three['calm'].pk}/", order="uncertain")
    assert f'rel="next" href="/staff/conversations/{three["crisis"].pk}/?order=uncertain"' in following


def test_who_reviewed_and_to_whom_it_is_assigned_are_filters(console, three, reviewer):
    Review.objects.create(conversation=three["calm"], reviewed_at=timezone.now(), reviewed_by=reviewer)
    Review.objects.create(conversation=three["crisis"], assigned_to=reviewer)
    assert listed(console.text("/staff/", reviewer=str(reviewer.pk))) == [three["calm"].pk]
    page = console.text("/staff/", assigned=str(reviewer.pk))
    assert listed(page) == [three["crisis"].pk]
    assert "for robin" in page


def test_a_tag_is_a_filter_and_goes_when_it_is_taken_away(console, three):
    tag = Tag.objects.create(conversation=three["calm"], name="supervision")
    assert listed(console.text("/staff/", tag="supervision")) == [three["calm"].pk]
    tag.delete()
    assert listed(console.text("/staff/", tag="supervision")) == []


def test_saved_filters_are_ones_own_are_replaced_by_name_and_deleted(console, administrator, crisis):
    console.send("/staff/", "/staff/filters/", name=" night  crises ", query="tier=S&hour_from=22&evil=<script>")
    saved = SavedFilter.objects.get()
    assert (saved.name, saved.query) == ("night crises", "tier=S&hour_from=22")
    console.send("/staff/", "/staff/filters/", name="night crises", query="tier=any")
    assert SavedFilter.objects.get().query == "tier=any"
    assert "night crises" in console.text("/staff/")
    answer = console.send("/staff/", f"/staff/filters/{saved.pk}/delete/")
    assert answer["Location"] == "/staff/?tier=any"
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(("name", "query"), [("", "tier=S"), ("x" * 61, "tier=S"), ("x", ""), ("x", "nonsense=1")])
def test_a_filter_without_name_or_content_is_not_saved(console, name, query):
    assert console.send("/staff/", "/staff/filters/", name=name, query=query).status_code == 422
    assert not SavedFilter.objects.exists()


def test_a_summary_that_was_kept_up_is_the_one_that_is_made_anew(three):
    fields = [field.attname for field in Summary._meta.fields]
    for conversation in three.values():
        kept = Summary.objects.values(*fields).get(conversation=conversation)
        summarising.summarise(conversation)
        assert Summary.objects.values(*fields).get(conversation=conversation) == kept


def test_distress_before_and_after_an_exercise_is_noted():
    rating = dict(factory.RATING)
    script = factory.Script(
        [
            factory.Said("help me settle", "request_exercise", card=rating),
            factory.Said("7", "feel_worse", pressed=True, card=factory.EXERCISE | {"step": 1}),
            factory.Said("next", "affirm", card=rating),
            factory.Said("3", "feel_better", pressed=True),
            factory.Said("10", "small_talk"),
        ]
    )
    summary = Summary.objects.get(conversation=factory.play(script, timezone.now()))
    assert (summary.exercises_started, summary.exercises_finished) == (1, 1)
    assert (summary.distress_before, summary.distress_after) == (7, 3)


def test_thousands_of_digits_are_no_rating_and_hold_up_no_other_summary():
    script = factory.Script(
        [
            factory.Said("help me settle", "request_exercise", card=dict(factory.RATING)),
            factory.Said("1" * 5000, "feel_worse"),
        ]
    )
    conversation = factory.play(script, timezone.now())
    Summary.objects.all().delete()
    assert summarising.catch_up() == 1
    assert Summary.objects.get(conversation=conversation).distress_before is None


def test_a_conversation_that_cannot_be_read_holds_up_no_other(crisis, calm, monkeypatch, caplog):
    Summary.objects.all().delete()
    begin = summarising._begin

    def broken(conversation, *values):
        if conversation.pk == crisis.pk:
            raise ValueError(crisis.pk)
        return begin(conversation, *values)

    monkeypatch.setattr(summarising, "_begin", broken)
    assert summarising.catch_up() == 1
    assert f"conversation {crisis.pk} cannot be summarised: ValueError" in caplog.text
    assert Summary.objects.filter(conversation=calm).exists()


def test_what_the_summary_missed_is_made_up_for(crisis, calm, monkeypatch):
    Summary.objects.all().delete()
    assert summarising.catch_up() == 2
    monkeypatch.setattr(summarising, "add", None)  # whatever fails in the summary
    late = Turn(client_id="late", kind="text", text="one more thing", replies=[])
    calm.append(late)
    assert calm.turns.count() == 5
    monkeypatch.undo()
    assert Summary.objects.get(conversation=calm).turns == 4
    assert summarising.catch_up() == 1
    assert Summary.objects.get(conversation=calm).turns == 5
    assert summarising.catch_up() == 0


def without_a_summary_of(conversation, text, monkeypatch, **values):
    """Stores a turn while whatever can fail in the summary fails."""
    with monkeypatch.context() as broken:
        broken.setattr(summarising, "add", None)
        conversation.append(Turn(client_id=text, kind="text", text=text, replies=[], **values))


def test_a_crisis_turn_that_was_missed_is_in_the_summary_with_the_turn_after_it(console, calm, monkeypatch):
    without_a_summary_of(calm, "my bluethroat is gone", monkeypatch, tier="S", intent="crisis_suicide")
    calm.append(Turn(client_id="next", kind="text", text="never mind", replies=[]))
    summary = Summary.objects.get(conversation=calm)
    assert (summary.turns, summary.crisis, summary.rank) == (6, True, Summary.OPEN_CRISIS)
    assert listed(console.text("/staff/", text="bluethroat")) == [calm.pk]
    assert summarising.catch_up() == 0


def test_a_turn_that_is_missing_in_the_middle_of_a_summary_is_made_up_for(crisis, calm, monkeypatch):
    without_a_summary_of(calm, "I want to die", monkeypatch, tier="S")
    calm.append(Turn(client_id="next", kind="text", text="so", replies=[]))
    # As it was stored while a missed turn was not noticed.
    lacking = {"turns": 5, "position": 5, "crisis": False, "rank": Summary.OPEN}
    Summary.objects.filter(conversation=calm).update(**lacking)
    assert summarising.catch_up(timezone.now() - timedelta(days=1)) == 1
    summary = Summary.objects.get(conversation=calm)
    assert (summary.turns, summary.crisis, summary.rank) == (6, True, Summary.OPEN_CRISIS)
    assert summarising.catch_up() == 0


def test_a_missed_turn_that_is_older_than_the_one_before_is_made_up_for(calm, monkeypatch):
    without_a_summary_of(calm, "held up", monkeypatch, created=calm.created)
    assert summarising.catch_up() == 1
    assert Summary.objects.get(conversation=calm).turns == 5


def test_danger_that_was_found_later_is_made_up_for(calm, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(summarising, "add", None)
        calm.turns.last().note_late_screening("S")
    assert not Summary.objects.get(conversation=calm).crisis
    assert summarising.catch_up() == 1
    assert Summary.objects.get(conversation=calm).crisis
    assert summarising.catch_up() == 0


def in_the_index(word):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM review_words_data WHERE instr(block, %s)", [word.encode()])
        return cursor.fetchone()[0]


def test_erasing_takes_the_words_out_of_the_search_and_then_out_of_the_file(console, crisis):
    said = factory.Said("my zebrafinch keeps me awake", "small_talk")
    conversation = factory.play(factory.Script([said]), timezone.now())
    assert listed(console.text("/staff/", text="zebrafinch")) == [conversation.pk]
    conversation.erase()
    assert listed(console.text("/staff/", text="zebrafinch")) == []
    assert not Summary.objects.filter(conversation=conversation).exists()
    if connection.vendor == "sqlite":
        summarising.catch_up()
        assert in_the_index("zebrafinch") == 0
        assert in_the_index("bathroom") > 0
        assert words.forget_removed() is False


def test_a_purged_conversation_is_found_no_more(console, crisis):
    from bot.web.chat.retention import purge

    assert listed(console.text("/staff/", text="bathroom")) == [crisis.pk]
    Conversation.objects.update(updated=timezone.now() - timedelta(days=4000))
    assert purge()[0] == "1 conversations erased"
    assert listed(console.text("/staff/", text="bathroom")) == []
