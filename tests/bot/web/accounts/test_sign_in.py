"""Signing in, the lock-out, and the one-time link of the first administrator."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client
from django.utils import timezone

from bot.web.accounts import links
from bot.web.accounts.links import first_admin_link
from bot.web.accounts.models import MOST_FAILURES, AuthenticatorApp, OneTimeLink
from bot.web.accounts.roles import role_of
from bot.web.review.models import ViewRecord

from .conftest import PASSWORD, code_of, with_app

pytestmark = pytest.mark.django_db


def sign_in(client, name="robin", password=PASSWORD, **more):
    return client.post("/staff/sign-in/", {"name": name, "password": password} | more)


def path_of(link):
    return re.sub(r"^https?://[^/]+", "", link)


def begin(client, path, name="morgan", password=PASSWORD, again=None):
    return client.post(path, {"name": name, "password": password, "again": password if again is None else again})


def sign_in_fully(client, user, **more):
    sign_in(client, name=user.get_username(), **more)
    return client.post("/staff/sign-in/code/", {"code": code_of(user)})


def test_staff_sign_in_and_land_where_they_wanted_to_go(client, reviewer):
    with_app(reviewer)
    assert sign_in(client, next="/staff/bookings/")["Location"] == "/staff/sign-in/code/"
    assert client.get("/staff/").status_code == 302
    answer = client.post("/staff/sign-in/code/", {"code": code_of(reviewer)})
    assert answer["Location"] == "/staff/bookings/"
    assert ViewRecord.objects.get().what == "sign-in"
    assert client.get("/staff/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/staff/", "//evil.example/staff/", "/articles/", "javascript:x"]
)
def test_after_signing_in_nobody_is_led_elsewhere(client, reviewer, elsewhere):
    assert sign_in_fully(client, with_app(reviewer), next=elsewhere)["Location"] == "/staff/"


def test_a_wrong_name_and_a_wrong_password_look_the_same(client, reviewer):
    wrong_name = sign_in(client, name="nobody")
    wrong_password = sign_in(client, password="wrong")
    assert wrong_name.status_code == wrong_password.status_code == 422
    assert "do not fit together" in wrong_name.content.decode()
    assert "do not fit together" in wrong_password.content.decode()


def test_an_account_without_the_staff_flag_cannot_sign_in(client, django_user_model):
    django_user_model.objects.create_user("visitor", password=PASSWORD)
    assert sign_in(client, name="visitor").status_code == 422


@pytest.mark.parametrize("name", ["", "x" * 10_000, "a\x00b", "é'; --"])
def test_a_name_that_cannot_be_one_gets_the_same_answer(client, reviewer, name):
    assert sign_in(client, name=name).status_code == 422
    assert sign_in(client, name=name, password="x" * 10_000).status_code == 422


def test_after_five_failures_even_the_right_password_has_to_wait(client, reviewer, monkeypatch):
    for _ in range(MOST_FAILURES):
        assert sign_in(client, password="wrong").status_code == 422
    assert sign_in(client).status_code == 429
    later = timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert sign_in(client).status_code == 302


def test_the_lock_of_one_name_leaves_others_free(client, reviewer, administrator):
    for _ in range(MOST_FAILURES):
        sign_in(client, password="wrong")
    assert sign_in(client, name="morgan").status_code == 302


def test_signing_in_gives_a_new_session_and_signing_out_ends_it(client, reviewer):
    sign_in(client, name="robin")
    before = client.cookies["sessionid"].value
    sign_in_fully(client, with_app(reviewer))
    cookie = client.cookies["sessionid"]
    assert before != cookie.value
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    client.post("/staff/sign-out/")
    assert client.get("/staff/").status_code == 302
    stale = Client()
    stale.cookies["sessionid"] = cookie.value
    assert stale.get("/staff/").status_code == 302


def test_there_is_no_account_and_no_default_password_at_first(client, db):
    assert not get_user_model().objects.exists()
    assert first_admin_link() is not None


def test_the_first_administrator_is_made_over_the_link_and_sets_up_a_second_factor(client):
    path = path_of(first_admin_link())
    assert client.get(path).status_code == 200
    assert begin(client, path)["Location"] == "/staff/sign-in/set-up/"
    user = get_user_model().objects.get()
    assert role_of(user) == "administrator"
    assert user.check_password(PASSWORD)
    assert client.get("/staff/views/").status_code == 302  # not in yet
    client.get("/staff/sign-in/set-up/")
    assert client.post("/staff/sign-in/set-up/", {"code": code_of(user)}).status_code == 200
    assert AuthenticatorApp.objects.get().confirmed
    assert client.get("/staff/views/").status_code == 200


def test_the_link_works_once(client):
    path = path_of(first_admin_link())
    begin(client, path)
    other = Client()
    assert other.get(path).status_code == 404
    assert begin(other, path, name="second").status_code == 404
    assert get_user_model().objects.count() == 1
    assert first_admin_link() is None


def test_opening_the_link_does_not_use_it_up(client):
    path = path_of(first_admin_link())
    for _ in range(3):
        assert client.get(path).status_code == 200


def test_the_link_ends_after_a_day(client, monkeypatch):
    path = path_of(first_admin_link())
    later = timezone.now() + timedelta(hours=24, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert client.get(path).status_code == 404


def test_a_new_link_ends_the_one_before(client):
    before, after = path_of(first_admin_link()), path_of(first_admin_link())
    assert client.get(before).status_code == 404
    assert client.get(after).status_code == 200


def test_the_link_is_not_readable_in_the_database(client):
    token = path_of(first_admin_link()).split("/")[-2]
    assert token not in OneTimeLink.objects.get().digest


@pytest.mark.parametrize("token", ["x", "x" * 5000, "%00", "..", "é"])
def test_an_invented_link_leads_nowhere(client, db, token):
    first_admin_link()
    assert client.get(f"/staff/first/{token}/").status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "morgan-morgan", "name": "morgan-morgan"}, "password"),
        ({"password": "x" * 2000}, "password"),
        ({"again": "something else"}, "again"),
        ({"name": ""}, "name"),
        ({"name": "x" * 200}, "name"),
        ({"name": "<b>"}, "name"),
    ],
)
def test_a_weak_password_or_an_odd_name_is_refused_beside_its_field(client, db, values, field):
    path = path_of(first_admin_link())
    answer = begin(client, path, **values)
    assert answer.status_code == 422
    assert f'id="{field}-problem"' in answer.content.decode()
    assert not get_user_model().objects.exists()
    assert begin(client, path).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_use_the_link_at_once_one_becomes_administrator(settings):
    token = path_of(first_admin_link()).split("/")[-2]
    gate = threading.Barrier(10)
    made = []

    def use(n):
        gate.wait()
        made.append(links._create(token, f"person{n}", PASSWORD))
        connections.close_all()

    threads = [threading.Thread(target=use, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([user for user in made if user]) == 1
    assert get_user_model().objects.count() == 1
