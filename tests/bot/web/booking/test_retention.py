"""Bookings are erased when the practice says so, and undeliverable mails with them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command

from bot.web.booking.models import Booking
from bot.web.booking.policy import get_policy
from bot.web.booking.retention import forget_old
from bot.web.chat.retention import purge
from bot.web.outgoing.models import Parcel

pytestmark = pytest.mark.django_db


def erased(now: datetime) -> str:
    """What a purge at `now` says of bookings."""
    (said,) = (line for line in purge(now) if "bookings" in line)
    return said


def test_a_booking_goes_after_the_practice_s_days(booking, clock):
    Parcel.objects.update(state=Parcel.FAILED)
    assert erased(booking.end + timedelta(days=90)) == "0 bookings and 1 undeliverable mails erased"
    assert erased(booking.end + timedelta(days=90, seconds=1)) == "1 bookings and 0 undeliverable mails erased"
    assert not Booking.objects.exists()


def test_mails_that_wait_are_not_purged(booking):
    assert erased(booking.end + timedelta(days=400)) == "1 bookings and 0 undeliverable mails erased"
    assert Parcel.objects.get().state == Parcel.PENDING


def test_bookings_may_have_a_time_of_their_own(booking, own_knowledge, environment):
    path = own_knowledge / "practice.yml"
    path.write_text(path.read_text().replace("booking:\n", "booking:\n  retention_days: 7\n"))
    environment(ATTUNE_KNOWLEDGE=str(own_knowledge))
    Parcel.objects.update(state=Parcel.FAILED)
    assert erased(booking.end + timedelta(days=8)) == "1 bookings and 1 undeliverable mails erased"


def test_a_practice_file_that_is_broken_for_a_while_counts_as_it_was(booking, own_knowledge, environment):
    path = own_knowledge / "practice.yml"
    path.write_text(path.read_text().replace("booking:\n", "booking:\n  retention_days: 7\n"))
    environment(ATTUNE_KNOWLEDGE=str(own_knowledge))
    get_policy()
    path.write_text("half: [saved")
    now = booking.end + timedelta(days=8)
    assert forget_old(None, now, now - timedelta(days=90)).startswith("1 bookings")


def test_mails_that_failed_go_with_the_conversations_where_bookings_stay_longer(booking, own_knowledge, environment):
    path = own_knowledge / "practice.yml"
    path.write_text(path.read_text().replace("booking:\n", "booking:\n  retention_days: 700\n"))
    environment(ATTUNE_KNOWLEDGE=str(own_knowledge))
    Parcel.objects.update(state=Parcel.FAILED)
    assert erased(booking.end + timedelta(days=91)) == "0 bookings and 1 undeliverable mails erased"


def test_the_command_says_what_it_erased(booking, clock, capsys):
    clock.time = booking.end + timedelta(days=91)
    call_command("purge")
    assert "1 bookings and 0 undeliverable mails erased" in capsys.readouterr().out
