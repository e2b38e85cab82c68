"""Nothing that is queued is lost with a server that is down, and nothing is sent by two at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from bot.settings import get_settings
from bot.web.outgoing import postman, waking
from bot.web.outgoing.carriers import Way
from bot.web.outgoing.models import MOST_ATTEMPTS, Parcel, pause

from .carrying import Keeping, Refusing
from .conftest import queue_mail

pytestmark = pytest.mark.django_db


def test_a_dead_server_delays_mails_and_loses_none(mail, clock):
    kept = Keeping()
    for attempt in range(1, 6):
        assert postman.deliver_due(Way.MAIL, Refusing()) == 0
        mail.refresh_from_db()
        assert (mail.state, mail.attempts, mail.problem) == ("pending", attempt, "down")
        assert mail.next_try == clock.now() + pause(attempt)
        assert postman.deliver_due(Way.MAIL, kept) == 0
        clock.time = mail.next_try
    assert postman.deliver_due(Way.MAIL, kept) == 1
    assert kept.recipients == ["sam@example.org"]


def test_pauses_double_up_to_eight_hours():
    pauses = [pause(n) for n in range(1, MOST_ATTEMPTS + 1)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=30)
    assert pauses[-1] == timedelta(hours=8)


def test_a_mail_planned_by_a_clock_that_ran_ahead_goes_when_the_clock_is_set_right(mail, clock):
    clock.forward(days=2)
    assert postman.deliver_due(Way.MAIL, Refusing()) == 0
    clock.forward(days=-2)
    assert postman.deliver_due(Way.MAIL, Keeping()) == 1


def test_after_the_last_attempt_a_mail_is_marked_as_failed(mail, clock):
    for _ in range(MOST_ATTEMPTS):
        postman.deliver_due(Way.MAIL, Refusing())
        clock.forward(hours=8)
    assert Parcel.objects.get().state == "failed"
    assert postman.deliver_due(Way.MAIL, Keeping()) == 0


def test_an_address_that_does_not_exist_is_not_tried_again(mail):
    postman.deliver_due(Way.MAIL, Refusing(final=True))
    assert Parcel.objects.get().state == "failed"


def test_what_one_process_is_sending_is_left_alone_by_another_until_its_lease_is_over(mail, clock):
    assert Parcel.objects.claim(Way.MAIL, clock.now()) == mail
    assert Parcel.objects.claim(Way.MAIL, clock.now()) is None
    clock.forward(minutes=3)
    assert Parcel.objects.claim(Way.MAIL, clock.now()) == mail


def test_what_was_sent_is_forgotten(mail):
    postman.deliver_due(Way.MAIL, Keeping())
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
    assert postman.deliver_due(Way.MAIL, kept) == 1
    assert kept.recipients == ["alex@example.org"]
    unopened = Parcel.objects.defer("recipient", "content").get(pk=mail.pk)
    assert (unopened.state, unopened.attempts) == ("pending", 1)
    assert "ATTUNE_FIELD_SECRET" in unopened.problem


def test_a_fault_of_ours_holds_up_no_other_mail(mail, clock):
    queue_mail(clock, "alex@example.org")

    class Faulty(Keeping):
        def deliver(self, parcel):
            if parcel.pk == mail.pk:
                raise LookupError("a fault of ours")
            super().deliver(parcel)

    assert postman.deliver_due(Way.MAIL, Faulty()) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.problem) == ("pending", "LookupError")


def test_what_waits_and_what_was_given_up_is_counted(mail, clock):
    assert Parcel.objects.troubles() == (0, 0)
    postman.deliver_due(Way.MAIL, Refusing())
    assert Parcel.objects.troubles() == (1, 0)
    clock.forward(minutes=1)
    postman.deliver_due(Way.MAIL, Refusing(final=True))
    assert Parcel.objects.troubles() == (0, 1)


def test_only_what_has_not_left_yet_is_withdrawn(mail, clock):
    other = queue_mail(clock, "alex@example.org")
    third = queue_mail(clock, "kim@example.org")
    Parcel.objects.filter(pk=other.pk).update(state=Parcel.SENT)
    Parcel.objects.withdraw([mail.pk, other.pk])
    assert set(Parcel.objects.values_list("pk", flat=True)) == {other.pk, third.pk}


@pytest.mark.parametrize("then", [Keeping(), Refusing()])
def test_a_mail_that_is_withdrawn_while_it_is_being_carried_does_not_come_back(mail, then):
    class Slow:
        def deliver(self, parcel):
            Parcel.objects.filter(pk=parcel.pk).delete()
            then.deliver(mail)

    postman.deliver_due(Way.MAIL, Slow())
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
        worker = threading.Thread(target=postman.work, args=(Way.MAIL, stop))
        worker.start()
        queue_mail(clock)
        try:
            assert arrived.wait(20)
        finally:
            stop.set()
            waking.wake(Way.MAIL)
            worker.join(20)
    assert not worker.is_alive()
    assert Parcel.objects.get().state == "sent"
    assert not folder.exists()
