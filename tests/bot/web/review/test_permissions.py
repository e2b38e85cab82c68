"""Who may open what. The pages are read from the URL conf, so that a new one without a rule fails here."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import get_resolver

from bot.web.review import urls
from bot.web.review.models import ViewRecord

from .conftest import Console

pytestmark = pytest.mark.django_db

PAGES = [(pattern.pattern._route, pattern.callback) for pattern in urls.urlpatterns]
RULES = {
    "staff": "staff",
    "staff/": "staff",
    "staff/unopened/": "staff",
    "staff/sign-in/": "anyone",
    "staff/sign-out/": "anyone",
    "staff/first/<str:token>/": "anyone",
    "staff/conversations/<str:conversation_id>/": "staff",
    "staff/conversations/<str:conversation_id>/review/": "staff",
    "staff/turns/<int:turn_id>/correct/": "staff",
    "staff/articles/": "staff",
    "staff/views/": "administrator",
}
GUARDED = [route for route, rule in RULES.items() if rule != "anyone"]
CHANGES = ("review/", "correct/")


def filled(route, conversation):
    path = "/" + route.replace("<str:conversation_id>", conversation.pk)
    return path.replace("<int:turn_id>", str(conversation.turns.first().pk)).replace("<str:token>", "x" * 20)


def test_every_page_has_a_rule_and_the_rule_is_the_one_that_was_agreed():
    assert {route: getattr(view, "access", None) for route, view in PAGES} == RULES


def test_everything_below_staff_belongs_to_this_app():
    below = [str(one.pattern) for one in get_resolver().url_patterns if str(one.pattern).startswith("staff")]
    assert below == []


@pytest.mark.parametrize("route", GUARDED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_signing_in_every_page_leads_to_the_sign_in(client, crisis, route, method):
    answer = getattr(client, method)(filled(route, crisis))
    wrong_method = (method == "post") != route.endswith(CHANGES)
    if wrong_method:
        assert answer.status_code == 405
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/staff/sign-in/?next=%2Fstaff")
    assert not ViewRecord.objects.exists()


@pytest.mark.parametrize("route", GUARDED)
def test_an_account_that_is_not_staff_or_no_longer_active_sees_nothing(client, django_user_model, crisis, route):
    for name, flags in (("visitor", {}), ("left", {"is_staff": True, "is_active": False})):
        client.force_login(django_user_model.objects.create_user(name, **flags))
        path = filled(route, crisis)
        answer = client.post(path) if route.endswith(CHANGES) else client.get(path)
        assert answer.status_code == 302
        assert "/staff/sign-in/" in answer["Location"]


@pytest.mark.parametrize("route", [route for route in GUARDED if not route.endswith(CHANGES)])
def test_staff_and_administrators_see_what_is_theirs(reviewer, administrator, crisis, route):
    path = filled(route, crisis)
    expected = 403 if RULES[route] == "administrator" else 200
    assert Console(reviewer).open(path).status_code == expected
    assert Console(administrator).open(path).status_code == 200


@pytest.mark.parametrize("route", [route for route in GUARDED if route.endswith(CHANGES)])
def test_changes_need_the_form_of_our_own_page(reviewer, crisis, route):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reviewer)
    assert client.post(filled(route, crisis), {"action": "reviewed"}).status_code == 403
    assert not ViewRecord.objects.exists()


@pytest.mark.parametrize("path", ["/staff/sign-in/", "/staff/sign-out/"])
def test_signing_in_and_out_need_the_form_of_our_own_page(path):
    assert Client(enforce_csrf_checks=True).post(path, {"name": "a", "password": "b"}).status_code == 403


@pytest.mark.parametrize("route", [route for route in RULES if not route.endswith((*CHANGES, "sign-out/"))])
def test_no_page_is_cached_or_runs_scripts_from_elsewhere(administrator, crisis, route):
    answer = Console(administrator).open(filled(route, crisis))
    assert "no-store" in answer["Cache-Control"]
    assert "script-src 'self';" in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert "<script>" not in page
    assert " style=" not in page
    assert " onclick=" not in page
