"""Who may open what. The pages are read from the URL conf, so that a new one without a rule fails here."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLResolver, get_resolver

from bot.web.accounts.roles import ROLES as ROLES_OF_STAFF
from bot.web.accounts.roles import set_role
from bot.web.accounts.signed_in import signed_in
from bot.web.booking.models import Booking, Therapist
from bot.web.records.exporting import Wanted, export
from bot.web.review import saved_tests, undoing
from bot.web.review.access import LEAST
from bot.web.review.models import SavedFilter, ViewRecord

from .appointments import book
from .conftest import Console, member, portions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("therapist_hours")]


def below_staff(patterns, prefix=""):
    """Every route that begins with staff, whatever app it belongs to, with its view."""
    for one in patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from below_staff(one.url_patterns, route)
        elif route.startswith("staff"):
            yield route, one.callback


PAGES = dict(below_staff(get_resolver().url_patterns))
# What was agreed, in docs/review.md and docs/operations.md. A new page needs a line here, and a rule of its own.
RULES = {
    "staff": "staff",
    "staff/": "staff",
    "staff/unopened/": "staff",
    "staff/sign-in/": "anyone",
    "staff/sign-in/code/": "anyone",
    "staff/sign-in/set-up/": "anyone",
    "staff/sign-out/": "anyone",
    "staff/first/<str:token>/": "anyone",
    "staff/welcome/<str:token>/": "anyone",
    "staff/account/": "staff",
    "staff/accounts/": "accounts",
    "staff/accounts/<int:user_id>/": "accounts",
    "staff/filters/": "staff",
    "staff/filters/<int:filter_id>/delete/": "staff",
    "staff/conversations/<str:conversation_id>/": "staff",
    "staff/conversations/<str:conversation_id>/print/": "staff",
    "staff/conversations/<str:conversation_id>/reveal/": "reveal",
    "staff/conversations/<str:conversation_id>/test/": "staff",
    "staff/conversations/<str:conversation_id>/review/": "staff",
    "staff/conversations/<str:conversation_id>/present/": "staff",
    "staff/turns/<int:turn_id>/correct/": "staff",
    "staff/changes/<int:change_id>/undo/": "staff",
    "staff/passages/": "staff",
    "staff/metrics/": "staff",
    "staff/metrics/<str:table>/": "staff",
    "staff/articles/": "staff",
    "staff/bookings/": "staff",
    "staff/bookings/calendar/": "staff",
    "staff/bookings/export.csv": "export",
    "staff/bookings/<int:key>/": "staff",
    "staff/bookings/<int:key>/change/": "staff",
    "staff/therapists/": "staff",
    "staff/therapists/new/": "therapists",
    "staff/therapists/<int:key>/": "therapists",
    "staff/therapists/<int:key>/switch/": "therapists",
    "staff/therapists/<int:key>/hours/": "therapists",
    "staff/therapists/<int:key>/hours/<int:hours_key>/remove/": "therapists",
    "staff/therapists/<int:key>/exceptions/": "therapists",
    "staff/therapists/<int:key>/exceptions/<int:exception_key>/remove/": "therapists",
    "staff/models/": "models",
    "staff/exports/": "export",
    "staff/exports/<str:name>/": "export",
    "staff/views/": "record",
    "staff/views/csv/": "record",
}
# The least role for each rule, as agreed.
AGREED = {
    "staff": "reviewer",
    "record": "supervisor",
    "reveal": "supervisor",
    "export": "supervisor",
    "assign": "supervisor",
    "decide": "supervisor",
    "models": "supervisor",
    "accounts": "administrator",
    "therapists": "administrator",
}
GUARDED = [route for route, rule in RULES.items() if rule != "anyone"]
# Pages that change something: they are posted to, and opened by nobody.
CHANGES = (
    "review/", "correct/", "present/", "undo/", "delete/", "staff/filters/", "reveal/", "<int:user_id>/",
    "change/", "switch/", "hours/", "exceptions/", "remove/",
)  # fmt: skip
CHANGING = [route for route in GUARDED if route.endswith(CHANGES)]
READING = [route for route in GUARDED if not route.endswith(CHANGES)]
FORMS = [
    "staff/account/",
    "staff/accounts/",
    "staff/exports/",
    "staff/therapists/new/",
    "staff/therapists/<int:key>/",
]  # both
# Who is nobody's member of staff, then the roles.
ROLES = ["nobody", "visitor", "left", "no role", "one factor", *ROLES_OF_STAFF]


def account(role):
    people = get_user_model().objects
    if role == "visitor":
        return people.create_user("visitor")
    if role == "no role":
        return people.create_user("none", is_staff=True)
    user = people.create_user("somebody")
    set_role(user, role if role in ROLES_OF_STAFF else "administrator")
    if role == "left":
        user.is_active = False
        user.save()
    return user


def client_of(role):
    """A browser of somebody with that role; "one factor" is an administrator who gave the password only."""
    if role == "nobody":
        return Client()
    if role == "one factor":
        client = Client()
        client.force_login(account(role))
        return client
    return signed_in(account(role))


def opens(role, route):
    """Whether `role` may open `route`, by what was agreed."""
    needed = AGREED[RULES[route]]
    return role in ROLES_OF_STAFF and ROLES_OF_STAFF.index(role) >= ROLES_OF_STAFF.index(needed)


def booking():
    return Booking.objects.first() or book()


def filled(route, conversation, staff=None):
    """The address of `route` for things that are there."""
    staff = staff or member("owner", "reviewer")
    undoing.noted(conversation, staff.pk, "flagged", undoing.marks(conversation))
    saved = SavedFilter.objects.create(staff=staff, name="mine", query="tier=S")
    practice = Therapist.objects.order_by("pk").first()
    saved_tests.put_back(conversation.pk, "- name: x\n  turns: []\n")
    values = {
        "conversation_id": conversation.pk,
        "turn_id": conversation.turns.first().pk,
        "change_id": conversation.changes.get().pk,
        "filter_id": saved.pk,
        "user_id": staff.pk,
        "table": "topics",
        "token": "x" * 20,
        "hours_key": practice.hours.first().pk,
        "exception_key": practice.exceptions.get_or_create(day="2027-04-01")[0].pk,
        "name": export(Wanted(), "jsonl", "owner").name if "exports" in route else "",
        "key": booking().pk if "bookings" in route else practice.pk,
    }
    # A name that is not in `values` is that of a new page: put something there for it.
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(values[found[1]]), route)


def test_every_page_has_a_rule_and_the_rule_is_the_one_that_was_agreed():
    assert {route: getattr(view, "access", None) for route, view in PAGES.items()} == RULES


def test_every_rule_needs_the_role_that_was_agreed():
    assert LEAST == AGREED


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", GUARDED)
def test_each_role_opens_what_is_its_own_and_nothing_else(crisis, route, role):
    path = filled(route, crisis)
    client = client_of(role)
    records = ViewRecord.objects.count()
    answer = client.post(path) if route in CHANGING else client.get(path)
    if opens(role, route):
        assert answer.status_code in ({200, 302, 404, 409, 422} if route in CHANGING else {200})
        assert "/staff/sign-in/" not in answer.get("Location", "")
        return
    if role not in ROLES_OF_STAFF:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/staff/sign-in/?next=%2Fstaff")
    else:
        assert answer.status_code == 403
    assert ViewRecord.objects.count() == records


@pytest.mark.parametrize("route", GUARDED)
def test_what_changes_something_is_never_opened_and_what_is_read_never_posted_to(administrator, crisis, route):
    client = signed_in(administrator)
    path = filled(route, crisis)
    if route in FORMS:
        assert client.put(path).status_code == 405
        return
    assert (client.get(path) if route in CHANGING else client.post(path)).status_code == 405


@pytest.mark.parametrize("route", [*CHANGING, *FORMS])
def test_changes_need_the_form_of_our_own_page(administrator, crisis, route):
    client = signed_in(administrator, enforce_csrf_checks=True)
    path = filled(route, crisis, administrator)
    records = ViewRecord.objects.count()
    sent = {"action": "reviewed", "name": "x", "query": "tier=S", "reason": "to see it", "role": "reviewer"}
    assert client.post(path, sent).status_code == 403
    assert ViewRecord.objects.count() == records


@pytest.mark.parametrize("path", ["/staff/sign-in/", "/staff/sign-out/"])
def test_signing_in_and_out_need_the_form_of_our_own_page(path):
    assert Client(enforce_csrf_checks=True).post(path, {"name": "a", "password": "b"}).status_code == 403


@pytest.mark.parametrize("route", [route for route in RULES if route not in CHANGING and "sign-out" not in route])
def test_no_page_is_cached_or_runs_scripts_from_elsewhere(administrator, crisis, route):
    answer = Console(administrator).open(filled(route, crisis))
    assert "no-store" in answer["Cache-Control"]
    assert "script-src 'self';" in answer["Content-Security-Policy"]
    page = "".join(portions(answer)) if answer.streaming else answer.content.decode()
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
