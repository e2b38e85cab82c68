"""The page of accounts, the links that it makes, and one's own account."""

from __future__ import annotations

import io
import re

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client

from bot.web.accounts.models import AuthenticatorApp, RecoveryCode, SignInFailure
from bot.web.accounts.roles import role_of
from bot.web.accounts.signed_in import signed_in
from bot.web.review.models import ViewRecord

from .conftest import PASSWORD, Console, code_of

pytestmark = pytest.mark.django_db
NEW = "tide marble onion clock"


@pytest.fixture
def head(administrator):
    return Console(administrator)


def link_in(answer):
    return re.search(r'value="https?://[^/"]+(/staff/welcome/[^"]+)"', answer.content.decode())[1]


def change(head, user, action, **more):
    return head.send("/staff/accounts/", f"/staff/accounts/{user.pk}/", action=action, **more)


def fresh(user):
    return get_user_model().objects.get(pk=user.pk)


def test_who_is_invited_chooses_a_password_once_and_sets_up_a_second_factor(head):
    answer = head.send("/staff/accounts/", "/staff/accounts/", name="jo", role="supervisor")
    path = link_in(answer)
    guest = Client()
    assert "as supervisor" in guest.get(path).content.decode()
    assert guest.post(path, {"password": "short", "again": "short"}).status_code == 422
    assert guest.post(path, {"password": NEW, "again": NEW})["Location"] == "/staff/sign-in/set-up/"
    guest.get("/staff/sign-in/set-up/")
    jo = get_user_model().objects.get(username="jo")
    assert guest.post("/staff/sign-in/set-up/", {"code": code_of(jo)}).status_code == 200
    assert guest.get("/staff/views/").status_code == 200
    assert guest.get("/staff/accounts/").status_code == 403
    assert Client().get(path).status_code == 404
    assert Client().post(path, {"password": NEW, "again": NEW}).status_code == 404
    said = [record.detail for record in ViewRecord.objects.filter(what="account")]
    assert said == ["jo: invited as supervisor", "jo: password chosen by link"]


@pytest.mark.parametrize(
    ("name", "role"), [("", "reviewer"), ("<b>", "reviewer"), ("jo", "owner"), ("morgan", "reviewer")]
)
def test_an_invitation_that_cannot_be_is_refused_with_the_reason(head, name, role):
    assert head.send("/staff/accounts/", "/staff/accounts/", name=name, role=role).status_code == 422
    assert get_user_model().objects.count() == 1


def test_a_role_changes_at_once(head, reviewer):
    theirs = signed_in(reviewer)
    assert theirs.get("/staff/views/").status_code == 403
    change(head, reviewer, "role", role="supervisor")
    assert theirs.get("/staff/views/").status_code == 200
    change(head, reviewer, "role", role="reviewer")
    assert theirs.get("/staff/views/").status_code == 403


def test_who_is_deactivated_is_out_at_once_and_can_come_back(head, reviewer):
    theirs = signed_in(reviewer)
    change(head, reviewer, "deactivate")
    assert theirs.get("/staff/").status_code == 302
    assert theirs.post("/staff/sign-in/", {"name": "robin", "password": PASSWORD}).status_code == 422
    change(head, reviewer, "activate")
    answer = theirs.post("/staff/sign-in/", {"name": "robin", "password": PASSWORD})
    assert answer["Location"] == "/staff/sign-in/code/"


def test_a_reset_ends_password_app_codes_and_sessions(head, reviewer):
    theirs = signed_in(reviewer)
    RecoveryCode.objects.renew(reviewer)
    path = link_in(change(head, reviewer, "reset"))
    assert theirs.get("/staff/").status_code == 302
    assert Client().post("/staff/sign-in/", {"name": "robin", "password": PASSWORD}).status_code == 422
    assert not AuthenticatorApp.objects.filter(user=reviewer).exists()
    assert not RecoveryCode.objects.filter(staff=reviewer).exists()
    assert Client().post(path, {"password": NEW, "again": NEW})["Location"] == "/staff/sign-in/set-up/"


