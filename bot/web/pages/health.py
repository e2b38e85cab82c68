"""/healthz: this process lives. /readyz: all parts can answer a parent. /metrics: what was counted."""

from __future__ import annotations

import asyncio
import hmac
import time
from typing import TYPE_CHECKING, Any

import httpx
from django.db import connection
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from bot.rasa_port import rasa_urls
from bot.settings import get_settings, is_this_machine
from bot.web import database
from bot.web.chat.rasa_client import client
from bot.web.metrics import exposition

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from django.http import HttpRequest

PART_SECONDS = 1.0
NO_STORE = {"Cache-Control": "no-store"}


async def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the event loop turns."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET"])
    return JsonResponse({"status": "alive"}, headers=NO_STORE)


async def ready(request: HttpRequest) -> HttpResponse:
    """200 when every part answers within a second, else 503; which part, and how long it took, as JSON."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET"])
    settings = get_settings()
    checks = {
        "database": database.read(_ask_database, PART_SECONDS),
        "rasa": _any([f"{url}/webhooks/attune/" for url in rasa_urls(settings)]),
        "actions": _any([f"{url}/health" for url in settings.actions_urls]),
    }
    parts = dict(zip(checks, await asyncio.gather(*(_part(check) for check in checks.values())), strict=True))
    good = all(part["ok"] for part in parts.values())
    body = {"status": "ready" if good else "not ready", "parts": parts}
    return JsonResponse(body, status=200 if good else 503, headers=NO_STORE)


async def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text for this machine, or for who has ATTUNE_METRICS_TOKEN; for others there is nothing here.

    That somebody was in danger tonight can be read from the numbers of a small practice.
    """
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET"])
    if not _may_measure(request):
        raise Http404
    return HttpResponse(await exposition(), content_type=CONTENT_TYPE_LATEST, headers=NO_STORE)


def _may_measure(request: HttpRequest) -> bool:
    token = get_settings().metrics_token
    if token is None:
        return is_this_machine(request.META.get("REMOTE_ADDR"))
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


async def _part(check: Awaitable[None]) -> dict[str, Any]:
    started = time.perf_counter()
    error = None
    try:
        await asyncio.wait_for(check, PART_SECONDS)
    except asyncio.TimeoutError:
        error = "no answer in time"
    except (httpx.HTTPError, database.DatabaseUnavailableError) as problem:
        # Only the kind of fault: this address is public.
        error = type(problem).__name__
    took = round((time.perf_counter() - started) * 1000, 1)
    return {"ok": error is None, "milliseconds": took} | ({"error": error} if error else {})


async def _any(urls: Sequence[str]) -> None:
    """Return when one of several processes answers; raises what the last one failed with."""
    asked = [asyncio.ensure_future(_get(url)) for url in urls]
    try:
        for place, answer in enumerate(asyncio.as_completed(asked)):
            try:
                return await answer
            except httpx.HTTPError:
                if place == len(asked) - 1:
                    raise
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


async def _get(url: str) -> None:
    (await client().get(url)).raise_for_status()


def _ask_database() -> None:
    with connection.cursor() as cursor:
        # A table of ours, not SELECT 1: a database that was never migrated is not ready.
        cursor.execute("SELECT COUNT(*) FROM chat_conversation WHERE id = ''")
        cursor.fetchone()
