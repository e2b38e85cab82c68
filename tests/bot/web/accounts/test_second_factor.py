"""The second factor: nothing opens without it, codes work once, and a phone can be replaced."""

from __future__ import annotations

import re
import time

import pytest
from django.db import connection
from django.test import Client

from bot.settings import SettingError, get_settings
from bot.web.accounts import sessions
from bot.web.accounts.models import CODES, AuthenticatorApp, RecoveryCode
from bot.web.accounts.signed_in import signed_in
from bot.web.outgoing.resealing import sealed_models
from bot.web.review.models import ViewRecord

from .conftest import PASSWORD, code_of, shown_for, with_app

pytestmark = pytest.mark.django_db
CODE, SET_UP = "/staff/sign-in/code/", "/staff/sign-in/set-up/"


def password(client, user, **more):
    return client.post("/staff/sign-in/", {"name": user.get_username(), "password": PASSWORD} | more)


def test_with_the_password_alone_no_page_opens(client, administrator):
    with_app(administrator)
    assert password(client, administrator)["Location"] == CODE
    for path in ("/staff/", "/staff/accounts/", "/staff/account/", "/staff/unopened/"):
        assert client.get(path)["Location"].startswith("/staff/sign-in/"), path
    # The page in between shows nothing of the console.
    assert "Conversations" not in client.get(CODE).content.decode()


def test_a_session_that_django_alone_began_opens_nothing(client, administrator):
    client.force_login(with_app(administrator))
    assert client.get("/staff/").status_code == 302
    assert client.get("/staff/account/").status_code == 302


def test_who_has_no_app_sets_one_up_and_gets_recovery_codes(client, reviewer):
    assert password(client, reviewer)["Location"] == SET_UP
    page = client.get(SET_UP).content.decode()
    assert page.count("<svg") >= 1
    assert "<path" in page
    key = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    assert client.post(SET_UP, {"code": "000000x"}).status_code == 422
    AuthenticatorApp.objects.get().throttle_reset()
    assert client.get("/staff/").status_code == 302
    done = client.post(SET_UP, {"code": shown_for(key)})
    codes = re.findall(r"<li><code>([a-z2-7-]{19})</code></li>", done.content.decode())
    assert len(set(codes)) == CODES
    assert "no-store" in done["Cache-Control"]
    assert client.get("/staff/").status_code == 200
    assert ViewRecord.objects.get(what="sign-in").detail == "second factor set up"


def test_an_app_that_is_set_up_cannot_be_set_up_again_by_password(client, reviewer):
    with_app(reviewer)
    password(client, reviewer)
    assert client.get(SET_UP)["Location"] == CODE
    assert client.post(SET_UP, {"code": "123456"})["Location"] == CODE


@pytest.mark.parametrize("path", [CODE, SET_UP])
def test_without_a_password_there_is_no_second_step(client, db, path):
    assert client.get(path)["Location"] == "/staff/sign-in/"


def test_the_second_step_has_to_follow_within_ten_minutes(client, reviewer, monkeypatch):
    password(client, with_app(reviewer))
    now = time.time()
    monkeypatch.setattr(sessions.time, "time", lambda: now + 601)
    assert client.get(CODE)["Location"] == "/staff/sign-in/"


def test_a_code_is_taken_once(reviewer):
    with_app(reviewer)
    code = code_of(reviewer)
    first, second = Client(), Client()
    for client in (first, second):
        password(client, reviewer)
    assert first.post(CODE, {"code": code}).status_code == 302
    assert second.post(CODE, {"code": code}).status_code == 422


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "٣٤٥٦٧٨", "-12345", "1e5"])
def test_what_is_no_code_is_refused(client, reviewer, code):
    password(client, with_app(reviewer))
    assert client.post(CODE, {"code": code}).status_code == 422


def test_wrong_codes_make_the_next_wait_and_lock_in_the_end(client, reviewer):
    password(client, with_app(reviewer))
    statuses = []
    for _ in range(3):
        AuthenticatorApp.objects.update(throttling_failure_timestamp=None)
        statuses.append(client.post(CODE, {"code": "abcdef"}).status_code)
    assert statuses == [422, 422, 422]
    assert client.post(CODE, {"code": code_of(reviewer)}).status_code == 429
    for _ in range(2):
        AuthenticatorApp.objects.update(throttling_failure_timestamp=None)
        client.post(CODE, {"code": "abcdef"})
    AuthenticatorApp.objects.get().throttle_reset()
    assert "Too many attempts" in client.post(CODE, {"code": code_of(reviewer)}).content.decode()


def test_a_recovery_code_signs_in_once(reviewer):
    codes = RecoveryCode.objects.renew(with_app(reviewer))
    for typed, status in ((codes[0].upper().replace("-", " "), 302), (codes[0], 422), (codes[1], 302)):
        client = Client()
        password(client, reviewer)
        assert client.post(CODE, {"code": typed}).status_code == status
    assert RecoveryCode.objects.count() == CODES - 2
    assert ViewRecord.objects.filter(detail="with a recovery code, 8 left").exists()


def test_somebody_else_s_recovery_code_is_none(client, reviewer, administrator):
    codes = RecoveryCode.objects.renew(with_app(administrator))
    password(client, with_app(reviewer))
    assert client.post(CODE, {"code": codes[0]}).status_code == 422


def test_a_copied_database_makes_no_codes(reviewer):
    codes = RecoveryCode.objects.renew(with_app(reviewer))
    key = AuthenticatorApp.objects.get().key
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM accounts_authenticatorapp")
        (stored,) = cursor.fetchone()
        cursor.execute("SELECT digest FROM accounts_recoverycode")
        digests = {row[0] for row in cursor.fetchall()}
    assert key not in stored
    assert not digests & {code.replace("-", "") for code in codes}


def test_a_new_field_secret_takes_the_apps_along():
    assert AuthenticatorApp in [model for model, _ in sealed_models()]


def test_an_account_whose_app_is_taken_away_is_out_at_once(reviewer):
    client = signed_in(reviewer)
    assert client.get("/staff/").status_code == 200
    AuthenticatorApp.objects.all().delete()
    assert client.get("/staff/").status_code == 302


def test_it_is_never_off_in_production(environment):
    environment.setenv("ATTUNE_TWO_FACTOR", "off")
    get_settings.cache_clear()
    assert not get_settings().two_factor
    environment.setenv("ATTUNE_ENV", "production")
    get_settings.cache_clear()
    with pytest.raises(SettingError, match="ATTUNE_TWO_FACTOR"):
        get_settings()


def test_while_developing_it_can_be_off(client, reviewer, environment):
    environment.setenv("ATTUNE_TWO_FACTOR", "off")
    get_settings.cache_clear()
    assert password(client, reviewer)["Location"] == "/staff/"
    assert client.get("/staff/").status_code == 200
    environment.delenv("ATTUNE_TWO_FACTOR")
    get_settings.cache_clear()
    assert client.get("/staff/").status_code == 302
