"""Reads what browsers send: JSON with the right types, or an ApiError that says what is wrong."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig

from bot.web.errors import ApiError

if TYPE_CHECKING:
    from django.http import HttpRequest

_ID = re.compile(r"[\x21-\x7e]{1,64}")
LONGEST_PAYLOAD = 500


@dataclass(frozen=True)
class Incoming:
    """One message of a parent: either `text` or the `payload` of a pressed button."""

    id: str
    text: str | None = None
    payload: str | None = None
    # Over the body limit: read only so that what it says about danger is not missed.
    oversized: bool = False


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The body as a mapping; an empty body is an empty one. Raises ApiError 400 or 413."""
    try:
        body = request.body
    except RequestDataTooBig:
        raise too_large() from None
    if not body:
        return {}
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ApiError(400, "not_json", "That could not be read: the body is not JSON in UTF-8.") from None
    if not isinstance(data, dict):
        raise ApiError(400, "wrong_type", "That could not be read: the body has to be a JSON object.")
    return data


def read_message(request: HttpRequest) -> Incoming:
    """The message in the body. Raises ApiError 400 or 413."""
    data = read_json(request)
    message_id = data.get("id")
    if not isinstance(message_id, str) or not _ID.fullmatch(message_id):
        raise ApiError(400, "wrong_type", "A message needs an `id` of 1 to 64 visible ASCII characters.")
    text, payload = _text(data, "text"), _text(data, "payload")
    if (text is None) == (payload is None):
        raise ApiError(400, "wrong_type", "A message has either a `text` or a `payload`.")
    if payload is not None and len(payload) > LONGEST_PAYLOAD:
        raise not_offered()
    return Incoming(message_id, text, payload, oversized=len(request.body) > settings.CHAT_BODY_LIMIT)


def read_opening(request: HttpRequest) -> tuple[str | None, str]:
    """Region (None if not given) and path of the host page of a new session. Raises ApiError 400 or 413."""
    data = read_json(request)
    region, page = _text(data, "region"), _text(data, "page")
    if len(request.body) > settings.CHAT_BODY_LIMIT:
        raise too_large()
    try:
        # Query and fragment may tell who the visitor is; the path is enough to know what they read.
        path = urlsplit(page or "").path
    except ValueError:
        path = ""
    return (region or "").strip() or None, path[:300]


def _text(data: dict[str, Any], name: str) -> str | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ApiError(400, "wrong_type", f"`{name}` has to be a text.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ApiError(400, "not_text", f"`{name}` has half of a character in it (a lone surrogate).") from None
    if "\0" in value:
        raise ApiError(400, "not_text", f"`{name}` has a NUL character in it.")
    return value


def not_offered() -> ApiError:
    """The error for a button that this session never showed."""
    return ApiError(
        403, "payload_not_offered", "That button does not belong to this conversation. You can write to me."
    )


def too_large(region: str | None = None) -> ApiError:
    """The error for more than the limits take."""
    return ApiError(
        413,
        "too_large",
        "That was more than I can read at once. Please send the hardest part of it first.",
        region=region,
    )
