"""Changing ATTUNE_FIELD_SECRET: with both secrets everything is encrypted anew, and the old one can be given up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from bot.settings import get_settings
from bot.web.booking.models import Booking, Therapist
from bot.web.outgoing.mail import new_mail
from bot.web.outgoing.models import Parcel
from bot.web.outgoing.sealed import SealError

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(monkeypatch):
    def change(value):
        monkeypatch.setenv("ATTUNE_FIELD_SECRET", value)
        get_settings.cache_clear()

    change("the old secret")
    yield change
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def rows(secret):
    now = timezone.now()
    fields = {"therapist": Therapist.objects.create(), "start": now, "end": now + timedelta(minutes=20)}
    Booking.objects.create(
        **fields, kind="video", name="Samantha", contact="none", time_zone="UTC", consented_at=now, staff_note="a note"
    )
    message = new_mail("sam@example.org", "Hello", now)
    message.set_content("Hello")
    Parcel.objects.queue_mail(message, "confirmed", now)


def test_after_resealing_the_old_secret_is_needed_no_more(rows, secret, capsys):
    secret("the new secret,the old secret")
    call_command("reseal")
    assert "2 rows encrypted with the first secret" in capsys.readouterr().out
    secret("the new secret")
    one = Booking.objects.get()
    assert (one.name, one.staff_note, one.email) == ("Samantha", "a note", "")
    assert Parcel.objects.get().recipient == "sam@example.org"
    secret("the old secret")
    with pytest.raises(SealError):
        Booking.objects.get()


def test_what_no_secret_opens_is_said_and_left_as_it_is(rows, secret):
    secret("another secret")
    with pytest.raises(CommandError, match="2 rows were encrypted with a secret"):
        call_command("reseal")
    secret("the old secret")
    assert Booking.objects.get().name == "Samantha"


def test_what_was_sent_and_emptied_stays_empty(rows, secret):
    Parcel.objects.get().sent(timezone.now())
    secret("the new secret,the old secret")
    call_command("reseal")
    assert Parcel.objects.get().content == ""