def test_unlocking_forgives_failures(head, reviewer):
    client = Client()
    for _ in range(5):
        client.post("/staff/sign-in/", {"name": "robin", "password": "wrong"})
    assert client.post("/staff/sign-in/", {"name": "robin", "password": PASSWORD}).status_code == 429
    assert "5 failed sign-ins" in head.text("/staff/accounts/")
    change(head, reviewer, "unlock")
    assert not SignInFailure.objects.exists()
    assert client.post("/staff/sign-in/", {"name": "robin", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(("action", "more"), [("role", {"role": "reviewer"}), ("deactivate", {}), ("reset", {})])
def test_nobody_shuts_themselves_out(head, administrator, action, more):
    answer = change(head, administrator, action, **more)
    assert answer.status_code == 422
    assert "your own account" in answer.content.decode()
    assert role_of(fresh(administrator)) == "administrator"


def test_the_last_administrator_who_can_sign_in_stays(head, administrator):
    other = get_user_model().objects.create_superuser("root")
    change(head, other, "deactivate")
    assert not fresh(other).is_active
    get_user_model().objects.filter(pk=administrator.pk).update(is_active=True)
    change(head, other, "activate")
    change(head, other, "role", role="reviewer")
    assert role_of(fresh(other)) == "reviewer"
    assert not fresh(other).is_superuser


@pytest.mark.parametrize("action", ["", "delete", "become"])
def test_an_action_that_is_none_is_refused(head, reviewer, action):
    assert change(head, reviewer, action).status_code == 422


def own(client, user, **values):
    return client.post("/staff/account/", {"present": PASSWORD, "code": code_of(user)} | values)


def test_a_password_is_changed_with_the_old_one_and_a_code(reviewer):
    client, elsewhere = signed_in(reviewer), signed_in(reviewer)
    for wrong in ({"present": "wrong"}, {"code": "000000x"}):
        answer = own(client, reviewer, action="password", password=NEW, again=NEW, **wrong)
        assert answer.status_code == 422
        AuthenticatorApp.objects.get().throttle_reset()
    assert fresh(reviewer).check_password(PASSWORD)
    assert own(client, reviewer, action="password", password="x", again="x").status_code == 422
    assert own(client, reviewer, action="password", password=NEW, again=NEW).status_code == 200
    assert fresh(reviewer).check_password(NEW)
    assert client.get("/staff/").status_code == 200
    assert elsewhere.get("/staff/").status_code == 302


def test_recovery_codes_are_renewed_and_the_old_ones_end(reviewer):
    client = signed_in(reviewer)
    old = RecoveryCode.objects.renew(reviewer)
    page = own(client, reviewer, action="codes").content.decode()
    assert len(re.findall(r"<li><code>", page)) == 10
    assert old[0] not in page
    assert not RecoveryCode.objects.spend(reviewer, old[0])


def test_another_phone_takes_the_place_of_the_old_one(reviewer):
    client = signed_in(reviewer)
    key = AuthenticatorApp.objects.get().key
    assert own(client, reviewer, action="phone")["Location"] == "/staff/sign-in/set-up/"
    client.get("/staff/sign-in/set-up/")
    assert AuthenticatorApp.objects.get().key != key
    assert client.post("/staff/sign-in/set-up/", {"code": code_of(reviewer)}).status_code == 200


def test_on_the_machine_a_link_can_be_made_when_nobody_can_sign_in(administrator):
    theirs = signed_in(administrator)
    out = io.StringIO()
    call_command("staff_link", "morgan", stdout=out)
    path = re.sub(r"^https?://[^/]+", "", out.getvalue().strip())
    assert theirs.get("/staff/").status_code == 302
    assert Client().get(path).status_code == 200
    assert ViewRecord.objects.get(what="account").staff_name == "attune staff-link"
    with pytest.raises(CommandError, match="morgan"):
        call_command("staff_link", "nobody")
