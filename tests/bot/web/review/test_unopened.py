"""The badge: how many crises nobody has opened, on every page, as JSON, and as a filter of the inbox."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bot.web.chat.models import Conversation
from bot.web.review.models import Review
from bot.web.review.unopened import count_unopened, unopened

from . import factory
from .test_console import listed, path_of

pytestmark = pytest.mark.django_db
PAGES = ("/staff/", "/staff/bookings/", "/staff/articles/", "/staff/?text=nothing-like-this")


def badge(page):
    """What stands on the badge; None where it is hidden."""
    found = re.search(r'<a class="badge" href="([^"]+)"[^>]*?( hidden)?>(.*?)</a>', page)
    assert found
    return None if found.group(2) else re.sub(r"<[^>]+>", "", found.group(3))


def alarm_now(conversation):
    said = factory.Said("i can't", "crisis_suicide", tier="S", label="crisis_suicide")
    conversation.append(factory.turn_of(said, 90, timezone.now()))


def test_a_crisis_counts_until_somebody_opens_it(console, crisis, calm):
    assert count_unopened() == 1
    console.text(path_of(calm))
    assert count_unopened() == 1
    console.text(path_of(crisis))
    assert count_unopened() == 0


@pytest.mark.parametrize("script", [factory.babysitter(), factory.intrusive(), factory.small()[1]])
def test_what_is_no_crisis_does_not_count(db, script):
    factory.play(script, timezone.now() - timedelta(hours=1))
    assert count_unopened() == 0


def test_danger_that_is_heard_late_counts_although_somebody_looked_before(console, calm):
    console.text(path_of(calm))
    calm.turns.first().note_late_screening("I")
    assert count_unopened() == 1
    console.text(path_of(calm))
    assert count_unopened() == 0


def test_reading_the_list_or_searching_it_opens_nothing(console, crisis):
    console.text("/staff/", text="everyone")
    assert count_unopened() == 1


def test_an_alarm_after_somebody_looked_counts_again(console, crisis):
    console.text(path_of(crisis))
    alarm_now(crisis)
    assert count_unopened() == 1
    console.text(path_of(crisis))
    assert count_unopened() == 0


def test_harmless_words_after_somebody_looked_do_not_count(console, crisis):
    console.text(path_of(crisis))
    crisis.append(factory.turn_of(factory.Said("thank you", "thanks"), 90, timezone.now()))
    assert count_unopened() == 0


def test_what_is_reviewed_is_opened_and_an_alarm_after_it_counts(crisis):
    Review.objects.create(conversation=crisis, reviewed_at=timezone.now())
    assert count_unopened() == 0
    alarm_now(crisis)
    assert count_unopened() == 1


def test_a_flag_alone_opens_nothing(crisis):
    Review.objects.create(conversation=crisis, flagged=True)
    assert count_unopened() == 1


def test_what_was_erased_does_not_count(crisis):
    crisis.erase()
    assert count_unopened() == 0


@pytest.mark.parametrize("path", PAGES)
def test_every_page_shows_the_number_without_a_script(console, crisis, path):
    page = console.text(path)
    assert badge(page) == "1 crisis not opened"
    assert re.search(r"<title>\(1\) [^<]+ · Attune</title>", page)
    factory.play(factory.violence(), timezone.now() - timedelta(minutes=5))
    assert badge(console.text(path)) == "2 crises not opened"


@pytest.mark.parametrize("path", PAGES)
def test_with_nothing_to_open_no_badge_is_seen(console, calm, path):
    page = console.text(path)
    assert badge(page) is None
    assert "<title>(" not in page


def test_the_transcript_that_is_being_opened_counts_no_longer(console, crisis):
    assert badge(console.text(path_of(crisis))) is None


def test_the_badge_leads_to_what_it_counts(console, crisis, calm):
    link = re.search(r'<a class="badge" href="([^"]+)"', console.text("/staff/articles/"))
    assert link
    seen = factory.play(factory.violence(), timezone.now() - timedelta(minutes=5))
    console.text(path_of(seen))
    page = console.text(link.group(1))
    assert listed(page) == [crisis.pk]
    assert '<option value="unopened" selected>crisis not opened</option>' in page


def test_the_number_is_one_query_by_indexes(crisis, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert count_unopened() == 1
    plan = Conversation.objects.kept().filter(unopened()).explain()
    assert "SEARCH chat_conversation USING" in plan
    assert "SCAN" not in plan


def test_the_number_as_json_is_for_staff_only(console, crisis, client, django_user_model):
    answer = console.open("/staff/unopened/")
    assert (answer.status_code, answer.json()) == (200, {"count": 1})
    assert "no-store" in answer["Cache-Control"]
    assert client.get("/staff/unopened/").status_code == 302
    visitor = Client()
    visitor.force_login(django_user_model.objects.create_user("visitor"))
    assert visitor.get("/staff/unopened/").status_code == 302


def test_asking_for_the_number_opens_nothing_and_keeps_no_session_alive(console, crisis):
    from django.contrib.sessions.models import Session

    before = Session.objects.get().expire_date
    console.open("/staff/unopened/")
    assert Session.objects.get().expire_date == before
    assert count_unopened() == 1


def test_who_is_not_signed_in_sees_no_badge(client, crisis):
    page = client.get("/staff/sign-in/").content.decode()
    assert "badge" not in page.replace("review/badge.js", "")
    assert "<title>(" not in page
