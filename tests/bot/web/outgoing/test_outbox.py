"""Nothing that is queued is lost with a server that is down, and nothing is sent by two at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from bot.settings import get_settings
from bot.web.outgoing import postman
from bot.web.outgoing.models import MOST_ATTEMPTS, Parcel, pause

from .carrying import Keeping, Refusing
from .conftest import queue_mail

pytestmark = pytest.mark.django_db


def test_a_dead_server_delays_mails_and_loses_none(mail, clock):
    kept = Keeping()
    for attempt in range(1, 6):
        assert postman.deliver_due(Refusing()) == 0
        mail.refresh_from_db()
        assert (mail.state, mail.attempts, mail.problem) == ("pending", attempt, "down")
        assert mail.next_try == clock.now() + pause(attempt)
        assert postman.deliver_due(kept) == 0
        clock.time = mail.next_try
    assert postman.deliver_due(kept) == 1
    assert kept.recipients == ["sam@example.org"]


def test_pauses_double_up_to_eight_hours():
    pauses = [pause(n) for n in range(1, MOST_ATTEMPTS + 1)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=30)
    assert pauses[-1] == timedelta(hours=8)


def test_after_the_last_attempt_a_mail_is_marked_as_failed(mail, clock):
    for _ in range(MOST_ATTEMPTS):
        postman.deliver_due(Refusing())
        clock.forward(hours=8)
    assert Parcel.objects.get().state == "failed"
    assert postman.deliver_due(Keeping()) == 0


def test_an_address_that_does_not_exist_is_not_tried_again(mail):
    postman.deliver_due(Refusing(final=True))
    assert Parcel.objects.get().state == "failed"


def test_what_one_process_is_sending_is_left_alone_by_another_until_its_lease_is_over(mail, clock):
    assert Parcel.objects.claim(clock.now()) == mail
    assert Parcel.objects.claim(clock.now()) is None
    clock.forward(minutes=3)
    assert Parcel.objects.claim(clock.now()) == mail


def test_what_was_sent_is_forgotten(mail):
    postman.deliver_due(Keeping())
    mail.refresh_from_db()
    assert (mail.state, mail.recipient, mail.content) == ("sent", "", "")


def test_recipient_and_content_are_encrypted_in_the_database(mail):
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient, content FROM outgoing_parcel")
        stored = " ".join(cursor.fetchone())
    assert "sam@" not in stored
    assert "Thursday" not in stored


def test_a_mail_that_nobody_can_open_any_more_holds_up_no_other(mail, environment, clock):
    environment.setenv("ATTUNE_FIELD_SECRET", "another secret")
    queue_mail(clock, "alex@example.org")
    kept = Keeping()
    assert postman.deliver_due(kept) == 1
    assert kept.recipients == ["alex@example.org"]
    unopened = Parcel.objects.defer("recipient", "content").get(pk=mail.pk)
    assert (unopened.state, unopened.attempts) == ("pending", 1)
    assert "ATTUNE_FIELD_SECRET" in unopened.problem


@pytest.mark.parametrize("then", [Keeping(), Refusing()])
def test_a_mail_that_is_withdrawn_while_it_is_being_carried_does_not_come_back(mail, then):
    class Slow:
        def deliver(self, parcel):
            Parcel.objects.filter(pk=parcel.pk).delete()
            then.deliver(mail)

    postman.deliver_due(Slow())
    assert not Parcel.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_postman_delivers_a_mail_without_being_asked(environment, clock):
    folder = get_settings().var / "mail"
    arrived = threading.Event()

    class Watching(Keeping):
        def deliver(self, parcel):
            super().deliver(parcel)
            arrived.set()

    watching = Watching()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postman, "mail_carrier", lambda: watching)
        stop = threading.Event()
        worker = threading.Thread(target=postman.work, args=(stop,))
        worker.start()
        queue_mail(clock)
        try:
            assert arrived.wait(20)
        finally:
            stop.set()
            postman.wake()
            worker.join(20)
    assert not worker.is_alive()
    assert Parcel.objects.get().state == "sent"
    assert not folder.exists()
