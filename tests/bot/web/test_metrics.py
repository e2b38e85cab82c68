"""/metrics: what is counted, for whom, and that no word and no id is in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from chat.parent import Parent

from bot.settings import get_settings

if TYPE_CHECKING:
    import httpx
    from fake_channel import FakeChannel

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "Zaphodine Quux"


async def scraped(browser: httpx.AsyncClient, **headers: str) -> dict[str, float]:
    answer = await browser.get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    rows = [line.rsplit(" ", 1) for line in answer.text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in rows}


def grown(before: dict[str, float], after: dict[str, float], name: str) -> float:
    return after.get(name, 0.0) - before.get(name, 0.0)


async def test_turns_tiers_and_answers_are_counted(browser: httpx.AsyncClient, channel: FakeChannel) -> None:
    parent = await Parent(browser).arrive(region="US")
    before = await scraped(browser)
    await parent.write("I want to die")
    await parent.write("hello")
    after = await scraped(browser)
    assert grown(before, after, 'attune_turns_total{by="rasa",kind="text"}') == 2
    assert grown(before, after, 'attune_tiers_total{tier="S"}') == 1
    assert grown(before, after, "attune_turn_seconds_count") == 2
    assert grown(before, after, 'attune_responses_total{status="2xx"}') >= 2
    assert after['attune_model_info{model="test-model"}'] == 1
    assert after['attune_outbox_parcels{state="failed"}'] == 0


async def test_a_turn_that_rasa_did_not_answer_is_an_error(browser: httpx.AsyncClient, channel: FakeChannel) -> None:
    parent = await Parent(browser).arrive(region="US")
    before = await scraped(browser)
    channel.manner = "error"
    await parent.write("hello")
    after = await scraped(browser)
    assert grown(before, after, 'attune_turns_total{by="rules",kind="text"}') == 1
    assert grown(before, after, 'attune_errors_total{kind="rasa"}') == 1


async def test_no_words_and_no_ids_are_in_it(browser: httpx.AsyncClient, channel: FakeChannel) -> None:
    parent = await Parent(browser).arrive(region="US", page=f"/{SECRET}")
    await parent.write(f"I am {SECRET}", "an-id-of-the-browser")
    text = (await browser.get("/metrics")).text
    for hidden in ("Zaphodine", "Quux", parent.session, parent.token, "an-id-of-the-browser"):
        assert hidden not in text
    labels = set(re.findall(r'(\w+)="', text))
    assert labels <= {"kind", "by", "tier", "status", "state", "model", "process", "le"}


async def test_with_a_token_it_is_for_who_has_it(
    browser: httpx.AsyncClient, channel: FakeChannel, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("ATTUNE_METRICS_TOKEN", "a token for prometheus")
    get_settings.cache_clear()
    assert (await browser.get("/metrics")).status_code == 404
    assert (await browser.get("/metrics", headers={"Authorization": "Bearer wrong"})).status_code == 404
    assert await scraped(browser, Authorization="Bearer a token for prometheus")


async def test_from_another_machine_there_is_nothing(browser: httpx.AsyncClient) -> None:
    browser._transport.client = ("203.0.113.9", 1)  # type: ignore[attr-defined]  # httpx's stand-in for a socket
    assert (await browser.get("/metrics")).status_code == 404
