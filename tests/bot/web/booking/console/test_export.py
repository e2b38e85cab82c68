"""The table for spreadsheets, and that no cell of it is a formula."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timezone

import pytest
from review.conftest import Console

from bot.web.booking.console.export import COLUMNS, as_csv
from bot.web.booking.models import Booking
from bot.web.review.models import ViewRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("therapist")]


def test_the_export_has_what_the_list_has_and_is_recorded(administrator, wish, clock):
    Booking.objects.book(wish(name="Ann", note='two\nlines, "quoted"'), clock.now())
    Booking.objects.book(wish(1, name="Bea", kind="phone"), clock.now())
    answer = Console(administrator).open("/staff/bookings/export.csv", kind="video")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    header, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert tuple(header) == COLUMNS
    cells = dict(zip(header, row, strict=True))
    assert cells["start"] == "2027-03-11 10:30"
    assert cells["name"] == "Ann"
    assert cells["parent's note"] == 'two\nlines, "quoted"'
    assert ViewRecord.objects.filter(detail__startswith="exported 1").exists()


def test_the_file_bears_the_day_of_the_practice(administrator, clock):
    clock.time = datetime(2027, 3, 11, 3, 30, tzinfo=timezone.utc)  # the evening before in New York
    answer = Console(administrator).open("/staff/bookings/export.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="consultations-2027-03-10.csv"'


def test_a_reviewer_does_not_take_contact_details_out_of_the_house(console):
    assert console.open("/staff/bookings/export.csv").status_code == 403


def test_what_a_parent_types_is_harmless_in_every_column(wish, clock):
    evil = '=HYPERLINK("http://evil.example","x")'
    booking = Booking.objects.book(wish(name=evil, note=evil, phone="+1 555 010 0199"), clock.now())
    booking.staff_note = "@x"
    (_, row) = csv.reader(io.StringIO(as_csv([booking]).lstrip("\ufeff"), newline=""))
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
