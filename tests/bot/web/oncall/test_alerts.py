"""An alert is queued with the turn that raised the alarm, or the turn is stored without it; never the other way."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from bot.web.chat.models import Conversation, Turn
from bot.web.chat.record import Answer
from bot.web.oncall import alerts, watch
from bot.web.oncall.models import Alert
from bot.web.outgoing.carriers import Way
from bot.web.outgoing.models import Parcel

from .conftest import SECRET, SESSION, calls, record, store, told

pytestmark = pytest.mark.django_db


def test_an_alarm_queues_a_mail_and_a_call(on_call, clock):
    store(record(1, "S"))
    mail, call = Parcel.objects.order_by("pk")
    assert [mail.way, mail.kind, mail.urgent, mail.recipient] == ["mail", "alert", True, "oncall@practice.example"]
    assert [call.way, call.kind, call.urgent, call.recipient] == [
        "webhook",
        "alert",
        True,
        "https://hooks.example/secret-path",
    ]
    message = email.message_from_string(mail.content, policy=email.policy.default)
    assert message["Subject"] == "Attune: a conversation needs you (tier S)"
    link = f"https://chat.practice.example/staff/conversations/{SESSION}/#turn-1"
    assert link in message.get_content()
    assert calls()[0]["link"] == link


@pytest.mark.parametrize("tier", [None, "R"])
def test_without_an_alarm_nobody_is_told(on_call, tier):
    store(record(1, tier))
    assert not Parcel.objects.exists()


def test_with_nothing_set_nothing_is_queued(settings_of):
    store(record(1, "I"))
    assert not Parcel.objects.exists()
    assert not Alert.objects.exists()
    assert watch.catch_up() == 0


@pytest.mark.parametrize(
    ("name", "value", "way"),
    [("MAIL", "oncall@practice.example", "mail"), ("WEBHOOK", "https://hooks.example/x", "webhook")],
)
def test_one_way_alone_is_enough(settings_of, name, value, way):
    settings_of(**{f"ATTUNE_ONCALL_{name}": value})
    store(record(1, "S"))
    assert [parcel.way for parcel in Parcel.objects.all()] == [way]


def test_a_conversation_with_many_alarms_tells_what_is_new(on_call, clock):
    story = [("V", 0), ("V", 1), ("S", 2), ("S", 3), ("I", 4), (None, 5), ("V", 6), ("V", 20), ("V", 21), ("E", 22)]
    began = clock.now()
    for n, (tier, minute) in enumerate(story):
        clock.time = began + timedelta(minutes=minute)
        store(record(n, tier))
    assert told() == [("first", "V"), ("graver", "S"), ("graver", "I"), ("again", "V"), ("graver", "E")]
    assert [call["alarms"] for call in calls()] == [1, 3, 5, 7, 9]
    assert calls()[3]["link"].endswith("#turn-8")


def test_turns_that_were_stored_late_together_make_one_alert_of_the_gravest(on_call, clock):
    first = record(1, "V")
    clock.forward(minutes=40)
    store(first, record(2, "I"), record(3, "S"))
    assert told() == [("first", "I")]
    assert calls()[0]["link"].endswith("#turn-2")
    assert calls()[0]["alarms"] == 3


def test_each_conversation_has_its_own_alerts(on_call):
    store(record(1, "S"))
    store(record(1, "S"), session="b" * 32)
    assert told() == [("first", "S"), ("first", "S")]


def test_a_turn_that_is_stored_a_second_time_tells_nobody_again(on_call):
    one = record(1, "S")
    store(one)
    assert store(one) == {"m1": Answer("m1", one.replies, "GB")}
    assert len(told()) == 1


def test_no_word_of_the_parent_and_no_contact_detail_is_in_an_alert(on_call, caplog):
    caplog.set_level("DEBUG")
    store(record(1, "S"), record(2, "I", kind="payload", payload="/secret"))
    said = " ".join(parcel.content for parcel in Parcel.objects.all()) + caplog.text
    for word in (*SECRET.split(), "An answer to"):
        if len(word) > 4:  # "the" and "call" are in any text
            assert word not in said
    assert "/secret" not in said.replace("secret-path", "")


def test_erasing_takes_back_what_has_not_left(on_call, clock):
    store(record(1, "S"))
    store(record(1, "S"), session="b" * 32)
    Conversation.objects.get(pk=SESSION).erase()
    assert [alert.conversation_id for alert in Alert.objects.all()] == ["b" * 32]
    assert [SESSION in parcel.content for parcel in Parcel.objects.all()] == [False, False]


def test_erasing_leaves_the_record_of_what_was_sent(on_call, clock):
    store(record(1, "S"))
    for parcel in Parcel.objects.all():
        parcel.sent(clock.now())
    Conversation.objects.get(pk=SESSION).erase()
    assert [(parcel.state, parcel.content) for parcel in Parcel.objects.all()] == [("sent", ""), ("sent", "")]


def hear_late(name: str, tier: str) -> None:
    """Danger is found in a turn after it was answered, as chat/unheard.py does."""
    Turn.objects.select_related("conversation").get(client_id=name).note_late_screening(tier)


def test_graver_danger_that_is_heard_late_below_the_last_alert_is_told(on_call, clock):
    store(record(1, None))
    clock.forward(minutes=1)
    store(record(2, "S"))
    hear_late("m1", "I")
    assert watch.catch_up() == 1
    assert told() == [("first", "S"), ("graver", "I")]
    assert calls()[1]["link"].endswith("#turn-1")
    assert calls()[1]["alarms"] == 2


def test_what_was_heard_late_is_told_once_and_counts_as_told_from_then_on(on_call, clock):
    store(record(1, None), record(2, None))
    clock.forward(minutes=20)
    store(record(3, "S"))
    for name in ("m1", "m2"):
        hear_late(name, "I")
        watch.catch_up()
        assert watch.catch_up() == 0
    clock.forward(minutes=14)  # after the last alarm that was told, and not after the one that was heard late
    store(record(4, "I"))
    assert watch.catch_up() == 0
    assert told() == [("first", "S"), ("graver", "I")]
    clock.forward(minutes=2)
    store(record(5, "I"))
    assert told()[2:] == [("again", "I")]


def test_what_was_heard_late_is_told_with_the_next_alarm_if_that_comes_before_the_watch(on_call, clock):
    store(record(1, None), record(2, "S"))
    hear_late("m1", "I")
    store(record(3, "V"))
    assert told() == [("first", "S"), ("graver", "I")]
    assert watch.catch_up() == 0


@pytest.mark.parametrize("tier", ["S", "V", "R"])
def test_what_is_heard_late_below_an_alert_as_grave_is_known_already(on_call, clock, tier):
    store(record(1, None))
    clock.forward(minutes=20)
    store(record(2, "S"))
    hear_late("m1", tier)
    assert watch.catch_up() == 0
    assert told() == [("first", "S")]


def test_an_alert_before_it_does_not_tell_of_what_is_heard_late(on_call, clock):
    for n, tier in enumerate(["I", None, "S"]):
        store(record(n, tier))
        clock.forward(minutes=20)
    hear_late("m1", "I")
    assert watch.catch_up() == 1
    assert told() == [("first", "I"), ("again", "S"), ("graver", "I")]


@pytest.fixture
def failing_outbox():
    """The outbox takes nothing, until `undo()`."""

    def fail(self, *args, **fields):
        raise DatabaseError("the outbox is full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.web.outgoing.models.ParcelQuerySet._queue", fail)
        yield patch


def test_a_full_outbox_loses_no_turn_and_the_alert_is_made_up_for(on_call, failing_outbox, caplog, clock):
    store(record(1, "S"))
    assert Turn.objects.get().tier == "S"
    assert not Alert.objects.exists()
    assert f"the alert of {SESSION} is not queued yet" in caplog.text
    assert SECRET not in caplog.text
    with pytest.raises(DatabaseError):
        watch.catch_up()
    failing_outbox.undo()
    clock.forward(minutes=3)
    assert watch.catch_up() == 1
    assert watch.catch_up() == 0
    assert told() == [("first", "S")]


def test_a_full_outbox_that_has_room_again_tells_with_the_next_alarm_what_it_owed(on_call, failing_outbox, clock):
    store(record(1, "I"))
    failing_outbox.undo()
    store(record(2, "V"))
    assert told() == [("first", "I")]


def test_of_an_alert_half_of_which_fails_nothing_is_queued(on_call, monkeypatch):
    def fail(self, *args, **fields):
        raise DatabaseError("no room for this one")

    monkeypatch.setattr("bot.web.outgoing.models.ParcelQuerySet.queue_webhook", fail)
    store(record(1, "S"))
    assert Turn.objects.count() == 1
    assert not Parcel.objects.exists()


def test_without_the_secret_that_seals_the_turn_is_stored(on_call, monkeypatch, clock):
    from bot.settings import SettingError

    def missing(text):
        raise SettingError("ATTUNE_FIELD_SECRET is not set.")

    monkeypatch.setattr("bot.web.outgoing.sealed.seal", missing)
    store(record(1, "S"))
    assert Turn.objects.count() == 1
    assert not Parcel.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_alert_that_takes_the_transaction_with_it_takes_no_turn(on_call, monkeypatch):
    queue_owed = alerts.queue_owed

    def lose_everything(conversation):
        queue_owed(conversation)
        with connection.cursor() as cursor:
            # As SQLite does by itself when the disk is full: the savepoint is gone with the rest.
            cursor.execute("ROLLBACK")
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(alerts, "queue_owed", lose_everything)
    store(record(1, "S"))
    assert [turn.client_id for turn in Turn.objects.all()] == ["m1"]
    assert not Parcel.objects.exists()
    monkeypatch.undo()


@pytest.mark.django_db(transaction=True)
def test_a_turn_that_cannot_be_stored_tells_nobody(on_call, monkeypatch):
    woken = []
    monkeypatch.setattr("bot.web.outgoing.models.wake", woken.append)

    def fail(conversation):
        alerts.queue_owed(conversation)
        raise DatabaseError("the database went away")

    with monkeypatch.context() as patch:
        patch.setattr(alerts, "tell", fail)
        with pytest.raises(DatabaseError):
            store(record(1, "S"))
    assert not Turn.objects.exists()
    assert not Parcel.objects.exists()
    assert woken == []
    store(record(1, "S"))
    assert woken == [Way.MAIL, Way.WEBHOOK]


# The watch


def test_the_watch_asks_for_nothing_where_all_was_told(on_call, django_assert_num_queries, clock):
    store(record(1, "S"))
    with django_assert_num_queries(1):
        assert watch.catch_up() == 0


def test_the_watch_leaves_the_quiet_time_alone(on_call, clock):
    store(record(1, "S"))
    clock.forward(minutes=5)
    store(record(2, "S"))
    clock.forward(minutes=30)
    assert watch.catch_up() == 0


def test_the_watch_looks_back_a_night_and_not_further(on_call, settings_of, failing_outbox, clock):
    store(record(1, "S"))
    failing_outbox.undo()
    clock.forward(hours=12, seconds=1)
    assert watch.catch_up() == 0


def test_the_watch_tells_nobody_of_what_was_erased(on_call, failing_outbox):
    store(record(1, "S"))
    failing_outbox.undo()
    Conversation.objects.get().erase()
    assert watch.catch_up() == 0


def test_the_watch_begins_with_the_web_process():
    from bot.web.lifespan import background_names

    assert "bot.web.oncall.watch.keep_watch" in background_names()
