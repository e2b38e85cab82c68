"""Two-way CalDAV against a real Radicale: bookings appear, busy times block, and a dead server holds up nothing."""

from __future__ import annotations

import http.client
import secrets
import socket
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import caldav
import pytest
import vobject

from bot.web.booking import calendar_sync, desk
from bot.web.booking.models import Booking, BusyTime, CalendarCopy, Therapist
from bot.web.booking.slots import open_slots
from bot.web.booking.wishes import SlotTakenError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db

USER, PASSWORD = "practice", "quiet heron lamp river"


class Radicale:
    """A real Radicale in a process of its own, which can be stopped and started again with what it stores."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port, self.folder = port, folder
        self.url = f"http://127.0.0.1:{port}/{USER}/"
        (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = {
            "--server-hosts": f"127.0.0.1:{self.port}",
            "--auth-type": "htpasswd",
            "--auth-htpasswd-filename": str(self.folder / "users"),
            "--auth-htpasswd-encryption": "plain",
            "--auth-delay": "0",
            "--storage-filesystem-folder": str(self.folder / "collections"),
            "--logging-level": "error",
        }
        arguments = [part for option in options.items() for part in option]
        self.process = subprocess.Popen([sys.executable, "-m", "radicale", "--config", "", *arguments])
        deadline = time.monotonic() + 30
        while True:
            try:
                http.client.HTTPConnection("127.0.0.1", self.port, timeout=1).connect()
                return
            except OSError:
                assert time.monotonic() < deadline, "Radicale did not start"
                assert self.process.poll() is None, "Radicale ended"

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def client(self) -> caldav.DAVClient:
        return caldav.DAVClient(url=self.url, username=USER, password=PASSWORD)

    def make_calendar(self, name: str) -> str:
        return str(self.client().principal().make_calendar(name=name, cal_id=name).url)

    def events(self, calendar: str) -> list[vobject.base.Component]:
        found = caldav.Calendar(client=self.client(), url=calendar).events()
        return [vobject.readOne(event.data).vevent for event in found]

    def add(self, calendar: str, lines: str) -> None:
        uid = f"own-{abs(hash(lines))}"
        body = f"BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270301T000000Z\nSUMMARY:Private\n{lines}\nEND:VEVENT"
        text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{body}\nEND:VCALENDAR\n"
        caldav.Calendar(client=self.client(), url=calendar).save_event(text)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Radicale]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    radicale = Radicale(tmp_path_factory.mktemp("radicale"), port)
    radicale.start()
    yield radicale
    radicale.stop()


@pytest.fixture
def calendar(server, therapist, environment) -> str:
    """The therapist's own calendar, empty."""
    if not server.process:
        server.start()
    environment(ATTUNE_CALDAV_URL=server.url, ATTUNE_CALDAV_USER=USER, ATTUNE_CALDAV_PASSWORD=PASSWORD)
    url = server.make_calendar(secrets.token_hex(8))
    Therapist.objects.filter(pk=therapist.pk).update(calendar_url=url)
    return url


def starts(clock) -> list[datetime]:
    return [slot.start for slot in open_slots(clock.now())]


def test_a_booking_appears_moves_and_goes(server, calendar, booking, free, clock):
    assert calendar_sync.sync(clock.now())
    (event,) = server.events(calendar)
    assert event.dtstart.value == booking.start
    assert event.summary.value == "Consultation (by video)"
    assert "Sam" not in event.serialize()
    booking.move(free[7].therapist_id, free[7].start, booking.revision, clock.now())
    assert calendar_sync.sync(clock.now())
    (event,) = server.events(calendar)
    assert (event.dtstart.value, event.sequence.value) == (free[7].start, "1")
    booking.cancel(booking.revision, clock.now())
    assert calendar_sync.sync(clock.now())
    assert server.events(calendar) == []
    assert not CalendarCopy.objects.exists()


def test_a_round_without_changes_writes_nothing(calendar, booking, clock, monkeypatch):
    calendar_sync.sync(clock.now())
    monkeypatch.setattr(calendar_sync.CalendarServer, "put", None)
    monkeypatch.setattr(calendar_sync.CalendarServer, "delete", None)
    assert calendar_sync.sync(clock.now())


