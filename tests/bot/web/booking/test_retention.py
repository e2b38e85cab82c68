"""Bookings are erased when the practice says so, and undeliverable mails with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command

from bot.web.booking.models import Booking
from bot.web.booking.retention import Purged, purge
from bot.web.outgoing.models import Parcel

pytestmark = pytest.mark.django_db


def test_a_booking_goes_after_the_practice_s_days(booking, clock):
    Parcel.objects.update(state=Parcel.FAILED)
    assert purge(booking.end + timedelta(days=90)) == Purged(0, 1)
    assert purge(booking.end + timedelta(days=90, seconds=1)) == Purged(1, 0)
    assert not Booking.objects.exists()


def test_mails_that_wait_are_not_purged(booking):
    assert purge(booking.end + timedelta(days=400)) == Purged(1, 0)
    assert Parcel.objects.get().state == Parcel.PENDING


def test_bookings_may_have_a_time_of_their_own(booking, own_knowledge, environment):
    path = own_knowledge / "practice.yml"
    path.write_text(path.read_text().replace("booking:\n", "booking:\n  retention_days: 7\n"))
    environment(ATTUNE_KNOWLEDGE=str(own_knowledge))
    assert purge(booking.end + timedelta(days=8)).bookings == 1


def test_the_command_says_what_it_erased(booking, clock, capsys):
    clock.time = booking.end + timedelta(days=91)
    call_command("purge")
    assert "1 bookings and 0 undeliverable mails erased" in capsys.readouterr().out
