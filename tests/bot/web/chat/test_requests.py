"""Bad input, tokens, origins and limits: each a clear error in one shape, with the helplines."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core import signing
from fake_channel import HELP, reply_to
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from bot.settings import get_settings
from bot.web.chat import unheard
from bot.web.chat.limits import RateLimit, address_key
from bot.web.chat.models import Conversation
from bot.web.chat.tokens import SALT, make_token, read_token
from bot.web.errors import ApiError

from .parent import Parent, shows_helplines, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from fake_channel import FakeChannel
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db(transaction=True)


def is_error(answer: httpx.Response, status: int, code: str) -> bool:
    error = answer.json()["error"]
    return (answer.status_code, error["code"]) == (status, code) and bool(error["text"]) and shows_helplines(answer)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "not_json"),
        (b"\xff\xfe\x00binary", "not_json"),
        (b"[" * 30_000, "not_json"),
        (b"[]", "wrong_type"),
        (b'"text"', "wrong_type"),
        (b"{}", "wrong_type"),
        (b'{"id": 5, "text": "x"}', "wrong_type"),
        (b'{"id": "", "text": "x"}', "wrong_type"),
        (b'{"id": "a b", "text": "x"}', "wrong_type"),
        (b'{"id": "m", "text": null}', "wrong_type"),
        (b'{"id": "m", "text": 5}', "wrong_type"),
        (b'{"id": "m", "text": ["x"]}', "wrong_type"),
        (b'{"id": "m", "text": "x", "payload": "/x"}', "wrong_type"),
        (b'{"id": "m", "payload": {}}', "wrong_type"),
        (b'{"id": "m", "text": "\\ud83d"}', "not_text"),
        (b'{"id": "m", "text": "a\\u0000b"}', "not_text"),
        (json.dumps({"id": "m" * 65, "text": "x"}).encode(), "wrong_type"),
    ],
)
async def test_what_cannot_be_read_is_a_clear_error(
    parent: Parent, channel: FakeChannel, body: bytes, code: str
) -> None:
    answer = await parent.browser.post("/chat/message", content=body, headers=parent.headers)
    assert is_error(answer, 400, code)
    assert channel.heard == []


async def test_a_payload_longer_than_any_button_has_was_never_offered(parent: Parent, channel: FakeChannel) -> None:
    assert is_error(await parent.press("x" * 600), 403, "payload_not_offered")
    assert channel.heard == []


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"region": 5}', b'{"page": []}', b'{"region": "\\udc00"}'])
async def test_a_session_is_not_begun_from_nonsense(
    browser: httpx.AsyncClient, channel: FakeChannel, body: bytes
) -> None:
    assert (await browser.post("/chat/session", content=body)).status_code == 400


@pytest.mark.parametrize("page", ["http://[", "?only=query", "//", "x" * 5000, "/ä/😀"])
async def test_an_odd_page_is_no_reason_to_refuse_a_session(
    browser: httpx.AsyncClient, channel: FakeChannel, page: str
) -> None:
    assert (await browser.post("/chat/session", json={"page": page})).status_code == 200


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from(["id", "text"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "text", "payload", "x"]), inner),
    max_leaves=8,
)


@given(value=json_values)
@with_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_json_at_all_breaks_the_reading(value: Any) -> None:
    from django.test import RequestFactory

    from bot.web.chat.requests import Incoming, read_message

    request = RequestFactory().post("/chat/message", json.dumps(value), content_type="application/json")
    with contextlib.suppress(ApiError):
        assert isinstance(read_message(request), Incoming)


@pytest.fixture
def broken_rules() -> Iterator[pytest.MonkeyPatch]:
    """Rules that fail until `undo`."""

    def broken(text: str) -> None:
        raise RuntimeError("broken rules")

    with pytest.MonkeyPatch.context() as breaking:
        breaking.setattr("bot.web.chat.screening._screen", broken)
        yield breaking


async def test_a_long_text_is_screened_whole_and_a_shorter_one_asked_for(parent: Parent, channel: FakeChannel) -> None:
    answer = await parent.write("long words " * 500)
    assert answer.status_code == 200
    assert "hardest part" in texts(answer)[0]
    assert len(channel.heard[0]["text"]) == 5500
    [turn] = await parent.turns()
    assert (turn.failed, len(turn.text)) == (False, 5500)


async def test_danger_in_a_long_text_is_answered(parent: Parent) -> None:
    answer = await parent.write("long words " * 500 + "and I want to die")
    assert texts(answer) == ["I'm glad you told me."]


async def test_the_gentle_check_after_a_long_text_is_shown_and_stays_last(parent: Parent) -> None:
    answer = await parent.write("nothing left in me " + "long words " * 500)
    *_, last = answer.json()["messages"]
    assert "hardest part" in texts(answer)[0]
    assert [choice["payload"] for choice in last["choices"]] == ["/affirm", "/deny"]


@pytest.mark.parametrize("known_to", ["web", "rasa"])
async def test_while_a_risk_is_open_a_long_text_keeps_the_helplines(
    parent: Parent, channel: FakeChannel, known_to: str
) -> None:
    if known_to == "web":
        await Conversation.objects.filter(pk=parent.session).aupdate(highest_tier="S")
    bar = {"text": "An answer.", "card": {**HELP, "compact": True, "lines": [{"name": "988"}]}}
    reply = reply_to({"text": "x", "region": "US"}) | {"messages": [bar], "risk": "S" if known_to == "rasa" else None}
    channel.manner, channel.raw = "raw", json.dumps(reply).encode()
    answer = await parent.write("long words " * 500)
    assert [words[:12] for words in texts(answer)] == ["Thank you fo", "An answer."]
    assert shows_helplines(answer)


async def test_helplines_of_a_reply_in_another_language_are_not_taken_away(
    parent: Parent, channel: FakeChannel
) -> None:
    spanish = {"text": "Estoy aquí.", "card": {**HELP, "lines": [{"name": "988"}]}}
    reply = reply_to({"text": "x", "region": "US"}) | {"messages": [spanish]}
    channel.manner, channel.raw = "raw", json.dumps(reply).encode()
    assert texts(await parent.write("palabras " * 500)) == ["Estoy aquí."]


async def test_a_question_of_an_exercise_after_a_long_text_is_shown_as_it_counts(
    parent: Parent, channel: FakeChannel
) -> None:
    reply = reply_to({"text": "x", "region": "US"}) | {"asks": "exercise_next"}
    channel.manner, channel.raw = "raw", json.dumps(reply).encode()
    assert texts(await parent.write("long words " * 500))[-1] == "You said: x"


async def test_masked_details_in_a_long_text_are_told(parent: Parent) -> None:
    answer = await parent.write("long words " * 500 + "call me on 07700 900123")
    assert len(texts(answer)) == 2
    assert "phone number out of this chat" in texts(answer)[1]


async def test_a_hundred_thousand_characters_are_kindly_refused(parent: Parent, channel: FakeChannel) -> None:
    assert is_error(await parent.write("x" * 100_000), 413, "too_large")
    assert channel.heard == []


async def test_danger_in_a_hundred_thousand_characters_is_answered(parent: Parent) -> None:
    answer = await parent.write("x" * 100_000 + " I want to die")
    assert answer.status_code == 200
    assert shows_helplines(answer, "crisis")
    assert (await parent.conversation()).crisis is True


async def test_a_hundred_thousand_characters_that_nobody_could_read_in_time_are_read_afterwards(
    parent: Parent, channel: FakeChannel, broken_rules: pytest.MonkeyPatch
) -> None:
    answer = await parent.write("x" * 100_000 + " I want to die")
    assert answer.status_code == 200
    assert shows_helplines(answer, "crisis")
    broken_rules.undo()
    assert await unheard.listen() == 1
    assert (await parent.conversation()).crisis


async def test_a_hundred_thousand_characters_are_not_given_to_rasa_afterwards(
    parent: Parent, channel: FakeChannel, broken_rules: pytest.MonkeyPatch
) -> None:
    await parent.write("go to sleep for good " * 5_000)
    broken_rules.undo()
    assert await unheard.listen() == 0
    [turn] = await parent.turns()
    assert turn.understood == {}


@pytest.mark.parametrize("path", ["/chat/message", "/chat/session", "/api/bookings"])
async def test_a_body_beyond_the_hard_limit_is_refused_unread(parent: Parent, path: str) -> None:
    answer = await parent.browser.post(path, content=b"x" * 300_000, headers=parent.headers)
    assert is_error(answer, 413, "too_large")
    assert "X-Request-Id" in answer.headers


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_other_methods_are_refused_in_the_error_shape(parent: Parent, method: str) -> None:
    answer = await parent.browser.request(method, "/chat/message", headers=parent.headers)
    assert is_error(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"


async def test_an_unknown_address_of_the_api_is_an_error_in_the_same_shape(parent: Parent) -> None:
    assert is_error(await parent.browser.get("/chat/nothing"), 404, "not_found")


# Tokens -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic abc",
        "Bearer " + "x" * 5000,
        "Bearer " + signing.dumps("a" * 32, salt="another"),
        "Bearer " + signing.dumps({"session": "a" * 32}, salt=SALT),
        "Bearer " + signing.dumps("not a session", salt=SALT),
        "Bearer ä".encode("latin-1").decode("latin-1"),
    ],
    ids=["none", "empty", "no token", "blank token", "one letter", "another scheme", "very long", "another salt",
         "no id", "no session", "not ascii"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/chat/message"), ("GET", "/chat/history"), ("DELETE", "/chat/session")]
)
async def test_without_a_good_token_nothing_is_done(
    browser: httpx.AsyncClient, channel: FakeChannel, header: str | None, method: str, path: str
) -> None:
    headers = {} if header is None else {b"Authorization": header.encode("latin-1")}
    answer = await browser.request(method, path, headers=headers, json={"id": "m", "text": "x"})
    assert is_error(answer, 401, "token_invalid")
    assert channel.heard == []


async def test_a_changed_token_is_refused(parent: Parent) -> None:
    parent.token = parent.token[:-1] + ("A" if parent.token[-1] != "A" else "B")
    assert (await parent.write("hello")).status_code == 401


async def test_an_old_token_says_that_it_has_expired(parent: Parent, settings: SettingsWrapper) -> None:
    settings.CHAT_TOKEN_SECONDS = -1
    assert is_error(await parent.write("hello"), 401, "token_expired")


def test_a_token_carries_the_session_and_nothing_else() -> None:
    session = "0123456789abcdef" * 2
    token = make_token(session)
    assert read_token(token) == session
    assert signing.loads(token, salt=SALT) == session


# Origins ----------------------------------------------------------------------------------------------

PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


@pytest.fixture
def allowed(environment: pytest.MonkeyPatch) -> str:
    environment.setenv("ATTUNE_ALLOWED_ORIGINS", "https://practice.example, https://www.practice.example")
    get_settings.cache_clear()
    return "https://practice.example"


@pytest.mark.parametrize("path", ["/chat/session", "/chat/message", "/api/bookings"])
async def test_a_page_of_the_practice_may_call_the_api(browser: httpx.AsyncClient, allowed: str, path: str) -> None:
    answer = await browser.options(path, headers={"Origin": allowed, **PREFLIGHT})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == allowed
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_the_practice_s_page_may_read_answers_and_errors(
    browser: httpx.AsyncClient, channel: FakeChannel, allowed: str
) -> None:
    for path in ("/chat/session", "/chat/message"):
        answer = await browser.post(path, headers={"Origin": allowed})
        assert answer.headers["Access-Control-Allow-Origin"] == allowed


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://practice.example.evil.example",
        "http://practice.example",
        "https://practice.example:8443",
        "null",
        "x",
        "",
        "http://[",
        "http://[::1",
        "https://practice.example:99999",
        "https://practice.example@evil.example",
        "https://\u2100.example",
        "\xff\xfe",
    ],
)
async def test_a_foreign_page_may_not(
    browser: httpx.AsyncClient, channel: FakeChannel, allowed: str, origin: str
) -> None:
    for method in ("OPTIONS", "POST"):
        headers = {"Origin": origin.encode("utf-8"), **{name: value.encode() for name, value in PREFLIGHT.items()}}
        answer = await browser.request(method, "/chat/session", headers=headers)
        assert is_error(answer, 403, "origin_not_allowed")
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1", "http://127.0.0.1"),
        ("127.0.0.1", "https://127.0.0.1"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("127.0.0.1:443", "https://127.0.0.1"),
        ("LOCALHOST", "http://localhost"),
        ("[::1]:8000", "http://[::1]:8000"),
    ],
)
async def test_our_own_page_may_call_the_api_also_behind_a_proxy_that_ends_tls(
    browser: httpx.AsyncClient, channel: FakeChannel, host: str, origin: str
) -> None:
    answer = await browser.post("/chat/session", headers={"Host": host, "Origin": origin})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8001", "http://127.0.0.10"])
async def test_what_else_is_on_this_machine_is_no_page_of_ours(
    browser: httpx.AsyncClient, channel: FakeChannel, origin: str
) -> None:
    answer = await browser.post("/chat/session", headers={"Host": "127.0.0.1:8000", "Origin": origin})
    assert is_error(answer, 403, "origin_not_allowed")


async def test_an_allowed_origin_counts_however_the_setting_writes_it(
    browser: httpx.AsyncClient, channel: FakeChannel, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("ATTUNE_ALLOWED_ORIGINS", "HTTPS://WWW.Practice.example:443/")
    get_settings.cache_clear()
    answer = await browser.post("/chat/session", headers={"Origin": "https://www.practice.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "https://www.practice.example"


async def test_the_chat_has_no_cookies(parent: Parent) -> None:
    answer = await parent.write("hello")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "no-store"


# Limits -----------------------------------------------------------------------------------------------


@pytest.fixture
def three_a_minute(settings: SettingsWrapper) -> None:
    settings.CHAT_SESSION_MESSAGES_PER_MINUTE = 3


async def test_a_session_that_sends_too_much_is_asked_to_wait(three_a_minute: None, parent: Parent) -> None:
    answers = [await parent.write(f"{n}") for n in range(4)]
    assert [answer.status_code for answer in answers[:3]] == [200] * 3
    assert is_error(answers[3], 429, "too_many")
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 20


async def test_a_cry_for_help_is_never_limited(three_a_minute: None, parent: Parent) -> None:
    answers = [await parent.write("hello") for _ in range(4)]
    assert answers[-1].status_code == 429
    assert texts(await parent.write("I want to die")) == ["I'm glad you told me."]


async def test_what_the_rules_could_not_read_is_never_limited(
    three_a_minute: None, parent: Parent, broken_rules: pytest.MonkeyPatch
) -> None:
    answers = [await parent.write("I want to die") for _ in range(4)]
    assert texts(answers[-1]) == ["I'm glad you told me."]


async def test_an_address_has_a_limit_over_all_its_sessions(
    browser: httpx.AsyncClient, channel: FakeChannel, settings: SettingsWrapper
) -> None:
    settings.CHAT_ADDRESS_MESSAGES_PER_MINUTE = 5
    statuses = [(await browser.post("/chat/session")).status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2


def test_a_limit_refills_steadily() -> None:
    time = [0.0]
    limit = RateLimit(30, clock=lambda: time[0])
    assert [limit.take("a") for _ in range(31)] == [0] * 30 + [2]
    assert limit.take("b") == 0
    time[0] += 2
    assert limit.take("a") == 0
    assert limit.take("a") > 0


def test_a_limit_forgets_addresses_that_were_quiet_for_a_minute() -> None:
    time = [0.0]
    limit = RateLimit(30, clock=lambda: time[0])
    limit.take("a")
    time[0] += 61
    limit.take("b")
    assert list(limit._buckets) == ["b"]


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
    ],
)
def test_one_household_is_one_address(address: str, key: str) -> None:
    from django.test import RequestFactory

    assert address_key(RequestFactory().get("/", REMOTE_ADDR=address)) == key
