"""/healthz: this process lives. /readyz: it, the database, Rasa and the action server can answer a parent."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import httpx
from django.db import connection
from django.http import HttpResponseNotAllowed, JsonResponse

from bot.rasa_port import rasa_port
from bot.settings import get_settings
from bot.web import database
from bot.web.chat.rasa_client import client

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from django.http import HttpRequest, HttpResponse

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
        "rasa": _get(f"http://127.0.0.1:{rasa_port(settings)}/webhooks/attune/"),
        "actions": _get(f"http://127.0.0.1:{settings.actions_port}/health"),
    }
    parts = dict(zip(checks, await asyncio.gather(*(_part(check) for check in checks.values())), strict=True))
    good = all(part["ok"] for part in parts.values())
    body = {"status": "ready" if good else "not ready", "parts": parts}
    return JsonResponse(body, status=200 if good else 503, headers=NO_STORE)


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


async def _get(url: str) -> None:
    (await client().get(url)).raise_for_status()


def _ask_database() -> None:
    with connection.cursor() as cursor:
        # A table of ours, not SELECT 1: a database that was never migrated is not ready.
        cursor.execute("SELECT COUNT(*) FROM chat_conversation WHERE id = ''")
        cursor.fetchone()
