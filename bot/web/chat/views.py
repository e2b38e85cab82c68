"""The public chat API: thin views over tokens, limits, turns and the log."""

from __future__ import annotations

import asyncio
import json
import logging
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse

from bot.safety.tiers import ALARM
from bot.web import database, shared
from bot.web.chat.fallback import new_message_id
from bot.web.chat.forgetting import forget
from bot.web.chat.limits import ChatLimits
from bot.web.chat.log import turn_log
from bot.web.chat.models import new_session_id
from bot.web.chat.requests import Incoming, read_message, read_opening
from bot.web.chat.screening import screen
from bot.web.chat.tokens import make_token, session_of
from bot.web.chat.turns import turns
from bot.web.content import get_content
from bot.web.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from django.http import HttpRequest

    View = Callable[[HttpRequest], Coroutine[Any, Any, HttpResponse]]

logger = logging.getLogger(__name__)
OPENAPI = Path(__file__).with_name("openapi.yml")
LIMITED = "That was a lot in a short time. Please wait a moment and try again; nothing that you wrote is lost."
NOT_ERASED = "This could not be erased just now. Please try again in a minute."
NOT_READABLE = "What was said before cannot be shown just now. You can go on writing."


@cache
def limits() -> ChatLimits:
    """The limits of this process."""
    return ChatLimits()


def api(**views: View) -> View:
    """A view that calls the one of the request's method and answers ApiError in the error shape."""

    async def dispatch(request: HttpRequest) -> HttpResponse:
        view = views.get("GET" if request.method == "HEAD" else request.method or "")
        if view is None:
            return HttpResponseNotAllowed(sorted(views))
        try:
            return await view(request)
        except ApiError as error:
            return error.response()

    return dispatch


def with_region(view: Callable[[HttpRequest, str], Coroutine[Any, Any, HttpResponse]]) -> View:
    """Reads the session from the token, and makes errors show the helplines of its region."""

    @wraps(view)
    async def inside(request: HttpRequest) -> HttpResponse:
        session = session_of(request)
        try:
            return await view(request, session)
        except ApiError as error:
            error.region = error.region or await turn_log.region_of(session)
            raise

    return inside


async def begin(request: HttpRequest) -> HttpResponse:
    """A new session with its token and opening messages."""
    region, page = read_opening(request)
    _check(await limits().wait(request))
    content = get_content()
    place = content.region(region)
    opening = [{"id": new_message_id(), "from": "bot", **message} for message in content.opening(place)]
    session = new_session_id()
    await turn_log.begin(session, place, page, opening)
    return JsonResponse({"token": make_token(session), "session": session, "messages": opening, "region": place})


@with_region
async def message(request: HttpRequest, session: str) -> HttpResponse:
    """The answer to one message; the same id gets the same answer."""
    incoming = read_message(request)
    wait = await limits().wait(request, session)
    if wait and not await _alarming(incoming):
        _check(wait)
    answer = await turns.answer(session, incoming)
    # A region that was guessed would be kept by the widget: rather none.
    region = {"region": answer.region} if answer.region else {}
    return JsonResponse({"messages": answer.messages, "id": answer.id, **region})


@with_region
async def history(request: HttpRequest, session: str) -> HttpResponse:
    """The conversation as the parent saw it."""
    try:
        messages = await turn_log.history(session)
    except database.DatabaseUnavailableError as error:
        logger.error("%s could not be read: %s", session, error)
        raise ApiError(503, "unavailable", NOT_READABLE, retry_after=10) from None
    return JsonResponse({"messages": messages})


@with_region
async def erase(request: HttpRequest, session: str) -> HttpResponse:
    """Erase the conversation; 204 also when Rasa is down, which is then asked again later."""
    try:
        # A turn that is being answered comes first, or it would be stored after the erasing.
        await asyncio.wait_for(_erase(session), 3.0)
    except (database.DatabaseUnavailableError, asyncio.TimeoutError) as error:
        logger.error("%s could not be erased: %s", session, error or "no answer in time")
        raise ApiError(503, "unavailable", NOT_ERASED, retry_after=10) from None
    await forget(session)
    return HttpResponse(status=204)


async def openapi(request: HttpRequest) -> HttpResponse:
    """The description of this API."""
    return HttpResponse(_openapi(), content_type="application/json")


async def _erase(session: str) -> None:
    async with shared.sole(session):
        await turn_log.erase(session)


async def _alarming(incoming: Incoming) -> bool:
    """Whether the rules find danger, or could not tell: then the message is answered as any other."""
    if incoming.text is None:
        return False
    found = await screen(incoming.text)
    return found.unheard or found.tier in ALARM


def _check(wait: int) -> None:
    if wait:
        raise ApiError(429, "too_many", LIMITED, retry_after=wait)


@cache
def _openapi() -> str:
    document: dict[str, Any] = yaml.safe_load(OPENAPI.read_text("utf-8"))
    return json.dumps(document)
