"""How a call of a webhook leaves: as signed JSON, and again when the other side did not take it."""

from __future__ import annotations

import hashlib
import hmac
import time

import pytest

from bot.web.outgoing import postman, webhook
from bot.web.outgoing.carriers import Way
from bot.web.outgoing.models import Parcel, pause
from bot.web.outgoing.webhook import WebhookCarrier

from .carrying import Keeping
from .conftest import queue_mail

pytestmark = pytest.mark.django_db
BODY = {"event": "test", "words": "für dich"}
SECRET = "shared with the receiver"


@pytest.fixture
def queue(db, environment, clock):
    def queue(url, **more):
        return Parcel.objects.queue_webhook(url, BODY, "test", clock.now(), **more)

    return queue


def deliver(secret=None):
    return postman.deliver_due(Way.WEBHOOK, WebhookCarrier(secret))


def test_a_call_is_json_with_a_name_of_its_own(queue, receiver):
    parcel = queue(receiver.url)
    assert deliver() == 1
    assert receiver.said() == [BODY]
    (headers,) = receiver.headers
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Attune-Delivery"] == parcel.name
    assert "X-Attune-Signature" not in headers


def test_with_a_secret_the_body_is_signed(queue, receiver):
    queue(receiver.url)
    deliver(SECRET)
    expected = hmac.new(SECRET.encode(), receiver.bodies[0], hashlib.sha256).hexdigest()
    assert receiver.headers[0]["X-Attune-Signature"] == f"sha256={expected}"


def test_the_secret_is_the_one_of_the_settings(queue, receiver, environment):
    from bot.settings import get_settings

    environment.setenv("ATTUNE_ONCALL_SECRET", SECRET)
    get_settings.cache_clear()
    queue(receiver.url)
    assert postman.deliver_due(Way.WEBHOOK) == 1
    assert receiver.headers[0]["X-Attune-Signature"] == webhook.signature(receiver.bodies[0], SECRET)


@pytest.mark.parametrize("status", [301, 400, 401, 404, 410, 429, 500, 503])
def test_an_answer_that_is_no_receipt_means_once_more(queue, receiver, clock, status):
    parcel = queue(receiver.url)
    receiver.status = status
    assert deliver() == 0
    parcel.refresh_from_db()
    assert (parcel.state, parcel.problem) == ("pending", f"status {status}")
    assert parcel.next_try == clock.now() + pause(1)
    # A redirection is not followed: it may lead anywhere.
    assert len(receiver.bodies) == 1
    receiver.status = 204
    clock.time = parcel.next_try
    assert deliver() == 1
    assert receiver.bodies[0] == receiver.bodies[1]
    assert receiver.headers[0]["X-Attune-Delivery"] == receiver.headers[1]["X-Attune-Delivery"]


def test_a_receiver_that_is_not_there_is_called_again(queue, free_port):
    parcel = queue(f"http://127.0.0.1:{free_port}/")
    assert deliver() == 0
    parcel.refresh_from_db()
    assert (parcel.state, parcel.problem) == ("pending", "ConnectError")


@pytest.mark.parametrize("manner", ["hanging", "trickling"])
def test_a_receiver_that_hangs_is_left_in_time_and_called_again(queue, receiver, monkeypatch, manner):
    monkeypatch.setattr(webhook, "TIMEOUT", 0.3)
    parcel = queue(receiver.url)
    receiver.manner = manner
    began = time.monotonic()
    assert deliver() == 0
    assert time.monotonic() - began < 3
    parcel.refresh_from_db()
    assert parcel.state == "pending"
    assert parcel.problem in {"TimeoutError", "ReadTimeout"}


def test_https_is_not_spoken_with_somebody_without_a_certificate(queue, receiver):
    parcel = queue(receiver.url.replace("http:", "https:"))
    assert deliver() == 0
    parcel.refresh_from_db()
    assert (parcel.state, parcel.problem) == ("pending", "ConnectError")


def test_an_odd_address_holds_up_no_other_call(queue, receiver):
    queue("https://[::1")
    queue(receiver.url)
    assert deliver() == 1
    assert len(receiver.bodies) == 1


def test_the_address_is_in_no_log_line(queue, free_port, caplog):
    caplog.set_level("DEBUG")
    queue(f"http://127.0.0.1:{free_port}/services/T0/very-secret-path")
    deliver()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert ours
    assert not [line for line in ours if "very-secret-path" in line]


def test_each_way_has_its_own_postman(queue, clock, receiver):
    queue(receiver.url)
    queue_mail(clock)
    kept = Keeping()
    assert postman.deliver_due(Way.MAIL, kept) == 1
    assert kept.recipients == ["sam@example.org"]
    assert receiver.bodies == []
    assert Parcel.objects.next_due(Way.MAIL) is None
    assert Parcel.objects.next_due(Way.WEBHOOK) == clock.now()


def test_what_is_urgent_goes_before_what_waited_longer(queue, clock):
    queue("https://one.example")
    clock.forward(minutes=5)
    queue("https://two.example", urgent=True)
    kept = Keeping()
    postman.deliver_due(Way.WEBHOOK, kept)
    assert kept.recipients == ["https://two.example", "https://one.example"]
