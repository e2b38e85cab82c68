"""From a parent's message over real sockets to who is on call: within a second, and whatever the servers do."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async
from chat.parent import Parent, shows_helplines
from django.db import DatabaseError
from django.utils import timezone

from bot.web.oncall import watch
from bot.web.outgoing import mail, postman, waking, webhook
from bot.web.outgoing.carriers import Way
from bot.web.outgoing.models import Parcel

from .conftest import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from fake_channel import FakeChannel
    from mail_server import MailServer
    from webhook_receiver import WebhookReceiver

pytestmark = pytest.mark.django_db(transaction=True)
DANGER = f"I want to die. {SECRET}"
SIGNING = "shared with the receiver"


@pytest.fixture
def house(
    settings_of: Callable[..., None],
    environment: pytest.MonkeyPatch,
    channel: FakeChannel,
    mail_server: MailServer,
    receiver: WebhookReceiver,
) -> None:
    """Who is on call has a mail address and a webhook; what hangs is given up sooner than in life."""
    environment.setattr(mail, "TIMEOUT", 1.5)
    environment.setattr(webhook, "TIMEOUT", 1.5)
    settings_of(
        ATTUNE_ONCALL_MAIL="oncall@practice.example",
        ATTUNE_SMTP_URL=mail_server.url,
        ATTUNE_ONCALL_WEBHOOK=receiver.url,
        ATTUNE_ONCALL_SECRET=SIGNING,
    )


@pytest.fixture
def postmen(house: None, transactional_db: None) -> Iterator[None]:
    """The postmen of the web process, once all settings are in place."""
    stop = threading.Event()
    workers = [threading.Thread(target=postman.work, args=(way, stop)) for way in Way]
    for worker in workers:
        worker.start()
    yield
    stop.set()
    for way in Way:
        waking.wake(way)
    for worker in workers:
        worker.join(20)
    assert not any(worker.is_alive() for worker in workers)


@pytest.fixture
async def parent(browser: httpx.AsyncClient, postmen: None) -> Parent:
    """A parent who has said hello."""
    parent = await Parent(browser).arrive(region="GB")
    await parent.write("hello")
    return parent


async def arrives(what: MailServer | WebhookReceiver, seconds: float = 10.0) -> bool:
    signal = what.arrived if hasattr(what, "arrived") else what.called
    return await asyncio.to_thread(signal.acquire, timeout=seconds)


@sync_to_async
def parcels() -> dict[str, str]:
    """State by way."""
    return dict(Parcel.objects.values_list("way", "state"))


async def settled(way: str, state: str) -> None:
    """Waits until the parcel of `way` is in `state`."""
    until = time.monotonic() + 15
    while (await parcels()).get(way) != state:
        assert time.monotonic() < until, await parcels()
        await asyncio.sleep(0.02)


async def waits_for_another_try(way: str) -> None:
    """Waits until the first attempt has failed."""
    until = time.monotonic() + 15
    while not await sync_to_async(Parcel.objects.filter(way=way, state="pending").exclude(problem="").exists)():
        assert time.monotonic() < until
        await asyncio.sleep(0.02)


@sync_to_async
def try_again_now() -> None:
    """What waits for its next attempt is due."""
    Parcel.objects.filter(state=Parcel.PENDING).update(next_try=timezone.now())
    for way in Way:
        waking.wake(way)


async def test_who_is_on_call_knows_within_a_second(
    parent: Parent, mail_server: MailServer, receiver: WebhookReceiver
) -> None:
    began = time.monotonic()
    answer = await parent.write(DANGER)
    assert await arrives(receiver)
    by_webhook = time.monotonic() - began
    assert await arrives(mail_server)
    by_mail = time.monotonic() - began
    assert (by_webhook < 1.0, by_mail < 1.0) == (True, True), (by_webhook, by_mail)
    assert answer.json()["messages"][0]["text"] == "I'm glad you told me."
    (call,), (message,) = receiver.said(), mail_server.messages
    assert mail_server.recipients == ["oncall@practice.example"]
    assert message["Subject"] == "Attune: a conversation needs you (tier S)"
    assert f"/staff/conversations/{parent.session}/#turn-2" in call["link"]
    assert call["link"] in message.get_content()
    assert receiver.headers[0]["X-Attune-Signature"] == webhook.signature(receiver.bodies[0], SIGNING)


async def test_no_word_of_the_parent_leaves_the_house_or_is_logged(
    parent: Parent, mail_server: MailServer, receiver: WebhookReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    receiver.status = 500
    await parent.write(DANGER)
    assert await arrives(receiver)
    assert await arrives(mail_server)
    await waits_for_another_try("webhook")
    left = receiver.bodies[0].decode() + mail_server.messages[0].as_string()
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("bot.", "django.")))
    assert "not delivered" in ours
    # Digits of the number alone may stand in a conversation's id by chance.
    for words in ("want to die", "heron", "kitchen", "0151 555", "555 0199", "sam@example.org", "glad you told me"):
        assert words not in left + ours, words


@pytest.mark.parametrize("manner", ["hanging", "busy"])
async def test_a_mail_server_that_fails_neither_delays_nor_breaks_a_reply_nor_the_webhook(
    parent: Parent, mail_server: MailServer, receiver: WebhookReceiver, manner: str
) -> None:
    mail_server.manner = manner
    for n in range(4):
        began = time.monotonic()
        answer = await parent.write(f"{DANGER} {n}")
        assert time.monotonic() - began < 1.0
        assert answer.status_code == 200
        assert answer.json()["messages"][0]["text"] == "I'm glad you told me."
    assert await arrives(receiver, 1.0)
    assert await asyncio.to_thread(mail_server.called.acquire, timeout=5)
    # And the mail comes when the server is well.
    mail_server.manner = "well"
    await waits_for_another_try("mail")
    await try_again_now()
    assert await arrives(mail_server)
    await settled("mail", "sent")
    assert len(mail_server.messages) == 1


@pytest.mark.parametrize("fault", ["500", "hanging"])
async def test_a_webhook_that_fails_is_called_again_and_holds_up_no_mail(
    parent: Parent, mail_server: MailServer, receiver: WebhookReceiver, fault: str
) -> None:
    receiver.status, receiver.manner = (500, "well") if fault == "500" else (200, "hanging")
    await parent.write(DANGER)
    assert await arrives(mail_server, 1.0)
    await waits_for_another_try("webhook")
    receiver.status, receiver.manner = 200, "well"
    await try_again_now()
    await settled("webhook", "sent")
    assert len(receiver.bodies) == 2
    assert receiver.bodies[0] == receiver.bodies[1]


async def test_a_mail_server_that_is_not_there_is_asked_again(
    parent: Parent, settings_of: Callable[..., None], mail_server: MailServer, free_port: int
) -> None:
    settings_of(ATTUNE_SMTP_URL=f"smtp://127.0.0.1:{free_port}")
    await parent.write(DANGER)
    await waits_for_another_try("mail")
    settings_of(ATTUNE_SMTP_URL=mail_server.url)
    await try_again_now()
    assert await arrives(mail_server)


async def test_with_a_full_outbox_the_parent_is_answered_the_turn_is_stored_and_the_alert_comes_later(
    parent: Parent, receiver: WebhookReceiver
) -> None:
    def full(*args: object, **fields: object) -> None:
        raise DatabaseError("the outbox is full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.web.outgoing.models.ParcelQuerySet._queue", full)
        began = time.monotonic()
        answer = await parent.write(DANGER)
        assert time.monotonic() - began < 3.0
    assert answer.json()["messages"][0]["text"] == "I'm glad you told me."
    assert [turn.tier for turn in await parent.turns()] == [None, "S"]
    assert receiver.bodies == []
    assert await sync_to_async(watch.catch_up)() == 1
    assert await arrives(receiver)


async def test_without_rasa_the_rules_raise_the_alarm_and_it_is_told(
    parent: Parent, channel: FakeChannel, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.chat.screening._screen", lambda text: "S" if "die" in text else None)
    channel.manner = "error"
    assert shows_helplines(await parent.write(DANGER), "crisis")
    assert await arrives(receiver)
    assert receiver.said()[0]["tier"] == "S"
