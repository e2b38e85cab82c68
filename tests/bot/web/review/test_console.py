"""The inbox, the transcript, and what staff change there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from bot.web.chat.models import Conversation
from bot.web.review.filters import Filters
from bot.web.review.inbox import neighbours, ordered
from bot.web.review.models import Correction, Review, Summary, ViewRecord

from . import factory

pytestmark = pytest.mark.django_db


def listed(page):
    return re.findall(r'href="/staff/conversations/([0-9a-f]{32})/', page)


def path_of(conversation):
    return f"/staff/conversations/{conversation.pk}/"


def test_an_empty_console_says_what_will_be_here(console):
    page = console.text("/staff/")
    assert "No conversations yet" in page
    assert "<ol" not in page


def test_open_crises_come_first_then_what_is_not_reviewed_each_newest_first(console, crisis, calm):
    now = timezone.now()
    older = factory.play(factory.intrusive(), now - timedelta(days=1))
    done = factory.play(factory.violence(), now)
    Review.objects.create(conversation=done, reviewed_at=now)
    assert listed(console.text("/staff/")) == [crisis.pk, calm.pk, older.pk, done.pk]


def test_a_row_shows_the_words_that_matter_most(console, crisis):
    page = console.text("/staff/")
    assert "everyone would be better off without me" in page
    assert "S suicide or self-harm" in page
    assert "3 turns" in page


def test_counts_say_what_is_left_to_do(console, crisis, calm):
    page = re.sub(r"<[^>]+>", "", console.text("/staff/"))
    for said in ("1 open crisis", "2 not reviewed", "2 in all"):
        assert said in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"tier": "S"}, ["crisis"]),
        ({"tier": "any"}, ["crisis"]),
        ({"tier": "V"}, []),
        ({"intent": "feel_disconnected"}, ["calm"]),
        ({"text": "BABYSITTER"}, ["calm"]),
        ({"text": "100%"}, []),
        ({"text": "_"}, []),
        ({"state": "open"}, ["crisis", "calm"]),
        ({"state": "reviewed"}, []),
        ({"state": "flagged"}, []),
        ({"since": "2100-01-01"}, []),
        ({"until": "2100-01-01"}, ["crisis", "calm"]),
        ({"tier": "nonsense", "since": "31.12.", "page": "x", "state": "'"}, ["crisis", "calm"]),
        ({"text": "x" * 10_000}, []),
        ({"text": "zq\x00zq"}, []),
    ],
)
def test_filters_narrow_the_inbox(console, crisis, calm, query, found):
    known = {"crisis": crisis.pk, "calm": calm.pk}
    page = console.text("/staff/", **query)
    assert listed(page) == [known[name] for name in found]
    assert found or "Nothing fits these filters" in page


def test_dates_are_days_where_the_practice_is(console, calm):
    # 03:30 UTC on the 2nd is still the evening of the 1st in New York.
    moment = timezone.now().replace(year=2026, month=2, day=2, hour=3, minute=30)
    Summary.objects.update(updated=moment)
    assert listed(console.text("/staff/", since="2026-02-01", until="2026-02-01")) == [calm.pk]
    assert listed(console.text("/staff/", since="2026-02-02")) == []


def test_the_inbox_has_fifty_a_page_and_keeps_its_filters(console):
    for n in range(51):
        factory.play(factory.Script([factory.Said("hello", "greet")]), timezone.now() - timedelta(minutes=n))
    first, second = console.text("/staff/", intent="greet"), console.text("/staff/", intent="greet", page="2")
    assert (len(listed(first)), len(listed(second))) == (50, 1)
    assert 'href="?intent=greet&amp;page=2"' in first
    assert not set(listed(first)) & set(listed(second))


def test_a_page_takes_few_queries_however_many_rows(console, django_assert_max_num_queries):
    for n in range(20):
        factory.play(factory.Script([factory.Said("hello", "greet")]), timezone.now() - timedelta(minutes=n))
    with django_assert_max_num_queries(20):
        console.text("/staff/")


def test_conversations_without_a_word_and_erased_ones_are_not_listed(console, crisis):
    Conversation.objects.create()
    crisis.erase()
    assert listed(console.text("/staff/")) == []
    answer = console.open(path_of(crisis))
    assert answer.status_code == 410
    assert "This conversation was erased" in answer.content.decode()


def test_what_was_looked_at_once_is_said_to_be_erased_also_when_its_row_is_gone(console, crisis):
    path = path_of(crisis)
    console.open(path)
    crisis.delete()
    answer = console.open(path)
    assert answer.status_code == 410
    assert "This conversation was erased" in answer.content.decode()
    assert console.open(f"/staff/conversations/{'0' * 32}/").status_code == 404


def test_the_transcript_shows_the_chat_and_what_was_understood(console, crisis):
    page = console.text(path_of(crisis))
    for said in (
        "he&#x27;s 9 weeks and i just cry",
        "Are you thinking about killing yourself?",
        "988 Suicide",
        "crisis_suicide",
        "Because of <q>everyone would be better off without me</q>",
        "Seen by patterns and classifier, score 0.91",
        "97 %",
        "utter_crisis_suicide",
        "2 passages found",
        "24 ms",
        factory.MODEL,
        'id="turn-3"',
    ):
        assert said in page, said


def test_the_transcript_leads_to_where_its_gravest_danger_was_first_seen(console, crisis, calm):
    assert '<a href="#turn-2">first in turn 2</a>' in console.text(path_of(crisis))
    assert "first in turn" not in console.text(path_of(calm))


@pytest.mark.parametrize("script", factory.scripts(), ids=lambda script: script.turns[0].intent or "failed")
def test_every_kind_of_card_is_shown_in_plain_form(console, script):
    page = console.text(path_of(factory.play(script, timezone.now())))
    assert "does not know" not in page
    for turn in script.turns:
        assert escape(turn.reply) in page


def test_a_card_or_an_understanding_of_an_odd_shape_breaks_nothing(console, calm):
    for card in ({"type": "hologram"}, {"type": "passage"}, {"type": "helplines", "lines": "x"}, {"type": ["a"]}, "x"):
        turn = calm.turns.first()
        turn.replies = [{"text": "hm", "card": card}, {}]
        turn.understood = {"ranking": "x", "safety": [1], "passages": [None, {"score": "high"}], "model": 7}
        turn.save()
        assert console.open(path_of(calm)).status_code == 200


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }}", "</p><h1>"]
)
def test_what_a_parent_writes_is_never_markup(console, text):
    said = factory.Said(text, "small_talk", evidence=text, tier="S", label=text)
    conversation = factory.play(factory.Script([said], page=f"/{text}"), timezone.now())
    Correction.objects.create(turn=conversation.turns.get(), note=text)
    for page in (console.text(path_of(conversation)), console.text("/staff/"), console.text("/staff/", text=text)):
        assert escape(text) in page
        assert text == escape(text) or text not in page


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//evil.example/", "data:text/html,x", "/\\evil.example", " javascript:x"]
)
def test_a_card_cannot_carry_a_harmful_link(console, url):
    card = factory.passage_card("low-mood") | {"url": url}
    page = console.text(path_of(factory.play(factory.Script([factory.Said("a", "b", card=card)]), timezone.now())))
    assert f'href="{escape(url)}"' not in page
    assert card["title"] in page


def test_previous_and_next_follow_the_inbox_and_its_filters(console, crisis, calm):
    last = factory.play(factory.intrusive(), timezone.now() - timedelta(days=1))
    assert neighbours(crisis, Filters()) == (None, calm.pk)
    assert neighbours(calm, Filters()) == (crisis.pk, last.pk)
    assert neighbours(last, Filters()) == (calm.pk, None)
    assert neighbours(crisis, Filters(intent="feel_intrusive_thoughts")) == (None, last.pk)
    page = console.text(path_of(calm), state="open")
    assert f'rel="next" href="{path_of(last)}?state=open"' in page


def test_neighbours_of_one_moment_are_each_visited_once(console):
    now = timezone.now()
    for _ in range(5):
        factory.play(factory.Script([factory.Said("hello", "greet")]), now)
    everything = list(ordered(Filters()))
    seen = [everything[0].conversation_id]
    while (following := neighbours(Conversation.objects.get(pk=seen[-1]), Filters())[1]) is not None:
        seen.append(following)
    assert seen == [one.conversation_id for one in everything]


def test_every_view_of_a_transcript_and_every_search_is_recorded(console, crisis, reviewer):
    console.text("/staff/")
    console.text(path_of(crisis))
    console.text("/staff/", text="better off")
    recorded = [(one.staff_name, one.what, one.conversation, one.detail) for one in ViewRecord.objects.order_by("pk")]
    assert recorded == [
        ("robin", "inbox", "", ""),
        ("robin", "transcript", crisis.pk, ""),
        ("robin", "search", "", "better off"),
    ]


def test_marking_as_reviewed_says_who_and_takes_the_crisis_off_the_top(console, crisis, calm, reviewer):
    answer = console.send(path_of(crisis), path_of(crisis) + "review/?state=open", action="reviewed")
    assert answer["Location"] == path_of(crisis) + "?state=open"
    review = Review.objects.get()
    assert review.reviewed_by == reviewer
    assert listed(console.text("/staff/")) == [calm.pk, crisis.pk]
    console.send(path_of(crisis), path_of(crisis) + "review/", action="open")
    assert Review.objects.get().reviewed_at is None


def test_a_flag_is_set_and_taken_away(console, calm):
    console.send(path_of(calm), path_of(calm) + "review/", action="flag")
    assert listed(console.text("/staff/", state="flagged")) == [calm.pk]
    console.send(path_of(calm), path_of(calm) + "review/", action="unflag")
    assert listed(console.text("/staff/", state="flagged")) == []


def test_an_unknown_action_or_conversation_changes_nothing(console, calm):
    assert console.send(path_of(calm), path_of(calm) + "review/", action="delete").status_code == 422
    assert console.send(path_of(calm), f"/staff/conversations/{'0' * 32}/review/", action="flag").status_code == 404
    assert console.send(path_of(calm), "/staff/turns/99999999/correct/", note="x").status_code == 404
    assert not Review.objects.exists()


def test_a_correction_is_stored_shown_changed_and_taken_back(console, calm, reviewer):
    turn = calm.turns.first()
    path = f"/staff/turns/{turn.pk}/correct/"
    answer = console.send(
        path_of(calm), path, intent="feel_numb", crisis_label="none", note="Reads flat to me.\r\nAsk."
    )
    assert answer["Location"] == f"{path_of(calm)}#turn-1"
    correction = Correction.objects.get()
    assert (correction.intent, correction.crisis_label, correction.staff) == ("feel_numb", "none", reviewer)
    page = console.text(path_of(calm))
    assert "Should be <strong>feel_numb</strong>; <strong>not a crisis</strong>" in page
    assert "Reads flat to me.<br>Ask." in page
    console.send(path_of(calm), path, intent="feel_low", crisis_label="", note="")
    assert Correction.objects.get().intent == "feel_low"
    console.send(path_of(calm), path, intent="", crisis_label="", note="")
    assert not Correction.objects.exists()
    kinds = list(ViewRecord.objects.filter(what="correction").order_by("pk").values_list("detail", flat=True))
    assert kinds == ["turn 1: feel_numb", "turn 1: feel_low", "turn 1: taken back"]


@pytest.mark.parametrize(
    "values",
    [
        {"intent": "feel_nonsense"},
        {"intent": "crisis_suicide"},
        {"crisis_label": "feel_low"},
        {"crisis_label": "<script>"},
        {"note": "x" * 10_000},
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_the_note_is_given_back(console, calm, values):
    path = f"/staff/turns/{calm.turns.first().pk}/correct/"
    answer = console.send(path_of(calm), path, **{"note": "my note"} | values)
    assert answer.status_code == 422
    assert "Not saved" in answer.content.decode()
    assert values.get("note", "my note")[:2000] in answer.content.decode()
    assert not Correction.objects.exists()


def test_erasing_a_conversation_erases_what_staff_noted_about_it(console, calm):
    path = f"/staff/turns/{calm.turns.first().pk}/correct/"
    console.send(path_of(calm), path, note="She mentioned her sister.")
    calm.erase()
    assert not Correction.objects.exists()
    assert console.client.post(path).status_code == 403


def test_the_banner_counts_articles_that_nobody_has_signed(console):
    page = re.sub(r"<[^>]+>", "", console.text("/staff/"))
    assert re.search(r"\d+ of \d+ articles not clinically reviewed", page)
    assert re.search(r"\d+ source links", page)
    assert "not yet" in console.text("/staff/articles/")
