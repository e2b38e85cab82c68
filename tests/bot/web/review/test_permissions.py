"""Who may open what. The pages are read from the URL conf, so that a new one without a rule fails here."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import get_resolver

from bot.web.review import saved_tests, undoing, urls
from bot.web.review.models import SavedFilter, ViewRecord

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
    "staff/filters/": "staff",
    "staff/filters/<int:filter_id>/delete/": "staff",
    "staff/conversations/<str:conversation_id>/": "staff",
    "staff/conversations/<str:conversation_id>/print/": "staff",
    "staff/conversations/<str:conversation_id>/test/": "staff",
    "staff/conversations/<str:conversation_id>/review/": "staff",
    "staff/conversations/<str:conversation_id>/present/": "staff",
    "staff/turns/<int:turn_id>/correct/": "staff",
    "staff/changes/<int:change_id>/undo/": "staff",
    "staff/passages/": "staff",
    "staff/metrics/": "staff",
    "staff/metrics/<str:table>/": "staff",
    "staff/articles/": "staff",
    "staff/views/": "administrator",
}
GUARDED = [route for route, rule in RULES.items() if rule != "anyone"]
# Pages that change something: they are posted to, and opened by nobody.
CHANGES = ("review/", "correct/", "present/", "undo/", "delete/", "staff/filters/")
CHANGING = [route for route in GUARDED if route.endswith(CHANGES)]
READING = [route for route in GUARDED if not route.endswith(CHANGES)]
# Each role with what it sees: a role that is added later needs a line here, and each page a rule.
ROLES = {
    "nobody": {"anyone"},
    "visitor": {"anyone"},
    "left": {"anyone"},
    "staff": {"anyone", "staff"},
    "administrator": {"anyone", "staff", "administrator"},
}


def account(role):
    people = get_user_model().objects
    return {
        "visitor": lambda: people.create_user("visitor"),
        "left": lambda: people.create_user("left", is_staff=True, is_active=False),
        "staff": lambda: people.create_user("somebody", is_staff=True),
        "administrator": lambda: people.create_superuser("head"),
    }[role]()


def client_of(role):
    client = Client()
    if role != "nobody":
        client.force_login(account(role))
    return client


def filled(route, conversation, staff=None):
    """The address of `route` for things that are there."""
    staff = staff or get_user_model().objects.create_user("owner", is_staff=True)
    undoing.noted(conversation, staff.pk, "flagged", undoing.marks(conversation))
    saved = SavedFilter.objects.create(staff=staff, name="mine", query="tier=S")
    saved_tests.put_back(conversation.pk, "- name: x\n  turns: []\n")
    values = {
        "conversation_id": conversation.pk,
        "turn_id": conversation.turns.first().pk,
        "change_id": conversation.changes.get().pk,
        "filter_id": saved.pk,
        "table": "topics",
        "token": "x" * 20,
    }
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(values[found[1]]), route)


def test_every_page_has_a_rule_and_the_rule_is_the_one_that_was_agreed():
    assert {route: getattr(view, "access", None) for route, view in PAGES} == RULES


def test_everything_below_staff_belongs_to_this_app():
    below = [str(one.pattern) for one in get_resolver().url_patterns if str(one.pattern).startswith("staff")]
    assert below == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", GUARDED)
def test_each_role_opens_what_is_its_own_and_nothing_else(crisis, route, role):
    path = filled(route, crisis)
    client = client_of(role)
    records = ViewRecord.objects.count()
    answer = client.post(path) if route in CHANGING else client.get(path)
    if RULES[route] in ROLES[role]:
        assert answer.status_code in ({200, 302, 404, 422} if route in CHANGING else {200})
        assert "/staff/sign-in/" not in answer.get("Location", "")
        return
    if role in {"nobody", "visitor", "left"}:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/staff/sign-in/?next=%2Fstaff")
    else:
        assert answer.status_code == 403
    assert ViewRecord.objects.count() == records


@pytest.mark.parametrize("route", GUARDED)
def test_what_changes_something_is_never_opened_and_what_is_read_never_posted_to(administrator, crisis, route):
    client = Client()
    client.force_login(administrator)
    path = filled(route, crisis)
    assert (client.get(path) if route in CHANGING else client.post(path)).status_code == 405


@pytest.mark.parametrize("route", CHANGING)
def test_changes_need_the_form_of_our_own_page(reviewer, crisis, route):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reviewer)
    path = filled(route, crisis, reviewer)
    assert client.post(path, {"action": "reviewed", "name": "x", "query": "tier=S"}).status_code == 403
    assert not ViewRecord.objects.exists()


@pytest.mark.parametrize("path", ["/staff/sign-in/", "/staff/sign-out/"])
def test_signing_in_and_out_need_the_form_of_our_own_page(path):
    assert Client(enforce_csrf_checks=True).post(path, {"name": "a", "password": "b"}).status_code == 403


@pytest.mark.parametrize("route", [route for route in RULES if route not in CHANGING and "sign-out" not in route])
def test_no_page_is_cached_or_runs_scripts_from_elsewhere(administrator, crisis, route):
    answer = Console(administrator).open(filled(route, crisis))
    assert "no-store" in answer["Cache-Control"]
    assert "script-src 'self';" in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert "<script>" not in page
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page


@pytest.mark.parametrize("route", ["staff/filters/<int:filter_id>/delete/", "staff/changes/<int:change_id>/undo/"])
def test_what_belongs_to_one_person_is_not_there_for_another(reviewer, administrator, crisis, route):
    path = filled(route, crisis, reviewer)
    other = Console(administrator)
    assert other.send("/staff/", path).status_code == 404
    assert SavedFilter.objects.count() == 1
    assert crisis.changes.count() == 1