@pytest.mark.parametrize(
    ("lines", "blocked"),
    [
        ("DTSTART:20270311T160000Z\nDTEND:20270311T170000Z", True),
        ("DTSTART;TZID=Europe/London:20270311T160000\nDURATION:PT1H", True),
        ("DTSTART:20270311T110000\nDTEND:20270311T120000", True),  # floating: in the therapist's zone
        ("DTSTART;VALUE=DATE:20270311", True),
        ("DTSTART:20270304T160000Z\nDTEND:20270304T170000Z\nRRULE:FREQ=WEEKLY", True),
        ("DTSTART:20270311T160000Z\nDTEND:20270311T170000Z\nTRANSP:TRANSPARENT", False),
        ("DTSTART:20270311T160000Z\nDTEND:20270311T170000Z\nSTATUS:CANCELLED", False),
        ("DTSTART:20270311T233000Z\nDTEND:20270312T003000Z", False),
    ],
)
def test_what_is_busy_there_blocks_slots_here(server, calendar, therapist, wish, clock, lines, blocked):
    eleven = datetime(2027, 3, 11, 16, tzinfo=timezone.utc)
    wanted = wish(start=eleven)
    server.add(calendar, lines)
    assert calendar_sync.sync(clock.now())
    assert (eleven not in starts(clock)) is blocked
    if blocked:
        with pytest.raises(SlotTakenError):
            Booking.objects.book(wanted, clock.now())
        assert not Booking.objects.exists()
    else:
        Booking.objects.book(wanted, clock.now())


def test_a_busy_time_blocks_every_seat(server, calendar, therapist, clock):
    Therapist.objects.update(capacity=3)
    server.add(calendar, "DTSTART:20270311T160000Z\nDTEND:20270311T170000Z")
    calendar_sync.sync(clock.now())
    assert datetime(2027, 3, 11, 16, tzinfo=timezone.utc) not in starts(clock)


def test_our_own_events_block_nothing_once_their_booking_is_gone(server, calendar, booking, clock, free):
    calendar_sync.sync(clock.now())
    assert not BusyTime.objects.exists()
    Booking.objects.all().delete()
    assert calendar_sync.sync(clock.now())
    assert server.events(calendar) == []
    assert len(starts(clock)) == len(free)


def test_with_the_server_down_booking_goes_on_and_catches_up(server, calendar, wish, clock, free):
    server.add(calendar, "DTSTART:20270312T160000Z\nDTEND:20270312T170000Z")
    calendar_sync.sync(clock.now())
    server.stop()
    one = Booking.objects.book(wish(), clock.now())
    assert not calendar_sync.sync(clock.now())
    assert Therapist.objects.get().calendar_problem == "the server cannot be reached (ConnectionError)"
    assert datetime(2027, 3, 12, 16, tzinfo=timezone.utc) not in starts(clock), "what was read last still counts"
    server.start()
    assert calendar_sync.sync(clock.now())
    assert [event.uid.value for event in server.events(calendar) if event.summary.value != "Private"] == [
        f"{one.public_id}@attune"
    ]
    assert Therapist.objects.get().calendar_problem == ""


def test_another_therapist_s_calendar_gets_the_event_and_the_first_loses_it(server, calendar, booking, clock):
    url = server.make_calendar(secrets.token_hex(8))
    other = Therapist.objects.create(name="Therapist B", calendar_url=url)
    calendar_sync.sync(clock.now())
    desk.reassign(booking, other.pk, booking.start, booking.revision, clock.now())
    assert calendar_sync.sync(clock.now())
    assert server.events(calendar) == []
    assert len(server.events(url)) == 1


def test_a_past_appointment_stays_in_the_calendar_whatever_is_marked(server, calendar, booking, clock):
    calendar_sync.sync(clock.now())
    clock.time = booking.end + timedelta(hours=1)
    desk.mark(booking, "came", booking.revision, clock.now())
    assert calendar_sync.sync(clock.now())
    assert len(server.events(calendar)) == 1


def test_a_wrong_password_is_said_and_written_nowhere(server, calendar, booking, clock, environment, caplog):
    environment(ATTUNE_CALDAV_PASSWORD="a wrong password")
    assert not calendar_sync.sync(clock.now())
    assert "refused" in Therapist.objects.get().calendar_problem
    assert "a wrong password" not in caplog.text


def test_the_password_goes_to_no_other_server(calendar, therapist, booking, clock):
    Therapist.objects.update(calendar_url="http://127.0.0.1:1/elsewhere/")
    assert not calendar_sync.sync(clock.now())
    assert Therapist.objects.get().calendar_problem == "the address is not below ATTUNE_CALDAV_URL"
