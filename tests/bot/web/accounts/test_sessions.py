"""Sessions end when nobody works and when the day is over, and cannot be fixed from outside."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from bot.settings import get_settings
from bot.web.accounts import sessions
from bot.web.accounts.models import OneTimeLink
from bot.web.accounts.signed_in import signed_in
from bot.web.chat.retention import purge

from .conftest import PASSWORD, code_of, with_app

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch):
    """Moves the clock of sessions on by so many seconds."""
    passed = [0.0]
    began = time.time()
    monkeypatch.setattr(sessions.time, "time", lambda: began + passed[0])

    def move(seconds: float) -> None:
        passed[0] += seconds

    return move


def test_half_an_hour_without_work_ends_a_session(reviewer, later):
    client = signed_in(reviewer)
    later(1799)
    assert client.get("/staff/").status_code == 200
    later(1799)
    assert client.get("/staff/").status_code == 200
    later(1801)
    answer = client.get("/staff/")
    assert answer["Location"].startswith("/staff/sign-in/")
    page = client.get("/staff/sign-in/").content.decode()
    assert "Sign out" not in page


def test_ten_hours_end_a_session_however_busy(reviewer, later):
    client = signed_in(reviewer)
    for _ in range(23):
        later(1560)
        assert client.get("/staff/").status_code == 200
    later(200)
    assert client.get("/staff/").status_code == 302


@pytest.mark.parametrize("kind", ["badge", "presence"])
def test_an_open_page_alone_does_not_keep_a_session_awake(reviewer, later, crisis, kind):
    client = signed_in(reviewer)
    ask = client.get if kind == "badge" else client.post
    path = "/staff/unopened/" if kind == "badge" else f"/staff/conversations/{crisis.pk}/present/"
    later(1700)
    assert ask(path).status_code == 200
    later(200)
    assert ask(path).status_code == 302


def test_both_times_are_settings(reviewer, later, environment):
    environment.setenv("ATTUNE_STAFF_IDLE", "60")
    get_settings.cache_clear()
    client = signed_in(reviewer)
    later(61)
    assert client.get("/staff/").status_code == 302


def test_a_session_that_somebody_planted_is_not_taken_over(reviewer):
    with_app(reviewer)
    planter = Client()
    session = planter.session
    session["planted"] = True
    session.save()
    victim = Client()
    victim.cookies["sessionid"] = session.session_key
    victim.post("/staff/sign-in/", {"name": "robin", "password": PASSWORD})
    half_way = victim.cookies["sessionid"].value
    assert half_way != session.session_key
    victim.post("/staff/sign-in/code/", {"code": code_of(reviewer)})
    assert victim.cookies["sessionid"].value not in {half_way, session.session_key}
    assert victim.get("/staff/").status_code == 200
    for key in (half_way, session.session_key):
        planter.cookies["sessionid"] = key
        assert planter.get("/staff/").status_code == 302


def test_what_has_ended_is_cleared_once_a_day(reviewer):
    links = [OneTimeLink.objects.make(), OneTimeLink.objects.make(reviewer)]
    OneTimeLink.objects.spend(links[0])
    client = signed_in(reviewer)
    ended = signed_in(reviewer).session.session_key
    Session.objects.filter(pk=ended).update(expire_date=timezone.now() - timedelta(seconds=1))
    purge()
    assert not Session.objects.filter(pk=ended).exists()
    assert client.get("/staff/").status_code == 200
    assert OneTimeLink.objects.get().account == reviewer


@pytest.mark.parametrize(
    "path",
    ["/staff/sign-in/", "/staff/sign-in/code/", "/staff/sign-in/set-up/", "/staff/first/x/", "/staff/welcome/x/"],
)
def test_no_form_on_the_way_in_can_be_sent_from_elsewhere(path):
    assert Client(enforce_csrf_checks=True).post(path, {"code": "1"}).status_code == 403


def test_the_policy_of_the_set_up_page_is_as_strict_as_everywhere(client, reviewer):
    client.post("/staff/sign-in/", {"name": "robin", "password": PASSWORD})
    answer = client.get("/staff/sign-in/set-up/")
    assert "script-src 'self'; style-src 'self'; img-src 'self' data:;" in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert "<script>" not in page
