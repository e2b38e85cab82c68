"""The inbox says when who is on call could not be told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bot.web.oncall import alerts
from bot.web.outgoing.models import Parcel

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert() -> Parcel:
    return Parcel.objects.queue_webhook("https://hooks.example/x", {}, alerts.KIND, timezone.now(), urgent=True)


def change(alert: Parcel, **values: object) -> None:
    Parcel.objects.filter(pk=alert.pk).update(**values)


def test_an_alert_on_its_first_way_is_no_trouble(console, alert):
    change(alert, attempts=1)
    page = console.text("/staff/")
    assert "who is on call" not in page
    assert 'role="alert"' not in page


def test_an_alert_that_waits_is_said_aloud(console, alert):
    change(alert, attempts=1, problem="status 500")
    assert "1 alert waits for the mail server or the webhook" in console.text("/staff/")


def test_an_alert_that_was_given_up_is_said_aloud_for_a_week(console, alert):
    change(alert, state=Parcel.FAILED)
    assert "1 alert of the last week did not reach who is on call" in console.text("/staff/")
    change(alert, created=timezone.now() - timedelta(days=8))
    assert "did not reach" not in console.text("/staff/")
