"""The signed token of a session: it carries the session id and when it was made, nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing

from bot.web.errors import ApiError

if TYPE_CHECKING:
    from django.http import HttpRequest

SALT = "attune.chat.session"
_SESSION_ID = re.compile(r"[0-9a-f]{32}")
EXPIRED = "This conversation has ended because it was open for long. A new one can begin at once."
UNKNOWN = "This conversation is not known here any more. A new one can begin at once."


def make_token(session: str) -> str:
    """A token for `session`, valid for settings.CHAT_TOKEN_SECONDS from now."""
    return signing.dumps(session, salt=SALT)


def read_token(token: str) -> str:
    """The session id in `token`. Raises ApiError 401 with code token_expired or token_invalid."""
    try:
        session = signing.loads(token, salt=SALT, max_age=settings.CHAT_TOKEN_SECONDS)
    except signing.SignatureExpired:
        raise ApiError(401, "token_expired", EXPIRED) from None
    except (signing.BadSignature, ValueError):
        raise invalid_token() from None
    if not isinstance(session, str) or not _SESSION_ID.fullmatch(session):
        raise invalid_token()
    return session


def session_of(request: HttpRequest) -> str:
    """The session id of the request's Bearer token. Raises ApiError 401.

    Says nothing about whether the conversation was erased since: that takes the database.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > 300:
        raise invalid_token()
    return read_token(token.strip())


def invalid_token() -> ApiError:
    """The error for a token that never was, or whose conversation is erased."""
    return ApiError(401, "token_invalid", UNKNOWN)
