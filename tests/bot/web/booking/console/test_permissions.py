"""Who may open which booking page of the console: read from the URL conf, so that a page without a rule fails."""

from __future__ import annotations

import pytest
from django.test import Client
from review.conftest import Console

from bot.web.booking.console import urls
from bot.web.booking.models import Booking
from bot.web.review.models import ViewRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("therapist")]

ROUTES = {pattern.pattern._route: pattern.callback for pattern in urls.urlpatterns}
CHANGES = ("change/", "switch/", "hours/", "exceptions/", "remove/")


@pytest.fixture
def filled(booking, therapist):
    def fill(route):
        key = booking.pk if "bookings" in route else therapist.pk
        other = therapist.hours.first().pk
        path = route.replace("<int:key>", str(key)).replace("<int:hours_key>", str(other))
        return "/" + path.replace("<int:exception_key>", str(therapist.exceptions.create(day="2027-04-01").pk))

    return fill


def test_everything_is_for_staff_and_the_export_for_administrators():
    rules = {route: getattr(view, "access", None) for route, view in ROUTES.items()}
    assert {route for route, rule in rules.items() if rule != "staff"} == {"staff/bookings/export.csv"}
    assert rules["staff/bookings/export.csv"] == "administrator"
    assert all(route.startswith("staff/") for route in ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_without_signing_in_every_page_leads_to_the_sign_in_and_nothing_changes(client, filled, therapist, route):
    path = filled(route)
    hours = therapist.hours.count()
    answer = client.post(path) if route.endswith(CHANGES) else client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/staff/sign-in/?next=%2Fstaff")
    assert not ViewRecord.objects.exists()
    assert (therapist.hours.count(), Booking.objects.get().revision) == (hours, 0)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.endswith(CHANGES)])
def test_changes_need_the_form_of_our_own_page(reviewer, filled, route):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reviewer)
    assert client.get(filled(route)).status_code == 405
    assert client.post(filled(route), {"action": "cancel", "revision": "0"}).status_code == 403
    assert Booking.objects.get().is_live


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.endswith(CHANGES)])
def test_no_page_is_cached_or_runs_scripts_from_elsewhere(administrator, filled, route):
    answer = Console(administrator).open(filled(route))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    assert "<script>" not in page
    assert " style=" not in page
