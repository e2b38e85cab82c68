"""Fifty parents at once, over real sockets: of one slot one gets it, of fifty slots everybody gets theirs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from serving import Serving

from bot.web.booking.models import Booking, WeeklyHours
from bot.web.booking.slots import open_slots
from bot.web.chat.models import Conversation
from bot.web.chat.tokens import make_token
from bot.web.outgoing.models import Parcel

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db(transaction=True)

PARENTS = 50


@pytest.fixture
def server() -> Iterator[Serving]:
    from bot.web.asgi import application

    serving = Serving(application)
    yield serving
    serving.stop()


@pytest.fixture
def tokens(therapist, clock) -> list[str]:
    conversations = Conversation.objects.bulk_create(Conversation() for _ in range(PARENTS))
    return [make_token(one.pk) for one in conversations]


async def rush(url: str, tokens: list[str], slots: list[str]) -> list[httpx.Response]:
    """Every parent books at the same moment, each a slot of `slots` in turn."""
    limits = httpx.Limits(max_connections=PARENTS)
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60, limits=limits) as client:

        async def book(n: int) -> httpx.Response:
            form: dict[str, Any] = {
                "slot": slots[n % len(slots)],
                "kind": "video",
                "name": f"Parent {n}",
                "email": f"parent{n}@example.org",
                "contact": "email",
                "consent": True,
            }
            headers = {"Authorization": f"Bearer {tokens[n]}", "Host": "localhost"}
            return await client.post("/api/bookings", json=form, headers=headers)

        return list(await asyncio.gather(*(book(n) for n in range(len(tokens)))))


@sync_to_async
def check_one_got_it(answers: list[httpx.Response], slot: Any) -> None:
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (PARENTS - 1)
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["error"]["code"] == "slot_taken"
            assert len(answer.json()["slots"]) == 3
            assert slot.id not in [one["id"] for one in answer.json()["slots"]]
    assert Booking.objects.live().filter(start=slot.start).count() == 1
    assert Parcel.objects.filter(about=Booking.objects.get(start=slot.start).public_id).count() == 1


async def test_of_fifty_parents_one_gets_the_slot_and_the_others_the_next_three(server, tokens, free):
    await check_one_got_it(await rush(server.url, tokens, [free[0].id]), free[0])


async def test_of_fifty_slots_none_is_lost(server, tokens, free):
    answers = await rush(server.url, tokens, [slot.id for slot in free[:PARENTS]])
    assert [answer.status_code for answer in answers] == [201] * PARENTS
    booked = await sync_to_async(lambda: [one.start for one in Booking.objects.live()])()
    assert booked == sorted({slot.start for slot in free[:PARENTS]})
    assert await sync_to_async(Parcel.objects.count)() == PARENTS


async def test_a_capacity_of_three_is_three(server, tokens, free, therapist):
    therapist.capacity = 3
    await sync_to_async(therapist.save)()
    answers = await rush(server.url, tokens, [free[0].id])
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * (PARENTS - 3)
    seats = await sync_to_async(lambda: sorted(one.seat for one in Booking.objects.live()))()
    assert seats == [0, 1, 2]


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_a_hundred_rounds_without_a_double_or_a_lost_booking(server, tokens, therapist, clock):
    therapist.horizon_days = 60
    await sync_to_async(therapist.save)()
    await sync_to_async(WeeklyHours.objects.update)(opens="00:00", closes="23:30")
    free = await sync_to_async(open_slots)(clock.now())
    for slot in free[:100]:
        await sync_to_async(Booking.objects.update)(session="")  # nobody runs into the limit of a session
        await check_one_got_it(await rush(server.url, tokens, [slot.id]), slot)
    assert await sync_to_async(Booking.objects.live().count)() == 100
