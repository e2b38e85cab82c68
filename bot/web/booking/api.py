"""GET /api/slots and POST /api/bookings."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from bot.web.booking.form import InvalidFormError, read_wish
from bot.web.booking.models import Booking
from bot.web.booking.policy import get_policy, zone_or
from bot.web.booking.slots import MOST_DAYS, next_slots, open_slots
from bot.web.booking.wishes import (
    NoSuchSlotError,
    OtherKindError,
    SlotPassedError,
    SlotTakenError,
    TooManyBookingsError,
)
from bot.web.booking.wording import full
from bot.web.chat.limits import RateLimit, address_key
from bot.web.chat.models import Conversation
from bot.web.chat.tokens import invalid_token, session_of
from bot.web.errors import ApiError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from django.http import HttpRequest

    from bot.web.booking.wishes import Wish

log = logging.getLogger(__name__)

OPENAPI = Path(__file__).with_name("openapi.yml")
DEFAULT_DAYS = 14
ATTEMPTS = 3  # to get a lock that others hold
_limit = RateLimit(settings.CHAT_ADDRESS_MESSAGES_PER_MINUTE)


def _error(status: int, code: str, text: str, **more: Any) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "text": text}, **more}, status=status)


@require_GET
def slots(request: HttpRequest) -> JsonResponse:
    """The free times of the next `days` days in the zone `tz`; public, and empty unless the practice books here.

    `kind` and `language` leave only the times of therapists who offer them.
    """
    policy = get_policy()
    zone = zone_or(request.GET.get("tz"), policy.zone)
    raw = request.GET.get("days", str(DEFAULT_DAYS))
    if not (raw.isascii() and raw.isdigit() and len(raw) < 5 and int(raw) > 0):
        return _error(400, "days", f"Ask for 1 to {MOST_DAYS} days.")
    found = open_slots(timezone.now(), timedelta(days=min(int(raw), MOST_DAYS)), policy)
    if kind := request.GET.get("kind"):
        found = [slot for slot in found if kind in slot.kinds]
    if language := request.GET.get("language", "").casefold():
        found = [slot for slot in found if language in (one.casefold() for one in slot.languages)]
    return JsonResponse({"time_zone": zone.key, "slots": [slot.as_json(zone) for slot in found]})


@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of this API."""
    return HttpResponse(_openapi(), content_type="application/json")


@cache
def _openapi() -> str:
    document: dict[str, Any] = yaml.safe_load(OPENAPI.read_text("utf-8"))
    return json.dumps(document)


def _body(request: HttpRequest) -> dict[str, Any] | None:
    try:
        values = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _conversation(request: HttpRequest) -> str:
    """The chat session that asks. Raises ApiError 401, also for one that its parent erased."""
    session = session_of(request)
    if not Conversation.objects.kept().filter(pk=session).exists():
        raise invalid_token()
    return session


def _next_three(zone: ZoneInfo) -> list[dict[str, Any]]:
    return [slot.as_json(zone) for slot in next_slots(timezone.now())]


def _book(wish: Wish) -> Booking:
    """Books, and waits for its turn in a rush. Raises BookingError, OperationalError."""
    for _ in range(ATTEMPTS - 1):
        try:
            return Booking.objects.book(wish, timezone.now())
        except OperationalError as problem:
            log.warning("a booking waits for the database: %s", problem)
    return Booking.objects.book(wish, timezone.now())


@csrf_exempt  # a bearer token, which no browser sends by itself
@require_POST
def bookings(request: HttpRequest) -> JsonResponse:
    """Books a slot: 201 with the booking, 409 with the next three times, 422 with the fields to mend."""
    try:
        conversation = _conversation(request)
    except ApiError as refused:
        return _error(refused.status, refused.code, refused.text)
    if wait := _limit.take(address_key(request)):
        refusal = _error(429, "too_often", "That was a lot at once. Please wait a moment and try again.")
        refusal["Retry-After"] = str(wait)
        return refusal
    if len(request.body) > settings.CHAT_BODY_LIMIT:
        return _error(413, "too_large", "That is more than this form can take.")
    values = _body(request)
    if values is None:
        return _error(400, "bad_request", "That could not be read.")
    policy = get_policy()
    if policy.mode != "slots":
        return _error(409, "booking_off", f"Times are not booked here. {policy.contact}".strip())
    try:
        session = salted_hmac("attune.booking.session", conversation, algorithm="sha256").hexdigest()
        wish = read_wish(values, policy, session)
    except InvalidFormError as problem:
        return _error(422, "invalid", "Some details need another look.", fields=problem.fields)
    zone = zone_or(wish.time_zone, policy.zone)
    try:
        booking = _book(wish)
    except SlotTakenError:
        text = "Someone has just taken this time. These are the next ones."
        return _error(409, "slot_taken", text, slots=_next_three(zone))
    except SlotPassedError:
        text = "This time is too soon or already over. These are the next ones."
        return _error(409, "slot_passed", text, slots=_next_three(zone))
    except NoSuchSlotError:
        fields = {"slot": "This is not one of the times. Please choose another."}
        return _error(422, "invalid", "Some details need another look.", fields=fields, slots=_next_three(zone))
    except OtherKindError:
        fields = {"kind": "This time is not offered in this way. Please choose another way, or another time."}
        return _error(422, "invalid", "Some details need another look.", fields=fields)
    except TooManyBookingsError:
        text = "You already have a time booked. You can move it with the link that you were given."
        return _error(409, "too_many", text)
    except OperationalError:
        log.exception("a booking could not be written")
        return _error(503, "busy", f"This could not be saved just now. Please try again. {policy.contact}".strip())
    return JsonResponse({"booking": _answer(booking, zone)}, status=201)


def _answer(booking: Booking, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "start": booking.start.astimezone(zone).isoformat(),
        "end": booking.end.astimezone(zone).isoformat(),
        "label": full(booking.start, zone),
        "kind": booking.kind,
        "how_it_starts": get_policy().how_it_starts(booking.kind),
        "manage_url": booking.manage_url,
    }
