"""Bookings with a real SMTP server that is killed and started again: every mail arrives, whatever happens."""

from __future__ import annotations

import email
import email.policy
import random
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone

from bot.web.booking.models import Booking, WeeklyHours
from bot.web.booking.slots import open_slots
from bot.web.booking.wishes import Wish
from bot.web.outgoing import models as outbox
from bot.web.outgoing import postman
from bot.web.outgoing.carriers import Way
from bot.web.outgoing.models import Parcel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.web.booking.slots import Slot

pytestmark = pytest.mark.django_db(transaction=True)


class Inbox:
    """What arrived, by Message-ID; refuses for a while now and then, as a busy server does."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.mails: dict[str, Any] = {}

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        if self.dice.random() < 0.1:
            return "451 try again later"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails[str(message["Message-ID"])] = message
        return "250 taken"


class KilledServer:
    """aiosmtpd on one port, which `kill` ends with everything that is open."""

    def __init__(self, port: int, dice: random.Random) -> None:
        self.port, self.inbox = port, Inbox(dice)
        self.controller: Controller | None = None

    def start(self) -> None:
        self.controller = Controller(self.inbox, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def kill(self) -> None:
        if self.controller:
            self.controller.stop()
            self.controller = None


@pytest.fixture
def server(free_port, environment) -> Iterator[KilledServer]:
    server = KilledServer(free_port, random.Random(8))
    environment(ATTUNE_SMTP_URL=f"smtp://127.0.0.1:{free_port}")
    yield server
    server.kill()


@pytest.fixture
def quick_outbox(monkeypatch) -> None:
    """The same pauses, a thousand times shorter."""
    monkeypatch.setattr(outbox, "FIRST_PAUSE", outbox.FIRST_PAUSE / 1000)
    monkeypatch.setattr(outbox, "LONGEST_PAUSE", outbox.LEASE / 1000)
    monkeypatch.setattr(outbox, "MOST_ATTEMPTS", 10_000)


@pytest.fixture
def working_postman() -> Iterator[None]:
    """The postman of the web process, which does not sleep long while this test is on."""
    stop = threading.Event()

    def work() -> None:
        try:
            while not stop.wait(0.02):
                postman.deliver_due(Way.MAIL)
        finally:
            connection.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(60)


def wait_until(happened: Callable[[], bool], seconds: float) -> None:
    pause = threading.Event()
    for _ in range(int(seconds / 0.1)):
        if happened():
            return
        pause.wait(0.1)


def all_sent() -> bool:
    return not Parcel.objects.exclude(state=Parcel.SENT).exists()


def book(slot: Slot) -> Booking:
    """By the real clock, since the outbox waits by it."""
    fields = ("Sam", "email", "sam@example.org", "", "", "Europe/London", "")
    return Booking.objects.book(Wish(slot.therapist_id, slot.start, "video", *fields), timezone.now())


def check(server: KilledServer, bookings: list[Booking]) -> None:
    """Each booking's own confirmation arrived once, with the link that only it has."""
    assert not Parcel.objects.exclude(state=Parcel.SENT).exists()
    assert len(server.inbox.mails) == len(bookings)
    links = {
        re.search(r"http\S+/booking/\S+", message.get_body(("plain",)).get_content()).group()
        for message in server.inbox.mails.values()
    }
    assert links == {booking.manage_url for booking in bookings}


def test_mails_that_were_queued_with_the_server_dead_arrive_when_it_lives(
    therapist, server, quick_outbox, working_postman
):
    bookings = [book(slot) for slot in open_slots(timezone.now())[:5]]
    wait_until(Parcel.objects.filter(attempts__gt=1).exists, 60)
    server.start()
    wait_until(all_sent, 60)
    check(server, bookings)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_of_two_hundred_bookings_no_mail_is_lost(therapist, server, quick_outbox, working_postman):
    dice = random.Random(2027)
    WeeklyHours.objects.update(opens="00:00", closes="23:30")
    bookings = []
    for slot in open_slots(timezone.now())[:200]:
        if dice.random() < 0.15:
            server.kill() if server.controller else server.start()
        bookings.append(book(slot))
        threading.Event().wait(dice.random() / 20)
    server.kill()
    server.start()
    wait_until(all_sent, 300)
    assert len(bookings) == 200
    check(server, bookings)
